"""Nothing that was given out is lost: not by a database that is down, not by a kill -9."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from django.db import OperationalError, connection

from experiments.models import Exposure
from experiments.services import ExposureBuffer, Waiting, exposures_store
from experiments.services.exposure_journal import Journal
from tests.factories import experiments as make

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def running():
    return make.running()


@pytest.fixture
def buffer(tmp_path):
    return ExposureBuffer(tmp_path)


def waiting(experiment, unit, key="urgency", **fields):
    return Waiting(
        **{
            "experiment_id": experiment.pk,
            "unit_id": unit,
            "arm_id": make.arm(experiment, key).pk,
            "stratum": "knits",
            "assigned_at": make.STARTED_AT,
            "period": 0,
            **fields,
        }
    )


def stored():
    return dict(Exposure.objects.values_list("unit_id", "arm__key"))


def test_what_waits_is_found_before_it_is_stored(buffer, running):
    added = buffer.add(waiting(running, "u-1"))
    assert buffer.find(running.pk, "u-1") == added
    assert buffer.find(running.pk, "u-2") is None
    assert stored() == {}


def test_a_flush_stores_every_field(buffer, running):
    buffer.add(waiting(running, "u-1", period=3))
    assert buffer.flush() == 1
    row = Exposure.objects.get()
    assert (row.unit_id, row.stratum, row.period) == ("u-1", "knits", 3)
    assert (row.assigned_at, row.arm.key) == (make.STARTED_AT, "urgency")
    assert (buffer.count(), buffer.flush()) == (0, 0)


def test_the_first_arm_of_a_waiting_unit_stays(buffer, running):
    first = buffer.add(waiting(running, "u-1", "urgency"))
    assert buffer.add(waiting(running, "u-1", "control")) == first
    buffer.flush()
    assert stored() == {"u-1": "urgency"}


def test_a_stored_arm_wins_and_the_other_is_noted(running):
    make.expose(running, "control", "u-1")
    exposures_store([waiting(running, "u-1", "urgency"), waiting(running, "u-2", "urgency")])
    assert stored() == {"u-1": "control", "u-2": "urgency"}
    assert Exposure.objects.get(has_other_arm=True).unit_id == "u-1"


def test_who_was_given_an_arm_as_it_was_paused_counts_and_later_nobody_does(running):
    type(running).objects.update(status="paused")
    exposures_store([waiting(running, "u-1")])
    type(running).objects.update(status="decided", ended_at=make.LATER)
    exposures_store([waiting(running, "u-2")])
    assert stored() == {"u-1": "urgency"}


def test_a_database_that_is_down_loses_nothing(buffer, running, monkeypatch):
    first, second = waiting(running, "u-1"), waiting(running, "u-2")
    buffer.add(first)
    with monkeypatch.context() as broken:
        broken.setattr(connection, "cursor", refuse)
        with pytest.raises(OperationalError):
            buffer.flush()
        buffer.add(second)
        with pytest.raises(OperationalError):
            buffer.flush()
    assert buffer.find(running.pk, "u-1")
    assert (buffer.flush(), buffer.flush()) == (1, 1)
    assert stored() == {"u-1": "urgency", "u-2": "urgency"}


def refuse(*_):
    raise OperationalError("connection refused")


def test_a_killed_process_leaves_a_journal_that_another_one_stores(tmp_path, running):
    row = waiting(running, "u-1")
    script = textwrap.dedent(f"""
        import os, signal
        from datetime import datetime
        from pathlib import Path
        import django
        django.setup()
        from experiments.services import ExposureBuffer, Waiting
        at = datetime.fromisoformat({row.assigned_at.isoformat()!r})
        buffer = ExposureBuffer(Path({str(tmp_path)!r}))
        buffer.add(Waiting({row.experiment_id}, "u-1", {row.arm_id}, "knits", at, 0))
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    killed = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert ExposureBuffer(tmp_path).recover() == 1
    assert stored() == {"u-1": "urgency"}
    assert list(tmp_path.iterdir()) == []


def test_a_journal_in_use_is_left_alone(buffer, tmp_path, running):
    buffer.add(waiting(running, "u-1"))
    assert ExposureBuffer(tmp_path).recover() == 0
    assert stored() == {}


def test_a_line_cut_off_by_the_end_is_left_out(tmp_path, running):
    journal = Journal.create(tmp_path)
    journal.write(waiting(running, "u-1"))
    journal.path.open("ab").write(b'{"experiment_id": 1, "uni')
    assert [line["unit_id"] for line in journal.lines()] == ["u-1"]
