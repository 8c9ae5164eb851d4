import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).resolve().parent.parent.parent
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
    "contracts"
]
LAYERS = [[app.strip() for app in layer.split("|")] for layer in CONTRACTS[0]["layers"]]
FLOOR = {app: len(LAYERS) - number for number, layer in enumerate(LAYERS) for app in layer}


def test_every_import_contract_is_kept(monkeypatch):
    monkeypatch.chdir(ROOT)
    assert lint_imports(config_filename="pyproject.toml") == EXIT_STATUS_SUCCESS


def relations():
    for model in apps.get_models():
        app = model._meta.app_label
        for field in model._meta.get_fields():
            if (
                app in FLOOR
                and field.is_relation
                and not field.auto_created
                and field.related_model
            ):
                yield f"{model._meta.label}.{field.name}", app, field.related_model._meta.app_label


def test_a_relation_points_to_its_own_app_or_a_lower_floor():
    upward = [
        name
        for name, app, other in relations()
        if other in FLOOR and other != app and FLOOR[other] >= FLOOR[app]
    ]
    assert upward == []


def test_the_relation_test_sees_the_relations_there_are():
    names = {name for name, _, _ in relations()}
    assert {"campaigns.Campaign.experiment", "audience.Text.contact"} <= names


def test_every_app_of_the_house_stands_on_a_floor():
    ours = {config.name for config in apps.get_app_configs() if (ROOT / config.name).is_dir()}
    assert ours <= FLOOR.keys()


@pytest.mark.parametrize("app", sorted(FLOOR))
def test_every_floor_is_a_folder(app):
    assert (ROOT / app / "__init__.py").exists()
