import ast
from pathlib import Path

from celery import current_app
from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ["core", "privacy", "inference", "events", "generation", "audience", "catalog"]
APPS += ["experiments", "campaigns", "assistant", "web"]


def string_arguments():
    """Every literal that names a task: wake("…"), then="…"."""
    for app in APPS:
        sources = (path.read_text() for path in (ROOT / app).rglob("*.py"))
        for source in sources:
            if "wake(" not in source and "then=" not in source:
                continue
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.Call):
                    yield from named_tasks(node)


def named_tasks(call):
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    given = call.args[:1] if name == "wake" else []
    given = [*given, *(keyword.value for keyword in call.keywords if keyword.arg == "then")]
    return [node.value for node in given if isinstance(node, ast.Constant) and node.value]


def registered():
    current_app.loader.import_default_modules()
    return set(current_app.tasks)


def test_every_task_that_is_woken_exists():
    woken = set(string_arguments())
    assert woken
    assert woken <= registered()


def test_every_scheduled_task_exists():
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= registered()


def test_every_routed_task_exists():
    assert set(settings.CELERY_TASK_ROUTES) <= registered()


def test_every_task_of_ours_is_named_after_its_module():
    ours = [name for name in registered() if name.split(".")[0] in APPS]
    assert all(name.split(".")[1] == "tasks" for name in ours)
