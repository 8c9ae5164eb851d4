from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "catalog"

    def ready(self) -> None:
        from catalog.erasure import CatalogHolder  # noqa: PLC0415 (models exist only now)
        from privacy.registry import register_units  # noqa: PLC0415

        register_units(CatalogHolder())
