from django.apps import AppConfig


class InferenceConfig(AppConfig):
    name = "inference"

    def ready(self) -> None:
        from celery.signals import worker_init  # noqa: PLC0415 (no other process needs it)

        from inference.threads import share_cores  # noqa: PLC0415

        worker_init.connect(share_cores)
