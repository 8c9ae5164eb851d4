from datetime import timedelta

import numpy as np
import pytest

from audience.behaviour.purchase import shipped_purchase
from audience.models import Contact, FittedHead, Profile, Text
from audience.selectors.heads import purchase_in_force
from audience.selectors.portraits import portrait_of_contact
from audience.services import (
    heads,
    profiles,
    profiles_grow_old,
    profiles_refresh,
    purchase_head_fit,
    sentiment_head_fit,
    texts_read,
)
from events.models import Event
from inference.encoders import ScriptedEncoder, text_encoder
from inference.heads.storing import pack
from tests.factories.audience import NOON, clustering, contact, direction, read_text, text

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=1)


class Counting(ScriptedEncoder):
    """Remembers what it was given; its name is the house's, so that the house's head counts."""

    def __init__(self):
        super().__init__()
        self.name = text_encoder().name
        self.texts = []

    def encode(self, texts, *, progress=None):
        self.texts += texts
        return super().encode(texts, progress=progress)


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
    said = {"happy": "I love it, so comfortable", "unhappy": "Itchy and ugly, poor quality"}
    for name, body in said.items():
        read_text(body, by=contact(name), vector=text_encoder().encode([body])[0])

    profiles_refresh(now=NOON)

    assert Profile.objects.get(contact__external_id="happy").sentiment > 0.5
    assert Profile.objects.get(contact__external_id="unhappy").sentiment < -0.5


def test_vectors_of_an_encoder_no_head_was_learnt_on_leave_it_to_the_word_list():
    read_text("I love it", by=contact("happy"), axis=3)
    read_text("not happy", by=contact("unhappy"), axis=4)

    profiles_refresh(now=NOON, encoder=ScriptedEncoder())

    made = Profile.objects.order_by("contact__external_id").values_list("sentiment", flat=True)
    assert list(made) == [0.5, -0.5]


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
        for number in range(1_000)
    )
    read_text("zorb", by=contact("ann"), axis=1)
    read_text("zorb", by=contact("ben"), axis=0)

    head = sentiment_head_fit(now=NOON)
    profiles_refresh(now=NOON)

    assert head.quality == {"auc": 1.0, "held_out": 500}
    assert Profile.objects.get(contact__external_id="ann").sentiment > 0.5
    assert Profile.objects.get(contact__external_id="ben").sentiment < -0.5


def test_few_ratings_fit_no_head():
    read_text("zorb", rating=5)

    assert sentiment_head_fit(now=NOON) is None


def test_aspects_say_how_people_feel_and_where_they_said_it():
    ann = contact()
    first = read_text("Love the colour, so beautiful. It runs small and is too tight.", by=ann)
    second = read_text("Terrible fit, I returned it, way too small.", by=ann)

    profiles_refresh(now=NOON)

    made = Profile.objects.get()
    assert made.aspects["fit"]["texts"] == 2
    assert made.aspects["fit"]["sentiment"] < 0 < made.aspects["look"]["sentiment"]
    assert sorted(made.evidence["aspect"]["fit"]["texts"]) == [first.pk, second.pk]
    assert made.evidence["aspect"]["look"]["texts"] == [first.pk]


def test_a_text_is_judged_when_it_is_read_and_not_again():
    ann = contact()
    text("Love the colour, but it runs far too small.", by=ann)
    texts_read(now=NOON)
    profiles_refresh(now=NOON)
    text("The delivery was quick and friendly.", by=ann)
    texts_read(now=LATER)
    counting = Counting()

    profiles_refresh(now=LATER, encoder=counting)

    assert Profile.objects.get().aspects.keys() == {"delivery", "fit", "look"}
    assert not any("runs" in one for one in counting.texts)


def test_another_model_judges_what_was_said_before_anew():
    ann = contact()
    said = text("Terrible fit, way too small.", by=ann)
    texts_read(now=NOON)
    said.refresh_from_db()
    before = said.opinions
    Text.objects.update(opinions={"by": "another", "of": {"fit": 0.9, "price": 0.9}})

    profiles_refresh(now=LATER)

    said.refresh_from_db()
    assert said.opinions["by"] == before["by"]
    assert said.opinions["of"] == pytest.approx(before["of"])
    assert Profile.objects.get().aspects["fit"]["sentiment"] < 0


def test_texts_read_before_opinions_were_kept_are_judged_for_their_profile():
    read_text("Terrible fit, way too small.")

    profiles_refresh(now=NOON)

    assert Text.objects.get().opinions["of"]["fit"] < 0
    assert Profile.objects.get().aspects["fit"]["sentiment"] < 0


def test_interests_are_tied_to_the_category_of_their_texts():
    ann = contact()
    read_text("wool coat", by=ann, category="Coats")
    read_text("linen", by=ann)

    profiles_refresh(now=NOON)

    found = {one["phrase"]: one.get("category") for one in Profile.objects.get().interests}
    assert (found["wool coat"], found["linen"]) == ("Coats", None)


def order(of, days_ago, value, **properties):
    number = Event.objects.count()
    return Event.objects.create(
        source="test",
        message_id=f"order-{number}",
        kind="track",
        name="Order Completed",
        unit_id=of.external_id,
        occurred_at=NOON - timedelta(days=days_ago),
        value=value,
        properties=properties,
    )


def test_orders_become_rfm_habits_and_an_intent_with_the_events_they_rest_on():
    ann, ben = contact("ann"), contact("ben")
    read_text("wool", by=ann)
    read_text("linen", by=ben)
    placed = [order(ann, days, 40, channel="app") for days in (70, 40, 12.25)]
    order(ben, 300, 20)
    order(ben, -1, 999)

    profiles_refresh(now=NOON)

    made = Profile.objects.get(contact=ann)
    assert {name: made.rfm[name] for name in ("orders", "total", "days_since")} == {
        "orders": 3,
        "total": 120.0,
        "days_since": 12.2,
    }
    assert made.habits["channel"] == "app"
    assert made.habits["every_days"] == pytest.approx(28.9, abs=0.1)
    assert made.evidence["purchase_intent"][""]["events"] == [one.pk for one in reversed(placed)]
    other = Profile.objects.get(contact=ben)
    assert other.rfm["orders"] == 1
    assert 0 < other.purchase_intent < made.purchase_intent < 1


def test_without_orders_there_is_no_intent_to_buy():
    read_text("wool")

    profiles_refresh(now=NOON)

    made = Profile.objects.get()
    assert (made.purchase_intent, made.rfm, made.habits) == (None, {}, {})


def test_a_profile_is_due_once_its_person_orders_or_its_orders_have_aged():
    ann, ben, eve = contact("ann"), contact("ben"), contact("eve")
    for one in (ann, ben, eve):
        read_text("wool", by=one)
    order(ben, 3, 10)
    profiles_refresh(now=NOON)
    order(ann, -1, 10)

    assert profiles_grow_old(now=NOON + timedelta(days=2)) == 1
    assert list(Contact.objects.filter(is_profile_due=True)) == [ann]
    assert profiles_grow_old(now=NOON + timedelta(days=8)) == 1


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


def buyers(people, *, seed):
    """Orders of people who buy at a steady rate of their own, over 400 days."""
    rng = np.random.default_rng(seed)
    rate = rng.gamma(1.5, 0.006, people)
    for person in range(people):
        ages = [rng.uniform(90, 400), *rng.uniform(0, 400, rng.poisson(rate[person] * 400))]
        for number, age in enumerate(ages):
            yield Event(
                source="test",
                message_id=f"{person}-{number}",
                kind="track",
                name="Order Completed",
                unit_id=f"buyer-{person}",
                occurred_at=NOON - timedelta(days=float(age)),
                value=20,
            )


def test_the_intent_to_buy_is_learnt_from_the_shops_own_orders_where_that_is_better(monkeypatch):
    Event.objects.bulk_create(buyers(600, seed=1))
    # Weights that know nothing: every own fit ranks better than what is the same for all.
    monkeypatch.setattr(heads, "shipped_purchase", Ignorant)

    head = purchase_head_fit(now=NOON)

    # The true rates themselves reach .80 on these people.
    assert head.quality["auc"] > 0.6
    assert head.quality["auc_shipped"] == 0.5
    assert purchase_in_force().days == 90
    assert purchase_in_force().names == shipped_purchase().names


class Ignorant:
    def probabilities(self, orders, *, at):
        return np.full(orders.units, 0.5)


def test_an_own_fit_that_ranks_no_better_is_not_kept(monkeypatch):
    Event.objects.bulk_create(buyers(600, seed=1))
    monkeypatch.setattr(heads, "auc", lambda bought, chances: 0.7)

    assert purchase_head_fit(now=NOON) is None
    assert not FittedHead.objects.exists()


def test_too_few_orders_leave_the_shipped_weights_in_force():
    Event.objects.bulk_create(buyers(30, seed=2))

    assert purchase_head_fit(now=NOON) is None
    assert purchase_in_force() is shipped_purchase()


def test_an_own_fit_of_an_older_make_gives_way_to_the_shipped_weights():
    older = pack("purchase", {"days": 90, "names": []}, {"stack": np.zeros(4)})
    FittedHead.objects.create(kind="purchase", fitted_at=NOON, examples=9, weights=older)

    assert purchase_in_force() is shipped_purchase()


def test_a_search_is_no_opinion_of_what_it_looks_for():
    ann = contact()
    read_text("cheap price, runs small, bad fit", by=ann, kind="search")
    read_text("The delivery was quick and friendly.", by=ann)

    profiles_refresh(now=NOON)

    assert Profile.objects.get().aspects.keys() == {"delivery"}


def test_who_only_searched_has_no_mood():
    ann = contact("ann")
    for words in ("wool coat", "silk dress"):
        read_text(words, by=ann, kind="search")
    profiles_refresh(now=LATER)
    made = Profile.objects.get()
    assert made.sentiment is None
    assert made.evidence["sentiment"] == {}
    assert "Mood" not in dict(portrait_of_contact(ann).groups)
