from django.apps import AppConfig

from core.webhooks.kinds import register


class ExperimentsConfig(AppConfig):
    name = "experiments"

    def ready(self) -> None:
        register(
            "experiment.verdict_reached", "What is known of an experiment came to another verdict."
        )

        from events.retention import register_need  # noqa: PLC0415 (models exist only now)
        from experiments.erasure import ExperimentsHolder  # noqa: PLC0415
        from experiments.selectors.events_needed import (  # noqa: PLC0415
            NEEDED_BY,
            events_needed_since,
        )
        from privacy.registry import register_units  # noqa: PLC0415

        register_units(ExperimentsHolder())
        register_need(NEEDED_BY, events_needed_since)
