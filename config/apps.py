import gc
from importlib import import_module
from typing import Any

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"
    label = "config"

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        # What loads from now on stays: looking for garbage among it is a tenth of every start.
        gc.disable()

    def ready(self) -> None:
        import_module("config.checks")
        gc.enable()
