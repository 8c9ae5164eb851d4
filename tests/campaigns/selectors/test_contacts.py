import pytest

from audience.services import segment_snapshot
from campaigns.selectors import known_contact
from campaigns.selectors.contacts import Given
from experiments.models import Exposure
from privacy.services import suppression_add
from tests.factories import campaigns as make

pytestmark = pytest.mark.django_db


def found(external_id, *, segments=(), experiment_id=0):
    ids = [one.pk for one in segments]
    return known_contact(external_id, segment_ids=ids, experiment_id=experiment_id, channel="email")


def test_a_contact_comes_with_their_values_and_the_segments_asked_about():
    knits, bargains, other = (make.segment(key) for key in ("knits", "bargains", "other"))
    made = make.contact(
        "c-1", segments=[knits, other], first_name="Grace", attributes={"city": "York", "n": [1]}
    )
    contact = found("c-1", segments=[knits, bargains])
    assert contact.segment_ids == {knits.pk}
    assert (contact.subject_id, contact.external_id) == (str(made.subject_id), "c-1")
    assert (contact.first_name, contact.last_name) == ("Grace", "Byron")
    assert contact.attributes == {"city": "York", "n": [1]}
    assert (contact.is_suppressed, contact.given) == (False, None)


def test_nobody_is_nobody():
    assert found("nobody") is None


def test_no_segment_may_be_asked_about():
    make.contact("c-1")
    assert found("c-1").segment_ids == frozenset()


@pytest.mark.parametrize(
    ("channel", "is_suppressed"), [("all", True), ("email", True), ("sms", False)]
)
def test_a_suppression_counts_on_its_channel(channel, is_suppressed):
    made = make.contact("c-1")
    suppression_add(made.subject_id, reason="unsubscribed", channel=channel)
    assert found("c-1").is_suppressed is is_suppressed


def test_what_the_experiment_gave_before_is_told_and_no_other_experiments(owner):
    live, other = make.live_campaign(owner), make.live_campaign(owner)
    make.contact("c-1")
    arm = live.experiment.arms.get(key="urgency")
    Exposure.objects.create(
        experiment=live.experiment, unit_id="c-1", arm=arm, stratum="knits", assigned_at=make.NOON
    )
    assert found("c-1", experiment_id=live.experiment.pk).given == Given(arm.pk, "knits")
    assert found("c-1", experiment_id=other.experiment.pk).given is None


def test_of_a_segment_kept_at_launch_the_snapshot_counts_alone():
    knits, bargains = make.segment("knits"), make.segment("bargains")
    make.contact("then", segments=[knits])
    snapshot = segment_snapshot(knits, now=make.NOON)
    make.contact("since", segments=[knits, bargains])

    def seen(external_id):
        return known_contact(
            external_id,
            segment_ids=[bargains.pk],
            snapshot_ids=[snapshot.pk],
            experiment_id=0,
            channel="email",
        ).segment_ids

    assert (seen("then"), seen("since")) == ({knits.pk}, {bargains.pk})
