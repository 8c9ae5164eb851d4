from django.apps import AppConfig


class AssistantConfig(AppConfig):
    name = "assistant"

    def ready(self) -> None:
        from assistant.erasure import AssistantHolder  # noqa: PLC0415 (models exist only now)
        from assistant.webhook_kinds import register_kinds  # noqa: PLC0415
        from privacy.registry import register_units  # noqa: PLC0415

        register_kinds()
        register_units(AssistantHolder())
