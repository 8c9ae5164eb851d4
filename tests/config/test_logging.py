import io
import json
import logging

import pytest
import structlog
from django_structlog.celery.steps import DjangoStructLogInitStep

from config import celery_app
from config.settings import LOGGING


@pytest.fixture
def log():
    """What the JSON handler writes while a test runs."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    formatter = dict(LOGGING["formatters"]["json"])
    handler.setFormatter(formatter.pop("()")(**formatter))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.mark.django_db
def test_every_line_of_a_request_bears_its_id(client, log):
    client.get("/healthz")
    lines = [line for line in log() if line["event"].startswith("request_")]
    assert [line["event"] for line in lines] == ["request_started", "request_finished"]
    assert len({line["request_id"] for line in lines}) == 1


def test_a_line_of_the_standard_library_is_json_too(log):
    logging.getLogger("elsewhere").warning("the %s is low", "battery")
    assert (log()[0]["event"], log()[0]["level"]) == ("the battery is low", "warning")


def test_an_exception_is_one_line_with_its_traceback(log):
    try:
        raise ValueError("no")
    except ValueError:
        structlog.get_logger("ours").exception("failed", job_id=7)
    (line,) = log()
    assert (line["job_id"], line["exception"][0]["exc_type"]) == (7, "ValueError")


def test_a_traceback_holds_no_values_of_variables(log):
    email = "ada@people.example"
    try:
        raise ValueError(len(email))
    except ValueError:
        structlog.get_logger("ours").exception("failed")
    assert email not in json.dumps(log())


def test_workers_put_the_task_id_into_every_line():
    assert DjangoStructLogInitStep in celery_app.steps["worker"]
