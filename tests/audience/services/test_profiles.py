from datetime import timedelta

import numpy as np
import pytest

from audience.models import Contact, Profile, Text
from audience.services import profiles, profiles_refresh
from tests.factories.audience import NOON, clustering, contact, direction, read_text, text

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=1)


def test_profile_says_what_a_contacts_texts_say_together():
    ann = contact()
    read_text("wool coat", by=ann, axis=0, rating=5, category="Coats")
    read_text(
        "wool coat", by=ann, axis=1, rating=2, category="Knits", occurred_at=NOON - timedelta(180)
    )

    assert profiles_refresh(now=LATER) == 1

    made = Profile.objects.get()
    assert made.vector[1] / made.vector[0] == pytest.approx(0.5, rel=1e-5)
    assert made.sentiment == pytest.approx((1 * 1 + 0.5 * -0.5) / 1.5)
    assert made.categories == {"Coats": 0.5, "Knits": 0.5}
    assert (made.text_count, made.last_text_at, made.updated_at) == (2, NOON, LATER)
    assert made.interests[0]["phrase"] == "wool coat"


def test_only_contacts_whose_texts_changed_are_made_again():
    read_text("wool", by=contact("ann"))
    profiles_refresh(now=NOON)
    read_text("linen", by=contact("ben"))

    assert profiles_refresh(now=LATER) == 1

    assert Profile.objects.get(contact__external_id="ann").updated_at == NOON


def test_a_further_text_changes_the_profile_in_place():
    ann = contact()
    read_text("wool", by=ann)
    profiles_refresh(now=NOON)
    read_text("linen", by=ann)

    profiles_refresh(now=LATER)

    assert Profile.objects.values_list("text_count", "updated_at").get() == (2, LATER)


def test_dropped_and_unread_texts_are_left_out():
    ann = contact()
    read_text("wool", by=ann)
    text("linen", by=ann)
    text("x", by=ann, status=Text.Status.DROPPED, drop_reason="too_short")

    profiles_refresh(now=NOON)

    assert Profile.objects.get().text_count == 1


def test_a_contact_whose_texts_are_all_gone_has_no_profile_any_more():
    ann = contact()
    read_text("wool", by=ann)
    profiles_refresh(now=NOON)
    ann.texts.all().delete()
    Contact.objects.update(is_profile_due=True)

    assert profiles_refresh(now=LATER) == 0

    assert not Profile.objects.exists()


def test_words_decide_where_there_is_no_rating():
    read_text("I love it, so comfortable", by=contact("happy"))
    read_text("Itchy and ugly, poor quality", by=contact("unhappy"))

    profiles_refresh(now=NOON)

    assert Profile.objects.get(contact__external_id="happy").sentiment > 0.5
    assert Profile.objects.get(contact__external_id="unhappy").sentiment < -0.5


def test_sentiment_is_learnt_from_the_shops_own_ratings_once_there_are_enough():
    shared = contact()
    Text.objects.bulk_create(
        Text(
            external_id=f"rated-{number}",
            contact=shared,
            status=Text.Status.READ,
            clean_body="no telling words",
            vector=direction(number % 2),
            rating=5 if number % 2 else 1,
        )
        for number in range(400)
    )
    read_text("zorb", by=contact("ann"), axis=1)
    read_text("zorb", by=contact("ben"), axis=0)

    profiles_refresh(now=NOON)

    assert Profile.objects.get(contact__external_id="ann").sentiment > 0.5
    assert Profile.objects.get(contact__external_id="ben").sentiment < -0.5


def test_a_new_profile_joins_the_nearest_cluster():
    fitted = clustering(0, 1)
    read_text("wool", axis=1)

    profiles_refresh(now=LATER)

    assert Profile.objects.get().cluster == fitted.clusters.get(position=1)


def test_a_long_list_is_worked_off_in_batches(monkeypatch):
    monkeypatch.setattr(profiles, "CONTACTS_PER_BATCH", 2)
    for number in range(5):
        read_text(f"wool {number}", axis=number)
    heard = []

    assert profiles_refresh(now=NOON, progress=heard.append) == 5

    assert heard == [2, 2, 1]
    vectors = [made.vector for made in Profile.objects.order_by("contact_id")]
    assert np.stack(vectors)[:, :5].tolist() == np.eye(5).tolist()
