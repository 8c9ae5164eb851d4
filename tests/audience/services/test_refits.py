from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from audience import tasks
from audience.models import Clustering, ClusteringJob, Profile, Segment
from audience.services import refits
from audience.services.clusterings import FINDING
from audience.services.refits import (
    ATTEMPTS,
    LEASE,
    RefitRunning,
    refit_cancel,
    refit_request,
    refit_run,
    refits_sweep,
)
from core.errors import DomainError, InputRefused
from tests.factories.audience import NOON, contact, profile, read_text

pytestmark = pytest.mark.django_db
TOPICS = {"Coats": "wool coat", "Jeans": "wide leg", "Dresses": "summer dress", "Swim": "bikini"}


@pytest.fixture
def people():
    rng = np.random.default_rng(1)
    for axis, (category, body) in enumerate(TOPICS.items()):
        for _ in range(10):
            someone = contact()
            read_text(body, by=someone)
            vector = np.eye(1, 384, axis)[0] + rng.normal(0, 0.01, 384)
            profile(someone, vector=vector / np.linalg.norm(vector), categories={category: 1.0})


@pytest.fixture
def woken(monkeypatch):
    calls = []
    monkeypatch.setattr(refits, "wake", lambda task, **kwargs: calls.append((task, kwargs)))
    return calls


def ask(**given):
    asked = {"estimator": "kmeans", "count": None, "random_state": 1, "actor": None, "now": NOON}
    return refit_request(**asked | given)


def test_a_refit_is_a_row_and_a_worker_is_woken(people, owner, woken):
    job = ask(actor=owner, count=4)

    assert (job.status, job.requested_by, job.count) == ("queued", owner, 4)
    assert woken == [("audience.tasks.clustering_run", {"job_id": job.pk})]


def test_a_worker_does_it_and_the_segments_follow(people, woken):
    job = ask(count=4)

    tasks.clustering_run(job.pk)

    job.refresh_from_db()
    assert (job.status, job.done, job.clustering) == ("done", 100, Clustering.objects.get())
    assert job.finished_at is not None
    assert sorted(Segment.objects.values_list("size", flat=True)) == [10, 10, 10, 10]


def test_hdbscan_may_be_asked_for(people, woken):
    job = ask(estimator="hdbscan")
    refit_run(job.pk, now=NOON)
    assert Clustering.objects.get().estimator == "hdbscan"


def test_there_is_one_refit_at_a_time(people, woken):
    ask()
    with pytest.raises(RefitRunning, match="wait, or cancel"):
        ask()
    assert ClusteringJob.objects.count() == 1


def test_two_workers_do_not_do_the_same(people, woken):
    job = ask(count=4)
    ClusteringJob.objects.update(status="running", claimed_at=timezone.now(), attempts=1)

    assert refit_run(job.pk, now=timezone.now()) is None
    assert not Clustering.objects.exists()


def test_progress_is_told_while_it_lasts(people, woken, monkeypatch):
    heard = []
    tell = refits._advance

    def told(job, stage, percent):
        tell(job, stage, percent)
        heard.append(tuple(ClusteringJob.objects.values_list("stage", "done").get()))

    monkeypatch.setattr(refits, "_advance", told)
    refit_run(ask().pk, now=NOON)

    percents = [percent for _, percent in heard]
    assert percents == sorted(percents)
    assert len({percent for stage, percent in heard if stage == FINDING}) > 3
    assert [stage for stage, _ in heard if stage != FINDING] == [
        "reading profiles",
        "wording",
        "storing",
    ]


def cancelled_when(stage, monkeypatch, actor):
    """Somebody presses the button at that stage of the fit."""
    tell = refits._advance

    def told(job, now_at, percent):
        tell(job, now_at, percent)
        if now_at == stage:
            refit_cancel(job, actor=actor, now=NOON)

    monkeypatch.setattr(refits, "_advance", told)


@pytest.mark.parametrize("stage", ["reading profiles", "wording", "storing"])
def test_a_cancelled_refit_changes_nothing(people, owner, woken, monkeypatch, stage):
    job = ask(count=4)
    cancelled_when(stage, monkeypatch, owner)

    assert refit_run(job.pk, now=NOON) is None

    job.refresh_from_db()
    assert job.status == "cancelled"
    assert not Clustering.objects.exists()
    assert not Segment.objects.exists()
    assert not Profile.objects.exclude(cluster=None).exists()


def test_what_is_over_cannot_be_cancelled(people, owner, woken):
    job = ask(count=4)
    refit_run(job.pk, now=NOON)
    with pytest.raises(DomainError, match="over already"):
        refit_cancel(job, actor=owner, now=NOON)


def test_why_a_refit_failed_is_kept(woken):
    job = ask()
    assert refit_run(job.pk, now=NOON) is None
    job.refresh_from_db()
    assert job.status == "failed"
    assert "too few" in job.error
    assert "import more texts" in job.error


def test_a_dead_workers_refit_is_taken_up_by_another(people, woken):
    job = ask(count=4)
    then = timezone.now()
    ClusteringJob.objects.update(status="running", claimed_at=then, attempts=1)
    woken.clear()

    assert refits_sweep(now=then + LEASE) == 0
    assert refits_sweep(now=then + LEASE + timedelta(seconds=1)) == 1
    assert woken == [("audience.tasks.clustering_run", {"job_id": job.pk})]
    assert refit_run(job.pk, now=then + LEASE + timedelta(seconds=1)) is not None


def test_a_worker_that_comes_back_from_the_dead_stores_nothing(people, woken):
    job = ask(count=4)
    ClusteringJob.objects.update(status="running", claimed_at=NOON, attempts=1)
    first = ClusteringJob.objects.get()
    ClusteringJob.objects.update(attempts=2)

    with pytest.raises(refits.RefitLost):
        refits._done(first, now=NOON)

    assert not Clustering.objects.exists()
    assert refit_run(job.pk, now=timezone.now()).cluster_count == 4


def test_what_kills_its_workers_is_given_up(people, woken):
    ask()
    ClusteringJob.objects.update(status="running", claimed_at=NOON, attempts=ATTEMPTS)

    assert refits_sweep(now=NOON + LEASE * 2) == 0

    job = ClusteringJob.objects.get()
    assert (job.status, job.error[:17]) == ("failed", "its worker died 3")


def test_the_beat_leaves_refits_to_a_worker(people, woken):
    Profile.objects.update(updated_at=NOON)
    tasks.understand()

    job = ClusteringJob.objects.get()
    assert (job.status, job.requested_by) == ("queued", None)
    assert not Clustering.objects.exists()
    tasks.understand()
    assert ClusteringJob.objects.count() == 1


def test_the_beat_asks_again_for_what_a_person_had_asked_for(people, woken):
    refit_run(ask(count=3, now=NOON).pk, now=NOON)
    Profile.objects.update(updated_at=NOON + timedelta(days=1))

    tasks.understand()

    again = ClusteringJob.objects.first()
    assert (again.status, again.count, again.estimator) == ("queued", 3, "kmeans")


def test_a_young_shop_gets_no_refit_a_minute(woken):
    read_text("wool")
    tasks.understand()
    assert not ClusteringJob.objects.exists()


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"estimator": "ward"}, InputRefused),
        ({"estimator": "hdbscan", "count": 4}, InputRefused),
        ({"count": 1}, DomainError),
    ],
)
def test_an_impossible_wish_is_refused_at_once(given, error, woken):
    with pytest.raises(error):
        ask(**given)
    assert not ClusteringJob.objects.exists()
