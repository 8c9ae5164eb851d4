from django.apps import AppConfig

from core import liveness
from core.webhooks.kinds import register


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        liveness.connect_worker_signals()
        register("import.finished", "A file or a product feed was read.")
