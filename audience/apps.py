from importlib import import_module

from django.apps import AppConfig

from core.webhooks import kinds


class AudienceConfig(AppConfig):
    name = "audience"

    def ready(self) -> None:
        from audience.directory import ContactDirectory  # noqa: PLC0415 (models exist only now)
        from audience.erasure import AudienceHolder  # noqa: PLC0415
        from audience.services.consents import consents_heard  # noqa: PLC0415
        from privacy.registry import (  # noqa: PLC0415
            hear_consents,
            register,
            register_directory,
        )

        import_module("audience.checks")
        kinds.register("contact.identified", "Events made a contact of somebody.")
        kinds.register("contact.merged", "What an anonymous visitor did is a contact's now.")
        register(AudienceHolder())
        register_directory(ContactDirectory())
        hear_consents(consents_heard)
