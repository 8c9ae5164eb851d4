"""A campaign promises its offer to nobody who may not have it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from campaigns import live_plans
from campaigns.briefs import offer_terms
from campaigns.decisions import offer_problems
from campaigns.personalise import decide
from campaigns.personalise_many import Asked, decide_many
from catalog.models import Offer
from events.incoming import IncomingEvent
from events.services import events_store
from experiments.models import Exposure
from tests.factories import campaigns as make

pytestmark = pytest.mark.django_db
NOW = make.NOON


@pytest.fixture
def knits():
    return make.segment("knits")


@pytest.fixture
def live(owner, knits):
    return make.live_campaign(owner, segments=[knits])


def promise(campaign, **limits):
    offer = Offer.objects.create(
        **{
            "name": "Ten", "text": "10% off", "code": "TEN", "kind": "percent", "percent": 10,
            "starts_at": NOW - timedelta(days=1), **limits,
        }
    )  # fmt: skip
    campaign.offer = offer
    campaign.save()
    live_plans.forget_all()


def ordered(contact, number=1, **properties):
    events_store(
        [
            IncomingEvent(
                message_id=f"{contact.external_id}-{number}", kind="track", name="Order Completed",
                unit_id=contact.external_id, occurred_at=NOW - timedelta(days=1),
                value=Decimal(20), properties=properties, context={},
            )
        ],
        source="shop",
    )  # fmt: skip


def both_ways(campaign, contact):
    one = decide(campaign.key, contact.external_id, now=NOW)
    [[many]] = decide_many(campaign.key, [Asked(contact.external_id)], now=NOW)
    assert (many.reason, many.suppressed, many.content) == (one.reason, one.suppressed, one.content)
    return one


def test_a_buyer_is_not_promised_what_is_for_first_orders(live, knits):
    promise(live, audience="new")
    buyer, stranger = make.contact(segments=[knits]), make.contact(segments=[knits])
    ordered(buyer)

    refused = both_ways(live, buyer)

    assert (refused.reason, refused.suppressed, refused.fallback) == ("offer_for_new", True, False)
    assert not any(text for _, text in refused.content.texts())
    assert refused.assignment == ""
    assert both_ways(live, stranger).reason == ""
    assert list(Exposure.objects.values_list("unit_id", flat=True)) == [stranger.external_id]


def test_who_has_used_it_as_often_as_they_may_is_sent_nothing_more(live, knits):
    promise(live, uses_per_contact=1)
    contact = make.contact(segments=[knits])
    assert both_ways(live, contact).reason == ""

    ordered(contact, coupon="ten")

    assert both_ways(live, contact).reason == "offer_used_up"
    # What they were assigned to stays: the test counts them as before.
    assert Exposure.objects.count() == 1


@pytest.mark.parametrize(
    "state", [{"ends_at": NOW}, {"is_active": False}, {"budget": 10, "spent": 10}]
)
def test_an_offer_that_is_over_is_promised_to_nobody(live, knits, state):
    promise(live, **state)

    assert both_ways(live, make.contact(segments=[knits])).reason == "offer_over"


def test_an_offer_without_limits_costs_no_query(live, knits, django_assert_num_queries):
    contact = make.contact(segments=[knits])
    promise(live)
    plan = live_plans.current(live.key)

    with django_assert_num_queries(0):
        assert offer_problems(plan, [contact.external_id], now=NOW) == {}


def test_writers_are_told_the_limits_with_the_terms():
    offer = Offer(text="10% off", terms="Not on books.", minimum_spend=Decimal(50), audience="new")

    assert offer_terms(offer).terms == "Not on books. Minimum spend 50. For first orders only."
