from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "campaigns"

    def ready(self) -> None:
        from campaigns.webhook_kinds import register_kinds  # noqa: PLC0415 (needs the models)

        register_kinds()

        from campaigns.erasure import CampaignsHolder  # noqa: PLC0415 (models exist only now)
        from privacy.registry import register_units  # noqa: PLC0415

        register_units(CampaignsHolder())
