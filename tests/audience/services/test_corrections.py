from datetime import timedelta

import pytest

from audience.correcting import RENAMED, inferred
from audience.models import Contact, Correction, Profile
from audience.services import clustering_fit
from audience.services.corrections import VALUE_FIELDS, correction_make, correction_withdraw
from audience.services.profiles import profiles_refresh
from core.errors import InputRefused
from core.models import AuditEntry
from events.models import Event
from tests.factories.audience import NOON, clustering, contact, group, profile, read_text

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=1)


@pytest.fixture
def ann():
    """Ann wrote thrice about wool coats, and is what her texts say."""
    ann = contact("ann")
    for number in range(3):
        read_text(f"A wool coat with a warm lining, {number}", by=ann, rating=5, category="Coats")
    profiles_refresh(now=NOON)
    return ann


def interests(of):
    return [one["phrase"] for one in Profile.objects.get(contact=of).interests]


def correct(of, actor, trait="interest", name="wool coat", action="remove", **said):
    return correction_make(of, trait=trait, name=name, action=action, actor=actor, now=NOON, **said)


def refresh(of):
    Contact.objects.filter(pk=of.pk).update(is_profile_due=True)
    profiles_refresh(now=LATER)


def test_what_is_removed_goes_at_once_and_stays_away(ann, owner):
    assert "wool coat" in interests(ann)

    correct(ann, owner)
    assert "wool coat" not in interests(ann)

    refresh(ann)
    assert "wool coat" not in interests(ann)


def test_what_is_changed_is_called_so_from_then_on(ann, owner):
    correct(ann, owner, action="set", value="Winter Coats")
    assert "winter coats" in interests(ann)
    assert "wool coat" not in interests(ann)

    refresh(ann)
    assert "winter coats" in interests(ann)
    assert "wool coat" not in interests(ann)


def test_what_is_confirmed_stays_when_it_is_inferred_no_more(ann, owner):
    correct(ann, owner, action="confirm")
    ann.texts.update(clean_body="linen trousers", body="linen trousers")

    refresh(ann)

    assert "wool coat" in interests(ann)


def test_a_mood_that_a_person_set_stands(ann, owner):
    correct(ann, owner, trait="sentiment", name="", action="set", value="-0.5")
    assert Profile.objects.get().sentiment == -0.5

    refresh(ann)
    assert Profile.objects.get().sentiment == -0.5


def test_a_category_is_removed_and_another_named(ann, owner):
    correct(ann, owner, trait="category", name="Coats", action="set", value="Jackets")
    refresh(ann)
    assert Profile.objects.get().categories == {"Jackets": 1.0}


def test_who_said_it_when_and_why_is_kept_with_what_had_been_inferred(ann, owner):
    made = correct(ann, owner, reason="A gift for somebody else")

    assert (made.made_by, made.made_at, made.reason) == (owner, NOON, "A gift for somebody else")
    assert made.before["phrase"] == "wool coat"
    entry = AuditEntry.objects.get(action="correction_make")
    assert entry.detail == {"trait": "interest", "said": "remove"}


def test_saying_something_else_later_replaces_it_and_remembers_the_inference(ann, owner):
    correct(ann, owner)
    correct(ann, owner, action="confirm")

    assert Correction.objects.get().action == "confirm"
    assert Correction.objects.get().before["phrase"] == "wool coat"
    assert "wool coat" in interests(ann)


def test_taking_it_back_brings_the_inference_back(ann, owner):
    before = Profile.objects.get().interests
    made = correct(ann, owner, action="set", value="boots")

    correction_withdraw(made, actor=owner)

    assert Profile.objects.get().interests == before
    assert Contact.objects.get().is_profile_due
    assert not Correction.objects.exists()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": "velvet"}, "name"),
        ({"action": "doubt"}, "action"),
        ({"trait": "shoe size"}, "trait"),
        ({"action": "set", "value": ""}, "value"),
        ({"action": "set", "value": "x" * 81}, "value"),
        ({"action": "set", "value": "church dress"}, "value"),
        ({"action": "set", "value": "trade union"}, "value"),
        ({"reason": "She is pregnant"}, "reason"),
        ({"reason": "x" * 301}, "reason"),
        ({"trait": "sentiment", "name": "", "action": "remove"}, "action"),
        ({"trait": "sentiment", "name": "", "action": "set", "value": "2"}, "value"),
        ({"trait": "sentiment", "name": "", "action": "set", "value": "nan"}, "value"),
        ({"trait": "cluster", "name": "", "action": "set", "value": "999"}, "value"),
    ],
)
def test_what_makes_no_sense_or_may_not_be_kept_is_refused(ann, owner, said, field):
    with pytest.raises(InputRefused) as refusal:
        correct(ann, owner, **said)
    assert refusal.value.field == field
    assert not Correction.objects.exists()


def test_somebody_without_a_profile_has_nothing_to_correct(owner):
    with pytest.raises(InputRefused, match="no profile"):
        correct(contact("ben"), owner)


def test_a_person_may_be_put_into_another_group_or_none(ann, owner):
    fitted = clustering(0, 1)
    Profile.objects.update(cluster=fitted.clusters.get(position=0))

    correct(ann, owner, trait="cluster", name="", action="set", value=str(group(1).pk))
    assert Profile.objects.get().cluster == fitted.clusters.get(position=1)
    refresh(ann)
    assert Profile.objects.get().cluster == fitted.clusters.get(position=1)

    correct(ann, owner, trait="cluster", name="", action="remove")
    refresh(ann)
    assert Profile.objects.get().cluster is None


def test_a_refit_leaves_people_in_the_group_they_were_put_in(owner):
    for number in range(40):
        someone = contact(f"c{number}")
        topic = ("wool coat", "wide leg", "summer dress", "bikini top")[number % 4]
        read_text(f"{topic} {topic}", by=someone, axis=number % 4)
        profile(someone, axis=number % 4)
        # Twenty must differ, and these do in a direction of no account.
        moved = Profile.objects.get(contact=someone)
        vector = moved.vector.copy()
        vector[10 + number] = 0.01
        moved.vector = vector
        moved.save()
    clustering_fit(count=4, random_state=1, now=NOON)
    ann, ben = Contact.objects.get(external_id="c0"), Contact.objects.get(external_id="c1")
    other = ben.profile.cluster.identity
    correct(ann, owner, trait="cluster", name="", action="set", value=other.pk)
    correct(ben, owner, trait="cluster", name="", action="remove")

    clustering_fit(count=4, random_state=2, now=LATER)

    assert Profile.objects.get(contact=ann).cluster.identity == other
    assert Profile.objects.get(contact=ann).cluster.clustering.finished_at == LATER
    assert Profile.objects.get(contact=ben).cluster is None


EVERY_KIND = [
    ("interest", "wool coat", "remove", None),
    ("interest", "wool coat", "set", "felt coat"),
    ("category", "Coats", "remove", None),
    ("category", "Coats", "set", "Jackets"),
    ("sentiment", "", "set", "-0.5"),
    ("aspect", "fit", "remove", None),
    ("aspect", "fit", "set", "-0.8"),
    ("purchase_intent", "", "remove", None),
    ("purchase_intent", "", "set", "0.9"),
    ("rfm", "group", "remove", None),
    ("rfm", "group", "set", "friend of the house"),
    ("habit", "channel", "remove", None),
    ("habit", "channel", "set", "shop"),
]


@pytest.fixture
def buyer():
    """She writes of how coats fit, and orders in the app every month."""
    bea = contact("bea")
    for number in range(3):
        read_text(f"The wool coat fits well, {number}", by=bea, rating=5, category="Coats")
    for number in range(4):
        order("bea", at=NOON - timedelta(days=30 * number + 5), value="40", channel="app")
    profiles_refresh(now=NOON)
    return bea


def order(of, *, at, value, **properties):
    Event.objects.create(
        source="test", message_id=f"order-{at}", kind="track", name="Order Completed",
        unit_id=of, occurred_at=at, value=value, properties=properties,
    )  # fmt: skip


def told(of, trait, name):
    """What the profile says; of an opinion only the feeling, for it counts texts as well."""
    profile = Profile.objects.get(contact=of)
    found = inferred({field: getattr(profile, field) for field in VALUE_FIELDS}, trait, name)
    return found["sentiment"] if trait == "aspect" and found else found


@pytest.mark.parametrize(("trait", "name", "action", "value"), EVERY_KIND)
def test_whatever_is_said_outlives_news_and_a_refit(buyer, owner, trait, name, action, value):
    before = told(buyer, trait, name)
    assert before is not None
    correct(buyer, owner, trait=trait, name=name, action=action, value=value)
    said = told(buyer, trait, name)
    assert said != before

    read_text("This wool coat fits well too", by=buyer, rating=5, category="Coats")
    order("bea", at=NOON, value="45", channel="app")
    for number in range(20):
        read_text("A linen dress", by=contact(f"other-{number}"), rating=4, axis=1 + number)
    Contact.objects.update(is_profile_due=True)
    profiles_refresh(now=LATER)
    clustering_fit(now=LATER, count=2, random_state=1)
    refresh(buyer)

    assert told(buyer, trait, name) == said
    if trait in RENAMED and action == "set":
        assert told(buyer, trait, value) is not None
