import psycopg2
import pytest
from django.db import connection

from audience import tasks
from audience.models import Text
from audience.services import texts
from audience.services.understanding import LOCK
from inference.encoders import ScriptedEncoder
from tests.factories.audience import text


@pytest.fixture(autouse=True)
def scripted_encoder(monkeypatch):
    monkeypatch.setattr(texts, "text_encoder", ScriptedEncoder)


@pytest.fixture
def woken(monkeypatch):
    names = []
    monkeypatch.setattr(tasks, "wake", names.append)
    return names


@pytest.mark.django_db
def test_understand_reads_what_is_new(woken):
    text("Soft wool")

    tasks.understand()

    assert Text.objects.get().status == Text.Status.READ
    assert woken == []


@pytest.mark.django_db
def test_understand_leaves_it_to_the_run_that_is_at_it(woken):
    text("Soft wool")
    parameters = connection.get_connection_params()
    keys = ("dbname", "user", "password", "host", "port")
    other = psycopg2.connect(**{key: parameters[key] for key in keys if parameters.get(key)})
    other.cursor().execute("SELECT pg_advisory_lock(%s)", [LOCK])

    tasks.understand()
    other.close()

    assert Text.objects.get().status == Text.Status.NEW


@pytest.mark.django_db
def test_a_text_that_came_after_the_reading_wakes_the_task_again(woken, monkeypatch):
    text("Soft wool")
    understand = tasks.services.audience_understand

    def with_a_late_text(**options):
        done = understand(**options)
        text("Linen")
        return done

    monkeypatch.setattr(tasks.services, "audience_understand", with_a_late_text)

    tasks.understand()

    assert woken == ["audience.tasks.understand"]
