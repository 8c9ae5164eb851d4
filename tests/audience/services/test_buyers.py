"""Who bought and never wrote has a profile of their orders, where they agree to one."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from audience.models import CompactVector, Contact, Profile
from audience.selectors import rule_contacts
from audience.selectors.portraits import portrait_of_contact
from audience.services import clustering_fit, profiles_grow_old, profiles_refresh
from audience.services.clusterings import NothingToCluster
from catalog.models import Product
from events.models import Event
from privacy.services import consent_record
from tests.factories.audience import NOON, contact, profile, read_text

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=1)


def order(of, days_ago=5.0, value=40, **properties):
    return Event.objects.create(
        source="test",
        message_id=f"order-{Event.objects.count()}",
        kind="track",
        name="Order Completed",
        unit_id=of.external_id,
        occurred_at=NOON - timedelta(days=days_ago),
        value=value,
        properties=properties,
    )


def lines(*categories):
    return [{"name": "thing", "category": category} for category in categories]


def say(someone, *, yes, at=NOON):
    consent_record(
        someone.subject_id, purpose="profiling", is_given=yes, occurred_at=at, source="test"
    )


def made(now=NOON):
    profiles_grow_old(now=now)
    return profiles_refresh(now=now)


def test_a_buyer_who_never_wrote_has_a_profile_of_their_orders():
    ann, ben = contact("ann"), contact("ben")
    coat = order(ann, 3, products=lines("Clothing > Coats", "Tea"))
    tea = order(ann, 40, products=lines("Tea"))
    order(ben, 9, products=lines("Tea"))

    assert made() == 2

    found = Profile.objects.get(contact=ann)
    assert (found.vector, found.sentiment, found.last_text_at, found.text_count) == (
        None, None, None, 0,
    )  # fmt: skip
    assert (found.rfm["orders"], found.rfm["total"]) == (2, 80.0)
    assert 0 < found.purchase_intent < 1
    assert found.categories == {"Tea": 0.6667, "Clothing > Coats": 0.3333}
    # Everybody buys tea; the coat tells her apart: 1/2 ln(1 + 3) against 1 ln(1 + 1).
    weights = {one["phrase"]: one["weight"] for one in found.interests}
    assert weights == {"coats": 0.6931, "tea": 0.6931}
    assert found.evidence["interest"]["coats"] == {
        "texts": [], "events": [coat.pk], "support": 1, "of": 2,
    }  # fmt: skip
    assert found.evidence["category"]["Tea"]["events"] == [coat.pk, tea.pk]


def test_what_the_event_does_not_say_the_catalog_does():
    Product.objects.create(external_id="p-1", title="Fell shoe", category="Running shoes")
    ann = contact("ann")
    order(ann, product_id="p-1", product="Fell shoe")

    made()

    assert Profile.objects.get().interests[0]["phrase"] == "running shoes"


def test_what_a_program_ordered_is_nobody_s_order():
    done = order(contact("ann"))
    done.bot_reasons = ["bot_name"]
    done.save()

    made()

    assert not Profile.objects.exists()


def test_a_category_that_touches_a_sensitive_trait_is_no_interest():
    ann = contact("ann")
    order(ann, products=lines("Diabetes care", "Tea"))

    made()

    found = Profile.objects.get()
    assert [one["phrase"] for one in found.interests] == ["tea"]
    assert list(found.categories) == ["Tea"]
    assert "diabetes" not in str(found.evidence).lower()


def test_nobody_is_profiled_without_consent_and_who_takes_it_back_is_forgotten(settings):
    settings.CONSENT_REQUIRED = ["profiling"]
    ann, ben = contact("ann"), contact("ben")
    for one in (ann, ben):
        order(one)
    say(ann, yes=True)

    assert made() == 1
    assert Profile.objects.get().contact == ann

    say(ann, yes=False, at=LATER)
    assert made() == 0
    assert not Profile.objects.exists()


def test_only_who_ordered_since_is_looked_at_again():
    ann, ben, eve = contact("ann"), contact("ben"), contact("eve")
    order(ann)
    assert made() == 1
    order(ben, -0.01)
    Event.objects.create(
        source="test", message_id="seen", kind="track", name="Product Viewed",
        unit_id=eve.external_id, occurred_at=NOON,
    )  # fmt: skip

    assert profiles_grow_old(now=NOON + timedelta(days=1)) == 1
    assert list(Contact.objects.filter(is_profile_due=True)) == [ben]


def test_a_buyer_who_begins_to_write_is_known_by_their_words():
    ann = contact("ann")
    order(ann, products=lines("Tea"))
    made()
    read_text("wool coat", by=ann, axis=2, category="Coats", rating=5)

    profiles_refresh(now=LATER)

    found = Profile.objects.get()
    assert (found.text_count, found.categories, found.rfm["orders"]) == (1, {"Coats": 1.0}, 1)
    assert CompactVector.objects.filter(contact=ann).exists()

    ann.texts.all().delete()
    Contact.objects.update(is_profile_due=True)
    profiles_refresh(now=LATER)

    assert Profile.objects.get().categories == {"Tea": 1.0}
    assert not CompactVector.objects.exists()


def test_groups_are_of_those_who_write():
    for number in range(30):
        profile(contact(f"buyer-{number}"), vector=None, sentiment=None, text_count=0,
                last_text_at=None)  # fmt: skip

    with pytest.raises(NothingToCluster):
        clustering_fit(now=NOON, count=2, random_state=1)


def test_rules_find_buyers_by_what_they_do_and_say_no_of_what_they_never_said():
    ann = contact("ann")
    order(ann, products=lines("Tea"))
    made()

    def found(rule):
        return [one.external_id for one in rule_contacts(rule, now=NOON)]

    assert found({"interest": "tea"}) == ["ann"]
    assert found({"category": "Tea", "at_least": 0.9}) == ["ann"]
    assert found({"rfm": "orders", "gte": 1}) == ["ann"]
    assert found({"sentiment": {"gte": -1}}) == []
    assert found({"not": {"sentiment": {"gte": -1}}}) == ["ann"]
    assert found({"about": "tea", "at_least": -1}) == []
    assert found({"wrote": {"within_days": 3650}}) == []


def test_the_portrait_says_that_it_rests_on_orders():
    ann = contact("ann")
    order(ann, products=lines("Tea"))
    made()

    portrait = portrait_of_contact(ann)
    cards = {card.title: card for _, group in portrait.groups for card in group}

    assert cards["tea"].says == "bought more than others do"
    assert cards["tea"].counted == "in 1 of 1 order"
    assert cards["Tea"].says == "100% of what they bought"
    assert "nothing of theirs was read" in cards["No group"].says
    assert "Mood" not in [heading for heading, _ in portrait.groups]


def test_the_pages_of_a_buyer_show_no_mood(admin_client):
    ann = contact("ann")
    order(ann, products=lines("Tea"))
    made()

    record = admin_client.get(f"/admin/audience/contact/{ann.pk}/change/").content.decode()
    people = admin_client.get("/admin/audience/contact/").content.decode()

    assert "Known by their orders alone" in record
    assert "Mood in their texts" not in record
    assert ">tea<" in record
    assert "ann" in people


def test_a_profile_of_texts_must_have_a_vector():
    with pytest.raises(IntegrityError, match="profile_of_texts_has_a_vector"):
        profile(contact(), vector=None)
