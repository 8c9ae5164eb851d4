import pytest

from audience.models import Contact, Membership, SnapshotMember
from audience.services import segment_build, segment_snapshot
from tests.factories.audience import NOON, contact, rule_segment

pytestmark = pytest.mark.django_db


def test_a_snapshot_keeps_the_members_whatever_later_builds_say():
    contact("ann", attributes={"age": 30})
    contact("ben", attributes={"age": 10})
    segment = rule_segment({"attribute": "age", "gte": 18})
    segment_build(segment, now=NOON)

    snapshot = segment_snapshot(segment, now=NOON)
    Contact.objects.update(attributes={"age": 5})
    segment_build(segment, now=NOON)

    assert not Membership.objects.exists()
    assert (snapshot.size, snapshot.built_at, snapshot.taken_at) == (1, NOON, NOON)
    [kept] = SnapshotMember.objects.filter(snapshot=snapshot)
    assert kept.contact.external_id == "ann"


def test_a_segment_that_was_never_built_has_an_empty_snapshot():
    snapshot = segment_snapshot(rule_segment({"everyone": True}), now=NOON)

    assert (snapshot.size, snapshot.built_at) == (0, None)


def test_who_is_erased_leaves_every_snapshot():
    ann = contact("ann")
    segment = rule_segment({"everyone": True})
    segment_build(segment, now=NOON)
    segment_snapshot(segment, now=NOON)

    ann.delete()

    assert not SnapshotMember.objects.exists()
