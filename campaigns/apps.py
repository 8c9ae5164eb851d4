from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "campaigns"

    def ready(self) -> None:
        from audience.registry import hear_ended_profiles, register_categories  # noqa: PLC0415
        from campaigns.erasure import (  # noqa: PLC0415 (models exist only now)
            AnswersHolder,
            CampaignsHolder,
        )
        from campaigns.selectors.tastes import WrittenTastes  # noqa: PLC0415
        from campaigns.webhook_kinds import register_kinds  # noqa: PLC0415
        from catalog.selectors import categories_of_products  # noqa: PLC0415
        from catalog.services import recommendations_forget  # noqa: PLC0415
        from catalog.tastes import register_tastes  # noqa: PLC0415
        from privacy.registry import register  # noqa: PLC0415

        register_kinds()
        register_categories(categories_of_products)
        register_tastes(WrittenTastes())
        hear_ended_profiles(recommendations_forget)
        register(AnswersHolder())
        register(CampaignsHolder())
