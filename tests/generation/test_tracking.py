from __future__ import annotations

import pytest
from django.utils import timezone

from generation import tasks
from generation.services import job_cancel, job_work
from generation.tracking import EXPERIMENT, job_track, run_metrics, run_params
from tests.factories.generation import job

pytestmark = pytest.mark.django_db
ABSENT = "MLflow is not installed: pip install 'copylift[mlflow]'"


@pytest.fixture
def store(settings, tmp_path, monkeypatch):
    settings.MLFLOW_TRACKING_URI = f"file://{tmp_path}/runs"
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    return settings.MLFLOW_TRACKING_URI


def runs_in(store):
    from mlflow.tracking import MlflowClient

    client = MlflowClient(tracking_uri=store)
    found = client.get_experiment_by_name(EXPERIMENT)
    return client.search_runs([found.experiment_id])


def worked(**changes):
    made = job(generator="python:tests.generation.backends.TemplateGenerator", **changes)
    job_work(made.pk, worker="w")
    made.refresh_from_db()
    return made


def test_a_job_is_a_run_with_its_parameters_counts_and_cost(store):
    pytest.importorskip("mlflow", reason=ABSENT)
    tasks.job_track(worked(count=3, candidates=1).pk)
    (run,) = runs_in(store)
    assert run.info.status == "FINISHED"
    assert run.data.params["prompt_version"] == "email-2"
    assert (run.data.params["revision"], run.data.params["seed"]) == ("1", "11")
    assert (run.data.metrics["drafts"], run.data.metrics["briefs_done"]) == (3, 3)
    assert run.data.metrics["cost"] == pytest.approx(0.001 * run.data.metrics["texts"])


def test_a_job_told_of_twice_is_one_run(store):
    pytest.importorskip("mlflow", reason=ABSENT)
    made = worked()
    assert job_track(made) == job_track(made)
    assert len(runs_in(store)) == 1


def test_refusals_are_counted_by_rule():
    made = job(count=2, generator="python:tests.generation.backends.LyingGenerator")
    job_work(made.pk, worker="w")
    made.refresh_from_db()
    metrics = run_metrics(made)
    assert metrics["drafts"] == 0
    assert metrics["refused.facts.percent"] == metrics["texts"] > 0


def test_no_text_is_told():
    told = str(run_params(worked()))
    assert "Juniper" not in told
    assert "petite" not in told


def test_a_tracking_server_that_is_down_harms_nothing(settings):
    settings.MLFLOW_TRACKING_URI = "http://127.0.0.1:9"
    assert job_track(worked()) is None


def test_the_end_of_a_job_wakes_the_tracker_where_there_is_one(
    settings, monkeypatch, django_capture_on_commit_callbacks
):
    woken = []
    monkeypatch.setattr("core.jobs._send", lambda name, kwargs: woken.append((name, kwargs)))
    for uri in ("", "http://127.0.0.1:9"):
        settings.MLFLOW_TRACKING_URI = uri
        made = job()
        with django_capture_on_commit_callbacks(execute=True):
            job_cancel(made, now=timezone.now())
    assert woken == [("generation.tasks.job_track", {"job_id": made.pk})]
