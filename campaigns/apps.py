from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "campaigns"

    def ready(self) -> None:
        from campaigns.erasure import (  # noqa: PLC0415 (models exist only now)
            AnswersHolder,
            CampaignsHolder,
        )
        from campaigns.webhook_kinds import register_kinds  # noqa: PLC0415
        from privacy.registry import register  # noqa: PLC0415

        register_kinds()
        register(AnswersHolder())
        register(CampaignsHolder())
