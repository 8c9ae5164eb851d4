"""The page of a contact: what it shows, and that what a person says there holds."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audience.models import Contact, Correction, Profile
from audience.services import profiles_refresh
from audience.services.consents import profiles_end
from privacy.models import Consent, ConsentEntry
from tests.factories import audience as factory
from tests.factories import catalog, events
from tests.factories.audience import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def logged_in(client, owner):
    client.force_login(owner)
    return client


@pytest.fixture
def ann():
    ann = factory.contact("ann", first_name="Ann")
    for number in range(3):
        factory.read_text(
            f"I love wool coats, and this wool coat <b>number {number}</b> has a warm lining.",
            by=ann,
            rating=5,
            category="Coats",
        )
    profiles_refresh(now=NOON)
    return ann


def address(contact, name="portrait"):
    return reverse(f"web:{name}", args=[contact.pk])


def shown(client, contact):
    return client.get(address(contact)).content.decode()


def test_each_trait_says_how_sure_it_is_and_that_it_is_inferred(logged_in, ann):
    page = shown(logged_in, ann)
    assert "wool coat" in page
    assert "in 3 of 3 texts" in page
    assert "Likely" in page
    assert "(56%" in page
    assert page.count(">inferred<") + page.count("inferred</span>") >= 3


def test_evidence_is_the_very_text_with_the_phrase_marked_and_all_escaped(logged_in, ann):
    page = shown(logged_in, ann)
    assert '<mark class="cl-said-here">wool coats</mark>' in page
    assert '<mark class="cl-said-here">wool coat</mark>' in page
    assert "&lt;b&gt;number 0&lt;/b&gt;" in page
    assert "<b>number" not in page


def test_evidence_is_of_ones_own_texts_only(logged_in, ann):
    stranger = factory.read_text("A secret of somebody else", by=factory.contact("ben"))
    profile = Profile.objects.get(contact=ann)
    profile.evidence["interest"]["wool coat"]["texts"].append(stranger.pk)
    profile.save()
    assert "A secret of somebody else" not in shown(logged_in, ann)


def test_events_are_evidence_too(logged_in, ann):
    order = events.event(unit_id=ann.external_id, occurred_at=NOON)
    profile = Profile.objects.get(contact=ann)
    profile.habits = {"payday": "buys at the end of the month"}
    profile.evidence["habit"] = {"payday": {"events": [order.pk], "support": 1, "of": 1}}
    profile.save()
    page = shown(logged_in, ann)
    assert "buys at the end of the month" in page
    assert "Order Completed" in page
    assert "A hint" in page


def test_a_sensitive_trait_is_not_shown_even_if_it_got_into_the_row(logged_in, ann):
    Profile.objects.update(interests=[{"phrase": "church dress", "weight": 1.0}])
    assert "church" not in shown(logged_in, ann)


def correct(client, contact, **said):
    return client.post(address(contact, "portrait_correct"), said, follow=True)


def test_removing_by_button_is_kept_with_who_and_why(logged_in, ann, owner):
    answer = correct(
        logged_in, ann, trait="interest", name="wool coat", action="remove", reason="A gift"
    )
    page = answer.content.decode()
    assert "Removed. It will not be inferred again." in page
    assert "Removed by people" in page
    assert "olivia" in page
    assert ": A gift" in page
    made = Correction.objects.get()
    assert (made.made_by, made.action) == (owner, "remove")

    Contact.objects.update(is_profile_due=True)
    profiles_refresh(now=NOON)
    assert "wool coat" not in [one["phrase"] for one in Profile.objects.get().interests]


def test_a_changed_interest_keeps_its_evidence_under_its_new_name(logged_in, ann):
    page = correct(
        logged_in, ann, trait="interest", name="wool coat", action="set", value="winter coats"
    ).content.decode()
    assert "winter coats" in page
    assert "set by olivia" in page
    assert '<mark class="cl-said-here">wool coats</mark>' in page


def test_a_refusal_is_said_on_the_page(logged_in, ann):
    page = correct(
        logged_in, ann, trait="interest", name="wool coat", action="set", value="maternity"
    ).content.decode()
    assert "never kept about people here" in page
    assert not Correction.objects.exists()


def test_undo_brings_the_inference_back(logged_in, ann):
    correct(logged_in, ann, trait="interest", name="wool coat", action="remove")
    said = Correction.objects.get()
    logged_in.post(reverse("web:correction_withdraw", args=[said.pk]))
    assert "wool coat" in [one["phrase"] for one in Profile.objects.get().interests]


def test_a_mood_is_changed_but_not_removed(logged_in, ann):
    assert "Mood" in shown(logged_in, ann)
    correct(logged_in, ann, trait="sentiment", name="", action="set", value="-0.5")
    assert "Unhappy" in shown(logged_in, ann)


def test_consent_is_noted_in_the_ledger_with_where_it_was_said(logged_in, ann):
    logged_in.post(
        address(ann, "portrait_consent"), {"is_given": "no", "source": "phone, ticket 4711"}
    )
    entry = ConsentEntry.objects.get()
    assert (entry.subject_id, entry.is_given, entry.source, entry.recorded_by) == (
        ann.subject_id,
        False,
        "phone, ticket 4711",
        "olivia",
    )
    assert not Consent.objects.get().is_given


def test_who_has_not_agreed_has_no_portrait_and_the_page_says_why(logged_in, ann, settings):
    settings.CONSENT_REQUIRED = ["profiling"]
    profiles_end([ann.pk])
    page = shown(logged_in, ann)
    assert "They have not agreed to profiling" in page
    assert "3 texts of theirs are kept unread" in page


def test_the_number_of_queries_does_not_grow_with_the_traits(logged_in, ann):
    logged_in.get(address(ann))
    profile = Profile.objects.get()
    with CaptureQueriesContext(connection) as few:
        logged_in.get(address(ann))
    profile.interests += [{"phrase": f"thing{n}", "weight": 0.1} for n in range(40)]
    profile.save()
    with CaptureQueriesContext(connection) as many:
        logged_in.get(address(ann))
    assert len(many) == len(few)


def test_scores_of_buying_say_what_they_rest_on(logged_in, ann):
    catalog.product(price="12.00", currency="EUR")
    Profile.objects.filter(contact=ann).update(
        rfm={"recency": 4, "days_since": 10.5, "frequency": 3, "orders": 4, "money": 5,
             "total": 1199.5, "group": "champions"},
        habits={"every_days": 35.0},
    )  # fmt: skip

    page = shown(logged_in, ann)

    for words in ("Kind of buyer", "champions", "4 of 5: last order 10 days ago",
                  "3 of 5: orders so far: 4", "5 of 5: 1,199.50 EUR spent in all",
                  "35 days between orders"):  # fmt: skip
        assert words in page
    assert "Days since" not in page
