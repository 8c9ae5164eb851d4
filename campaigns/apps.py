from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "campaigns"

    def ready(self) -> None:
        from campaigns.webhook_kinds import register_kinds  # noqa: PLC0415 (needs the models)

        register_kinds()
