from datetime import timedelta

import pytest
from django.conf import settings as loaded

from audience import tasks
from audience.models import Contact, Correction, Membership, Profile, Text
from audience.services import audience_understand, texts
from audience.services.consents import consents_sweep
from catalog.models import Recommendation
from inference.encoders import ScriptedEncoder
from privacy.services import consent_record
from tests.factories.audience import (
    NOON,
    clustering,
    contact,
    profile,
    read_text,
    rule_segment,
    text,
)

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=1)


@pytest.fixture(autouse=True)
def scripted_encoder(monkeypatch):
    monkeypatch.setattr(texts, "text_encoder", ScriptedEncoder)


@pytest.fixture
def asking(settings):
    """A shop as it comes: silence means no."""
    settings.CONSENT_REQUIRED = ["profiling"]


def say(someone, *, yes, at=NOON):
    consent_record(
        someone.subject_id,
        purpose="profiling",
        is_given=yes,
        occurred_at=at,
        source="account page v3",
    )


def statuses(someone):
    return set(someone.texts.values_list("status", flat=True))


def test_silence_means_no_profile_where_consent_is_asked_for(asking):
    ann = contact("ann")
    text("Soft wool", by=ann)

    done = audience_understand(now=NOON)

    assert (done.texts.held, done.texts.read, done.profiles) == (1, 0, 0)
    assert statuses(ann) == {"held"}
    held = Text.objects.get()
    assert (held.vector, held.clean_body, held.body) == (None, "", "Soft wool")
    assert not Profile.objects.exists()


def test_the_settings_a_shop_starts_with_ask_for_consent():
    from config.env import env

    assert env.list("CONSENT_REQUIRED", default=["profiling"]) == ["profiling"]
    assert loaded.CONSENT_REQUIRED == []


def test_a_yes_lets_what_was_kept_be_read_in_the_next_beat(asking):
    ann = contact("ann")
    text("Soft wool", by=ann)
    audience_understand(now=NOON)

    say(ann, yes=True)
    done = audience_understand(now=LATER)

    assert (done.texts.read, done.profiles) == (1, 1)
    assert statuses(ann) == {"read"}


def test_silence_means_yes_where_the_shop_has_another_basis_and_a_no_still_holds():
    ann, ben = contact("ann"), contact("ben")
    text("Soft wool", by=ann)
    text("Soft wool", by=ben)
    say(ben, yes=False)

    audience_understand(now=NOON)

    assert [one.contact for one in Profile.objects.all()] == [ann]


def test_a_withdrawal_forgets_what_was_understood_in_the_next_beat(asking, owner):
    ann = contact("ann")
    say(ann, yes=True)
    read_text("Soft wool", by=ann)
    fitted = clustering(0)
    profile(ann, cluster=fitted.clusters.get(), interests=[{"phrase": "wool", "weight": 1.0}])
    Correction.objects.create(contact=ann, trait="interest", name="wool", action="confirm")
    segment = rule_segment({"everyone": True})
    segment.kind, segment.rule, segment.cluster = "cluster", None, fitted.clusters.get()
    segment.save()
    Membership.objects.create(segment=segment, contact=ann)

    say(ann, yes=False, at=LATER)
    tasks.understand()

    assert not Profile.objects.exists()
    assert not Correction.objects.exists()
    assert not Membership.objects.exists()
    assert statuses(ann) == {"held"}
    kept = Text.objects.get()
    assert (kept.vector, kept.clean_body, kept.read_at, kept.body) == (None, "", None, "Soft wool")
    assert Contact.objects.filter(pk=ann.pk).exists()


def test_a_new_text_of_somebody_who_took_it_back_changes_nothing(asking):
    ann = contact("ann")
    say(ann, yes=True)
    say(ann, yes=False, at=LATER)
    text("Soft wool", by=ann)

    audience_understand(now=LATER)

    assert statuses(ann) == {"held"}
    assert not Profile.objects.exists()


def test_a_statement_about_something_else_makes_nobody_due(asking):
    ann = contact("ann")
    consent_record(
        ann.subject_id, purpose="email", is_given=True, occurred_at=NOON, source="sign-up"
    )

    assert not Contact.objects.get().is_profile_due


def test_only_who_spoke_is_looked_at(asking):
    ann, ben = contact("ann"), contact("ben")
    say(ann, yes=True)

    assert list(Contact.objects.filter(is_profile_due=True)) == [ann]
    assert ben.is_profile_due is False


def test_the_sweep_finds_what_a_changed_setting_left_behind(settings):
    ann, ben = contact("ann"), contact("ben")
    for someone in (ann, ben):
        text("Soft wool", by=someone)
    say(ben, yes=True)
    audience_understand(now=NOON)
    settings.CONSENT_REQUIRED = ["profiling"]

    assert consents_sweep() == 1
    audience_understand(now=LATER)

    assert [one.contact for one in Profile.objects.all()] == [ben]
    assert consents_sweep() == 0

    settings.CONSENT_REQUIRED = []
    assert consents_sweep() == 1
    audience_understand(now=LATER)
    assert Profile.objects.count() == 2


def test_with_the_profile_goes_what_was_made_of_it(asking):
    """Who buys without a profile keeps a list that owes nothing to one."""
    ann, ben = contact("ann"), contact("ben")
    profile(ann)
    for unit in ("ann", "ben"):
        Recommendation.objects.create(unit_id=unit, items=[], made_at=NOON)
    Contact.objects.update(is_profile_due=True)

    audience_understand(now=NOON)

    assert list(Recommendation.objects.values_list("unit_id", flat=True)) == ["ben"]
    assert not Profile.objects.filter(contact__in=[ann, ben]).exists()
