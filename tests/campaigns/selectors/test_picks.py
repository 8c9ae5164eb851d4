"""Recommended products in copy: as merge tags at send time, and as titles in a brief."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns import live_plans, services
from campaigns.briefs import briefs_for
from campaigns.cells import angle_cells
from campaigns.models import Template
from campaigns.personalise import decide
from campaigns.selectors.picks import picks_for, products_liked_by
from catalog.models import Product, Recommendation
from generation.prompts import render_prompt
from tests.factories import campaigns as make
from tests.factories import catalog

pytestmark = pytest.mark.django_db

LIST = (
    "{% for one in recommendations %}<li>{{ one.title }} {{ one.price }}: {{ one.because }}</li>"
    "{% endfor %}"
)


@pytest.fixture(autouse=True)
def no_kept_plans():
    live_plans.forget_all()


@pytest.fixture
def products():
    return [
        catalog.product(external_id="scarf", title="Wool <scarf>", url="https://shop.example/s"),
        catalog.product(external_id="hat", title="Hat", price=Decimal("20.00")),
        catalog.product(external_id="gone", title="Gone", in_stock=False),
    ]


def kept(unit_id, *ids, because="because you bought Boots"):
    items = [{"product": each, "score": 1.0, "because": because} for each in ids]
    return Recommendation.objects.create(unit_id=unit_id, items=items, made_at=timezone.now())


def test_prices_and_stock_are_of_the_moment(products):
    kept("c1", "hat", "gone", "scarf", "unknown")
    Product.objects.filter(external_id="hat").update(
        sale_price=Decimal("15.00"), sale_ends_at=timezone.now() + timedelta(hours=1)
    )
    found = picks_for("c1")
    assert [(pick["title"], pick["price"]) for pick in found] == [
        ("Hat", "15.00 EUR"), ("Wool <scarf>", "79.00 EUR"),
    ]  # fmt: skip
    assert found[0]["because"] == "because you bought Boots"
    assert found[1]["url"] == "https://shop.example/s"


def test_who_has_no_list_gets_what_is_popular(products):
    kept("", "scarf")
    kept("c1", "hat")
    assert [pick["title"] for pick in picks_for("c1")] == ["Hat"]
    assert [pick["title"] for pick in picks_for("nobody")] == ["Wool <scarf>"]


def test_before_the_first_batch_there_is_nothing():
    assert picks_for("c1") == []


def campaign_with(owner, body):
    """Live, for everyone; every text has this body."""
    made = make.campaign(template=make.template(body=body), segments=[])
    for cell in angle_cells(made):
        copy = make.human_copy(f"dresses the {cell.angle} way", body=body)
        services.variant_create(made, cell.segment, cell.angle, copy, actor=owner)
    services.variants_approve_best(made, actor=owner, now=make.NOON)
    services.campaign_launch(made, actor=owner, now=make.NOON)
    return made


def test_copy_can_show_them_escaped(owner, products):
    campaign = campaign_with(owner, f"<p>For you:</p><ul>{LIST}</ul>")
    contact = make.contact("c1")
    kept("c1", "scarf", "hat")
    decided = decide(campaign.key, contact.external_id, now=timezone.now())
    assert decided.fallback is False
    assert decided.content.body == (
        "<p>For you:</p><ul><li>Wool &lt;scarf&gt; 79.00 EUR: because you bought Boots</li>"
        "<li>Hat 20.00 EUR: because you bought Boots</li></ul>"
    )


def test_copy_that_does_not_ask_costs_no_query(owner):
    """Asked twice, as the first time also stores the assignment."""
    asking = campaign_with(owner, f"<p>For you:</p><ul>{LIST}</ul>")
    quiet = campaign_with(owner, "<p>Our new dresses are in.</p>")
    contact = make.contact("c1")
    for campaign in (asking, quiet):
        decide(campaign.key, contact.external_id, now=timezone.now())
    plans = {campaign.key: live_plans.read(campaign.key) for campaign in (asking, quiet)}
    assert [plans[campaign.key].has_picks for campaign in (asking, quiet)] == [True, False]
    with CaptureQueriesContext(connection) as with_list:
        decide(asking.key, contact.external_id, now=timezone.now())
    with CaptureQueriesContext(connection) as without:
        decide(quiet.key, contact.external_id, now=timezone.now())
    tables = [query["sql"] for query in without]
    assert not any("catalog_recommendation" in sql for sql in tables)
    assert len(with_list) == len(without) + 1


def test_an_unknown_contact_is_shown_nothing_of_others(owner, products):
    campaign = campaign_with(owner, f"<p>For you:</p><ul>{LIST}</ul>")
    kept("", "scarf")
    decided = decide(campaign.key, "unknown", now=timezone.now())
    assert decided.reason == "unknown_contact"
    assert decided.content.body == "<p>For you:</p><ul></ul>"


def test_a_brief_for_recommendations_names_what_a_segment_would_like(products):
    segment = make.segment("walkers")
    for number in range(3):
        make.contact(f"w{number}", segments=[segment])
    kept("w0", "scarf", "gone")
    kept("w1", "scarf", "hat")
    kept("other", "hat", "hat")
    assert products_liked_by(segment) == ("Wool <scarf>", "Hat")
    template = make.template(kind=Template.Kind.RECOMMENDATION)
    brief = briefs_for(make.campaign(segments=[segment], template=template))[0]
    assert brief.products == ("Wool <scarf>", "Hat")
    assert type(brief).from_json(brief.to_json()) == brief
    prompt = render_prompt(brief)
    assert '"would_like"' in prompt
    assert "Wool \\u003cscarf>" in prompt


def test_other_briefs_name_no_product(products):
    kept("", "scarf")
    campaign = make.campaign(segments=[], angles=["urgency"])
    assert briefs_for(campaign)[0].products == ()
    assert "would_like" not in render_prompt(briefs_for(campaign)[0])
