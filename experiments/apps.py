from django.apps import AppConfig


class ExperimentsConfig(AppConfig):
    name = "experiments"

    def ready(self) -> None:
        from experiments.erasure import ExperimentsHolder  # noqa: PLC0415 (models exist only now)
        from privacy.registry import register_units  # noqa: PLC0415

        register_units(ExperimentsHolder())
