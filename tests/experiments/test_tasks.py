from __future__ import annotations

import pytest

from experiments.models import Analysis
from experiments.tasks import analyses_refresh, analysis_refresh
from tests.factories.experiments import draft, running

pytestmark = pytest.mark.django_db


def test_every_running_experiment_is_woken_and_no_other(django_capture_on_commit_callbacks):
    experiment = running()
    draft()
    with django_capture_on_commit_callbacks() as sent:
        analyses_refresh()
    assert [callback.args for callback in sent] == [
        ("experiments.tasks.analysis_refresh", {"experiment_id": experiment.pk})
    ]


def test_the_task_stores_an_analysis():
    experiment = running()
    analysis_refresh(experiment_id=experiment.pk)
    assert Analysis.objects.get().experiment == experiment


def test_an_experiment_deleted_meanwhile_is_no_error():
    analysis_refresh(experiment_id=0)
    assert not Analysis.objects.exists()
