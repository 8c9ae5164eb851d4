from importlib import import_module

from django.apps import AppConfig


class AudienceConfig(AppConfig):
    name = "audience"

    def ready(self) -> None:
        from audience.erasure import AudienceHolder  # noqa: PLC0415 (models exist only now)
        from privacy.registry import register  # noqa: PLC0415

        import_module("audience.checks")
        register(AudienceHolder())
