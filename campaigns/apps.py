from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "campaigns"

    def ready(self) -> None:
        from campaigns.erasure import AnswersHolder  # noqa: PLC0415 (needs the models)
        from campaigns.webhook_kinds import register_kinds  # noqa: PLC0415
        from privacy.registry import register  # noqa: PLC0415

        register(AnswersHolder())
        register_kinds()
