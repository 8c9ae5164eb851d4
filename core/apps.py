from django.apps import AppConfig

from core import liveness


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        liveness.connect_worker_signals()
