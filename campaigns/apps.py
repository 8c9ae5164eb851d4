from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "campaigns"

    def ready(self) -> None:
        from audience.registry import register_categories  # noqa: PLC0415
        from campaigns.erasure import (  # noqa: PLC0415 (models exist only now)
            AnswersHolder,
            CampaignsHolder,
        )
        from campaigns.webhook_kinds import register_kinds  # noqa: PLC0415
        from catalog.selectors import categories_of_products  # noqa: PLC0415
        from privacy.registry import register  # noqa: PLC0415

        register_kinds()
        register_categories(categories_of_products)
        register(AnswersHolder())
        register(CampaignsHolder())
