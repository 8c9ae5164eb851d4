from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "events"

    def ready(self) -> None:
        from events.erasure import EventsHolder  # noqa: PLC0415 (models exist only now)
        from privacy.registry import register_units  # noqa: PLC0415

        register_units(EventsHolder())
