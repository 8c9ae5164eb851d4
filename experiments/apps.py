from django.apps import AppConfig

from core.webhooks.kinds import register


class ExperimentsConfig(AppConfig):
    name = "experiments"

    def ready(self) -> None:
        register(
            "experiment.verdict_reached", "What is known of an experiment came to another verdict."
        )

        from experiments.erasure import ExperimentsHolder  # noqa: PLC0415 (models exist only now)
        from privacy.registry import register_units  # noqa: PLC0415

        register_units(ExperimentsHolder())
