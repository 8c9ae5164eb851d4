from uuid import uuid4

import orjson
import pytest

from audience.models import Contact, Correction, Membership, Profile, Text
from audience.services import correction_make
from privacy import registry
from tests.factories.audience import NOON, clustering, contact, profile, read_text, rule_segment

pytestmark = pytest.mark.django_db


@pytest.fixture
def holder():
    return next(one for one in registry.holders() if one.name == "audience")


@pytest.fixture
def ann():
    ann = contact("ann", first_name="Ann", email="ann@shop.example", attributes={"age": 30})
    read_text("Soft wool", by=ann, title="Lovely", rating=5, category="Coats")
    profile(
        ann, interests=[{"phrase": "wool", "weight": 1.0}], cluster=clustering(0).clusters.get()
    )
    Membership.objects.create(segment=rule_segment({"everyone": True}, "all"), contact=ann)
    return ann


def test_export_holds_everything_known_of_a_subject(holder, ann):
    exported = holder.export(ann.subject_id)

    assert exported["contact"] == {
        "external_id": "ann",
        "email": "ann@shop.example",
        "first_name": "Ann",
        "last_name": "",
        "attributes": {"age": 30},
        "created_at": ann.created_at.isoformat(),
    }
    [text] = exported["texts"]
    assert (text["title"], text["body"], text["rating"]) == ("Lovely", "Soft wool", 5)
    assert text["occurred_at"] == NOON.isoformat()
    assert exported["profile"]["interests"] == [{"phrase": "wool", "weight": 1.0}]
    assert exported["profile"]["cluster"] == "Axis 0"
    assert exported["segments"] == ["All"]


def test_export_holds_traits_evidence_and_what_people_said_of_them(holder, ann, owner):
    Profile.objects.update(
        habits={"day": "Sunday"},
        purchase_intent=0.25,
        aspects={"fit": 0.5},
        rfm={"frequency": 3},
        evidence={"interest": {"wool": {"texts": [1], "events": [], "support": 1, "of": 1}}},
    )
    correction_make(
        ann, trait="interest", name="wool", action="set", value="silk", reason="Says so",
        actor=owner, now=NOON,
    )  # fmt: skip

    exported = holder.export(ann.subject_id)

    profile = exported["profile"]
    assert (profile["habits"], profile["purchase_intent"]) == ({"day": "Sunday"}, 0.25)
    assert (profile["aspects"], profile["rfm"]) == ({"fit": 0.5}, {"frequency": 3})
    assert list(profile["evidence"]["interest"]) == ["wool"]
    assert exported["corrections"] == [
        {
            "trait": "interest",
            "name": "wool",
            "action": "set",
            "value": "silk",
            "before": {"phrase": "wool", "weight": 1.0},
            "reason": "Says so",
            "made_at": NOON.isoformat(),
        }
    ]
    assert orjson.dumps(exported)


def test_erasing_takes_the_corrections_too(holder, ann, owner):
    correction_make(ann, trait="interest", name="wool", action="remove", actor=owner, now=NOON)
    holder.erase(ann.subject_id)
    assert not Correction.objects.exists()


def test_export_is_plain_json(holder, ann):
    assert orjson.dumps(holder.export(ann.subject_id))


def test_export_without_a_profile_says_so(holder):
    assert holder.export(contact("ben").subject_id)["profile"] is None


def test_nothing_is_exported_of_a_subject_nobody_knows(holder):
    assert holder.export(uuid4()) == {}


def test_erasing_destroys_a_subjects_rows_and_nobody_elses(holder, ann):
    ben = contact("ben")
    read_text("Soft wool", by=ben)

    assert holder.erase(ann.subject_id) == 4

    assert list(Contact.objects.all()) == [ben]
    assert Text.objects.get().contact == ben
    assert not Profile.objects.exists()
    assert not Membership.objects.exists()


def test_erasing_twice_destroys_nothing_more(holder, ann):
    holder.erase(ann.subject_id)

    assert holder.erase(ann.subject_id) == 0
