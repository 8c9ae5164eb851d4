from django.apps import AppConfig


class AssistantConfig(AppConfig):
    name = "assistant"

    def ready(self) -> None:
        from assistant.webhook_kinds import register_kinds  # noqa: PLC0415 (models exist only now)

        register_kinds()
