from datetime import timedelta

import pytest

from events.retention import needed_since
from experiments.models import Experiment
from experiments.selectors.events_needed import NEEDED_BY, events_needed_since
from tests.factories.experiments import STARTED_AT, running

pytestmark = pytest.mark.django_db


def test_events_are_needed_from_as_far_back_as_a_covariate_of_a_running_test_looks():
    assert events_needed_since() is None
    experiment = running()
    experiment.metrics.update(covariate_days=None)
    assert needed_since()[NEEDED_BY] == STARTED_AT
    experiment.metrics.update(covariate_days=14)
    assert events_needed_since() == STARTED_AT - timedelta(days=14)


def test_decided_tests_need_none():
    running()
    Experiment.objects.update(status=Experiment.Status.DECIDED, ended_at=STARTED_AT)
    assert events_needed_since() is None
