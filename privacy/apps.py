from django.apps import AppConfig

from core.webhooks.kinds import register


class PrivacyConfig(AppConfig):
    name = "privacy"

    def ready(self) -> None:
        register("contact.suppressed", "Somebody must not be written to any more.")
        register("subject.erased", "Somebody was erased.")
