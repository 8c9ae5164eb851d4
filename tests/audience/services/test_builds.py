import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection, connections
from django.utils import timezone

from audience import selectors, services
from audience.models import Contact, FutureMember, Membership, Segment, SegmentBuild
from audience.services import builds
from core.errors import InputRefused
from privacy.models import Suppression
from tests.factories.audience import NOON, contact, rule_segment

pytestmark = pytest.mark.django_db
Status = SegmentBuild.Status


@pytest.fixture
def adults(monkeypatch):
    """Ten people in chunks of three; those of even number are 30, the others 10 years old."""
    monkeypatch.setattr(builds, "CONTACTS_PER_CHUNK", 3)
    for number in range(10):
        email = f"p{number}@people.example" if number else ""
        contact(f"p{number}", email=email, attributes={"age": 10 if number % 2 else 30})
    return rule_segment({"attribute": "age", "gte": 18})


def members(segment):
    found = Membership.objects.filter(segment=segment)
    return sorted(found.values_list("contact__external_id", flat=True))


def ordered(segment, **fields):
    build = services.build_order(segment, now=NOON)
    SegmentBuild.objects.filter(pk=build.pk).update(**fields)
    return build


def test_a_build_gives_the_segment_its_members_and_says_what_changed(adults):
    Membership.objects.create(segment=adults, contact=Contact.objects.get(external_id="p1"))
    Membership.objects.create(segment=adults, contact=Contact.objects.get(external_id="p2"))
    build = ordered(adults)

    done = services.build_run(build.pk)

    assert members(adults) == ["p0", "p2", "p4", "p6", "p8"]
    assert (done.status, done.total, done.done) == (Status.DONE, 10, 10)
    assert (done.size, done.joined, done.left) == (5, 4, 1)
    assert done.seconds > 0
    adults.refresh_from_db()
    assert (adults.size, adults.built_at) == (5, NOON)
    assert not FutureMember.objects.exists()


def test_a_build_counts_who_may_be_written_to(adults):
    p2 = Contact.objects.get(external_id="p2")
    Suppression.objects.create(subject_id=p2.subject_id, channel="all", reason="bounced")

    done = services.build_run(ordered(adults).pk)

    assert done.size - done.sendable == len({"p0 has no address", "p2 bounced"})


def test_readers_see_the_old_members_until_the_build_is_done(adults, monkeypatch):
    Membership.objects.create(segment=adults, contact=Contact.objects.get(external_id="p1"))
    seen, find = [], builds._find

    def look(*args, **fields):
        find(*args, **fields)
        seen.append(members(adults))

    monkeypatch.setattr(builds, "_find", look)
    services.build_run(ordered(adults).pk)

    assert seen == [["p1"]] * 4
    assert len(members(adults)) == 5


def test_progress_is_told_chunk_by_chunk(adults, monkeypatch):
    build, told, find = ordered(adults), [], builds._find

    def look(*args, **fields):
        told.append(SegmentBuild.objects.values_list("done", "total").get())
        find(*args, **fields)

    monkeypatch.setattr(builds, "_find", look)
    services.build_run(build.pk)

    assert told == [(0, 10), (3, 10), (6, 10), (9, 10)]


def test_ordering_twice_makes_one_build(adults):
    assert services.build_order(adults, now=NOON) == services.build_order(adults, now=NOON)

    assert SegmentBuild.objects.count() == 1


def test_a_rule_that_is_none_is_refused_before_it_is_ordered(adults):
    adults.rule = {"age": 3}

    with pytest.raises(InputRefused):
        services.build_order(adults, now=NOON)

    assert not SegmentBuild.objects.exists()


def test_a_build_that_somebody_works_on_is_left_to_them(adults):
    build = ordered(adults, status=Status.RUNNING, attempts=1, claimed_at=NOON)

    assert services.build_run(build.pk) is None
    assert members(adults) == []


def test_cancelling_half_way_leaves_the_members_as_they_were(adults, monkeypatch):
    Membership.objects.create(segment=adults, contact=Contact.objects.get(external_id="p1"))
    build, next_chunk = ordered(adults), builds._next_chunk

    def cancel_after_one(after):
        if after:
            services.build_cancel(build)
        return next_chunk(after)

    monkeypatch.setattr(builds, "_next_chunk", cancel_after_one)
    assert services.build_run(build.pk) is None

    build.refresh_from_db()
    assert (build.status, build.done) == (Status.CANCELLED, 3)
    assert members(adults) == ["p1"]
    assert not FutureMember.objects.exists()


def test_a_build_that_is_over_cannot_be_cancelled(adults):
    build = ordered(adults)
    services.build_run(build.pk)

    with pytest.raises(services.BuildOver):
        services.build_cancel(build)


def test_a_rule_that_broke_since_fails_the_build_visibly(adults):
    build = ordered(adults)
    Segment.objects.update(rule={"segment": "gone"})

    assert services.build_run(build.pk) is None

    build.refresh_from_db()
    assert build.status == Status.FAILED
    assert "“gone” is not the key of a segment" in build.error
    assert build.finished_at is not None


def test_who_takes_over_from_a_dead_worker_goes_on_where_it_stopped(adults, monkeypatch):
    build, find = ordered(adults), builds._find

    def die(*args, after, **fields):
        if after:
            raise KeyboardInterrupt
        find(*args, after=after, **fields)

    monkeypatch.setattr(builds, "_find", die)
    with pytest.raises(KeyboardInterrupt):
        services.build_run(build.pk)
    long_ago = timezone.now() - builds.LEASE * 2
    SegmentBuild.objects.update(claimed_at=long_ago, created_at=long_ago)
    passes = []
    monkeypatch.setattr(builds, "_find", lambda *a, **f: (passes.append(f["after"]), find(*a, **f)))

    assert services.builds_sweep(now=timezone.now()) == 1
    done = services.build_run(build.pk)

    assert 0 not in passes
    assert (done.size, done.done, done.attempts) == (5, 10, 2)
    assert members(adults) == ["p0", "p2", "p4", "p6", "p8"]


def test_a_worker_that_was_given_up_gets_nothing_done_any_more(adults, monkeypatch):
    build, find = ordered(adults), builds._find

    def overtaken(*args, after, **fields):
        SegmentBuild.objects.update(attempts=2)
        find(*args, after=after, **fields)

    monkeypatch.setattr(builds, "_find", overtaken)

    assert services.build_run(build.pk) is None
    build.refresh_from_db()
    assert (build.status, build.done) == (Status.RUNNING, 0)
    assert not FutureMember.objects.exists()


def test_a_build_whose_workers_keep_dying_fails_visibly(adults):
    build = ordered(adults, status=Status.RUNNING, attempts=builds.MAX_ATTEMPTS, claimed_at=NOON)

    services.builds_sweep(now=timezone.now())

    build.refresh_from_db()
    assert build.status == Status.FAILED
    assert "died 3 times" in build.error


def test_a_living_worker_is_not_disturbed(adults):
    build = ordered(adults, status=Status.RUNNING, attempts=1, claimed_at=timezone.now())

    assert services.builds_sweep(now=timezone.now()) == 0

    build.refresh_from_db()
    assert build.status == Status.RUNNING


def test_a_contact_erased_during_the_build_is_in_no_list(adults, monkeypatch):
    find = builds._find

    def erase_after(*args, after, **fields):
        find(*args, after=after, **fields)
        Contact.objects.filter(external_id="p2").delete()

    monkeypatch.setattr(builds, "_find", erase_after)
    done = services.build_run(ordered(adults).pk)

    assert done.size == 4
    assert members(adults) == ["p0", "p4", "p6", "p8"]


def test_the_history_keeps_a_week_whole_and_a_build_a_day_before_it(adults):
    for hours in (1, 5, 24 * 10, 24 * 10 + 1, 24 * 10 + 2, 24 * 20):
        at = datetime(2024, 5, 6, 23, tzinfo=UTC) - timedelta(hours=hours)
        SegmentBuild.objects.create(
            segment=adults, status=Status.DONE, as_of=at, finished_at=at, size=hours
        )

    services.builds_thin(now=datetime(2024, 5, 6, 23, tzinfo=UTC))

    assert [one.size for one in selectors.segment_history(adults)] == [480, 240, 5, 1]


def test_a_build_at_once_is_in_the_history_too(adults):
    services.segment_build(adults, now=NOON)

    [build] = selectors.segment_history(adults)
    assert (build.size, build.sendable, build.joined, build.left) == (5, 4, 5, 0)
    assert selectors.active_build(adults) is None


@pytest.mark.django_db(transaction=True)
def test_two_workers_build_once(monkeypatch):
    monkeypatch.setattr(builds, "CONTACTS_PER_CHUNK", 50)
    Contact.objects.bulk_create(Contact(external_id=f"c{n}") for n in range(300))
    build = services.build_order(rule_segment({"everyone": True}), now=NOON)
    together, ended = threading.Barrier(3), []

    def work():
        together.wait(10)
        ended.append(services.build_run(build.pk))
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert sorted(one is not None for one in ended) == [False, False, True]
    assert Membership.objects.count() == 300
    build.refresh_from_db()
    assert build.attempts == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_by_the_database_leaves_a_build_that_can_go_on(monkeypatch):
    """Its session is ended in the middle of a chunk: what it had not committed is gone."""
    monkeypatch.setattr(builds, "CONTACTS_PER_CHUNK", 100)
    Contact.objects.bulk_create(Contact(external_id=f"c{n}") for n in range(300))
    build, find = services.build_order(rule_segment({"everyone": True}), now=NOON), builds._find

    def die(*args, after, **fields):
        find(*args, after=after, **fields)
        if after:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    monkeypatch.setattr(builds, "_find", die)

    def work():
        with pytest.raises(OperationalError):
            services.build_run(build.pk)
        connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(20)
    monkeypatch.setattr(builds, "_find", find)
    SegmentBuild.objects.update(claimed_at=NOON, created_at=NOON)

    assert (build.segment.builds.get().done, FutureMember.objects.count()) == (100, 100)
    services.builds_sweep(now=timezone.now())
    assert services.build_run(build.pk).size == 300
