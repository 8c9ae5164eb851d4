from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "campaigns"

    def ready(self) -> None:
        from campaigns.erasure import CampaignsHolder  # noqa: PLC0415 (models exist only now)
        from privacy.registry import register  # noqa: PLC0415

        register(CampaignsHolder())
