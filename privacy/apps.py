from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "privacy"

    def ready(self) -> None:
        from privacy.erasure import KnownAddressHolder  # noqa: PLC0415 (models exist only now)
        from privacy.registry import register  # noqa: PLC0415

        register(KnownAddressHolder())
