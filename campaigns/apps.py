from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "campaigns"

    def ready(self) -> None:
        from campaigns.erasure import (  # noqa: PLC0415 (models exist only now)
            CampaignsHolder,
            DeliveriesHolder,
        )
        from campaigns.webhook_kinds import register_kinds  # noqa: PLC0415
        from privacy.registry import register, register_units  # noqa: PLC0415

        register_kinds()
        register(CampaignsHolder())
        register_units(DeliveriesHolder())
