import pytest

from audience.models import Contact, Membership
from audience.services import segment_build
from campaigns import services
from campaigns.models import Campaign
from campaigns.personalise import decide
from core.models import AuditEntry
from tests.factories import campaigns as make

pytestmark = pytest.mark.django_db
SNAPSHOT, LIVE = Campaign.Membership.SNAPSHOT, Campaign.Membership.LIVE


def launched(owner, membership, **fields):
    """A live campaign for knits; Kim was in it at launch, Lou joined and Kim left since."""
    knits = make.segment("knits", **fields)
    kim = make.contact("kim", segments=[knits], attributes={"kind": "knits"})
    lou = make.contact("lou", attributes={"kind": "other"})
    live = make.live_campaign(owner, segments=[knits], membership=membership)
    Contact.objects.filter(pk=kim.pk).update(attributes={"kind": "other"})
    Contact.objects.filter(pk=lou.pk).update(attributes={"kind": "knits"})
    segment_build(knits, now=make.NOON)
    assert [one.contact for one in Membership.objects.all()] == [lou]
    return live


def test_who_was_in_the_segment_at_launch_stays_in_the_campaign(owner):
    live = launched(owner, SNAPSHOT)

    kim, lou = (decide(live.key, name, now=make.NOON) for name in ("kim", "lou"))

    assert (kim.segment, kim.reason, bool(kim.assignment)) == ("knits", "", True)
    assert (lou.arm, lou.reason, lou.assignment) == ("control", "no_segment", "")


def test_a_campaign_of_live_membership_takes_who_is_in_now(owner):
    live = launched(owner, LIVE)

    kim, lou = (decide(live.key, name, now=make.NOON) for name in ("kim", "lou"))

    assert kim.reason == "no_segment"
    assert (lou.segment, bool(lou.assignment)) == ("knits", True)
    assert not live.campaign_segments.exclude(snapshot=None).exists()


def test_what_was_kept_is_audited(owner):
    launched(owner, SNAPSHOT)

    assert AuditEntry.objects.get(action="campaign_launch").detail["members"] == {"knits": 1}


def test_a_segment_that_was_never_built_is_built_at_launch(owner):
    new = make.segment("new", built_at=None)
    make.contact("kim", attributes={"kind": "new"})

    live = make.live_campaign(owner, segments=[new], membership=SNAPSHOT)

    assert live.campaign_segments.get().snapshot.size == 1
    assert decide(live.key, "kim", now=make.NOON).segment == "new"


def test_pausing_and_resuming_changes_nobody(owner):
    live = launched(owner, SNAPSHOT)
    before = live.campaign_segments.get().snapshot

    services.campaign_pause(live, actor=owner, now=make.NOON)
    services.campaign_resume(live, actor=owner, now=make.NOON)

    assert live.campaign_segments.get().snapshot == before
    assert decide(live.key, "kim", now=make.NOON).segment == "knits"


def test_who_is_erased_is_unknown_to_the_campaign(owner):
    live = launched(owner, SNAPSHOT)

    Contact.objects.get(external_id="kim").delete()

    assert decide(live.key, "kim", now=make.NOON).reason == "unknown_contact"


def test_a_campaign_keeps_its_members_unless_it_says_otherwise():
    assert Campaign._meta.get_field("membership").default == SNAPSHOT
