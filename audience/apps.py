from importlib import import_module

from django.apps import AppConfig


class AudienceConfig(AppConfig):
    name = "audience"

    def ready(self) -> None:
        from audience.erasure import AudienceHolder  # noqa: PLC0415 (models exist only now)
        from audience.services.consents import consents_heard  # noqa: PLC0415
        from privacy.registry import hear_consents, register  # noqa: PLC0415

        import_module("audience.checks")
        register(AudienceHolder())
        hear_consents(consents_heard)
