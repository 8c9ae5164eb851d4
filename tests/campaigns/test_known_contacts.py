"""What a process keeps in mind saves queries, and is forgotten when it is told so."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audience.models import Contact
from campaigns import known_contacts, live_plans
from campaigns.personalise import decide
from core import broadcasts
from experiments import services as experiments
from experiments.models import Exposure
from experiments.services import ExposureBuffer, exposure_buffer
from privacy.services import consent_record, suppression_add
from tests.factories import campaigns as make

pytestmark = pytest.mark.django_db
NOW = make.NOON


@pytest.fixture
def keeping(settings, monkeypatch):
    settings.DECIDE_PLAN_SECONDS = 60
    settings.DECIDE_CONTACT_SECONDS = 60
    # No thread: whether announcements are heard is part of a test of its own.
    monkeypatch.setattr(broadcasts, "is_heard", lambda: True)


@pytest.fixture
def buffer(settings, monkeypatch, tmp_path):
    """The process's buffer, emptied by hand."""
    settings.DECIDE_BUFFER_SECONDS = 0.15
    made = ExposureBuffer(tmp_path)
    monkeypatch.setattr(exposure_buffer, "_buffer", made)
    return made


@pytest.fixture
def live(owner):
    return make.live_campaign(owner, segments=[make.segment("knits")])


@pytest.fixture
def contact(live):
    return make.contact(segments=[live.segments.first()])


def answer(live, contact, **asked):
    return decide(live.key, contact.external_id, now=NOW, **asked)


def test_a_warm_answer_asks_no_database(keeping, live, contact, django_assert_num_queries):
    first = answer(live, contact)
    with django_assert_num_queries(0):
        assert answer(live, contact) == first


def test_a_first_answer_with_the_buffer_only_reads(keeping, buffer, live, contact):
    live_plans.current(live.key)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        first = answer(live, contact)
        assert answer(live, contact) == first
    assert len(asked) == 1
    assert not Exposure.objects.exists()
    buffer.flush()
    exposure = Exposure.objects.get()
    assert (exposure.unit_id, exposure.arm.key) == (contact.external_id, first.arm)
    assert (exposure.stratum, exposure.assigned_at) == ("knits", NOW)


def test_who_waits_to_be_stored_keeps_the_arm_when_the_weights_change(
    keeping, buffer, owner, live, contact
):
    first = answer(live, contact)
    others = [arm.key for arm in live.experiment.arms.all() if arm.key != first.arm]
    weights = {first.arm: 0.0, others[0]: 0.5, others[1]: 0.5}
    experiments.experiment_reweigh(
        live.experiment, weights=weights, now=NOW, actor=owner, reason="a trial"
    )
    live_plans.forget_all()
    known_contacts.forget_all()
    assert answer(live, contact).arm == first.arm


def test_the_answer_with_and_without_memory_is_the_same(keeping, live, contact):
    warm = [answer(live, contact) for _ in range(2)]
    known_contacts.forget_all()
    assert answer(live, contact) == warm[0] == warm[1]


def test_an_unsubscribe_is_honoured_at_once(
    keeping, live, contact, django_capture_on_commit_callbacks
):
    assert not answer(live, contact).suppressed
    with django_capture_on_commit_callbacks(execute=True):
        suppression_add(contact.subject_id, reason="unsubscribed")
    assert answer(live, contact).suppressed


def test_other_peoples_changes_forget_nobody_else(
    keeping, live, contact, django_capture_on_commit_callbacks, django_assert_num_queries
):
    answer(live, contact)
    with django_capture_on_commit_callbacks(execute=True):
        suppression_add(make.contact().subject_id, reason="unsubscribed")
    with django_assert_num_queries(0):
        answer(live, contact)


def test_a_missed_announcement_forgets_everybody(keeping, live, contact):
    answer(live, contact)
    Contact.objects.update(first_name="Grace")
    broadcasts._tell(known_contacts.TOPIC, None)
    assert answer(live, contact).content.subject.startswith("Grace, ")


def test_while_announcements_are_not_heard_memory_is_short(keeping, live, contact, monkeypatch):
    monkeypatch.setattr(broadcasts, "is_heard", lambda: False)
    answer(live, contact)
    Contact.objects.update(first_name="Grace")
    assert answer(live, contact).content.subject.startswith("Ada, ")
    monkeypatch.setattr(known_contacts, "SOON_SECONDS", 0)
    assert answer(live, contact).content.subject.startswith("Grace, ")


def test_no_more_are_kept_than_there_is_room_for(keeping, live, settings):
    settings.DECIDE_CONTACTS_KEPT = 5
    for _ in range(12):
        answer(live, make.contact())
    assert len(known_contacts._kept) <= 5


def test_a_contact_is_found_by_address_whatever_its_letters(live):
    made = make.contact("c-9", segments=[live.segments.first()], email="Ada@People.example")
    by_email = decide(live.key, " ada@PEOPLE.example ", now=NOW, by_email=True)
    assert by_email == answer(live, made)


def test_an_address_stands_neither_in_memory_nor_in_an_exposure(keeping, live):
    make.contact("c-9", segments=[live.segments.first()], email="ada@people.example")
    for _ in range(2):
        assert not decide(live.key, "ada@people.example", now=NOW, by_email=True).fallback
    assert "ada@people.example" not in f"{known_contacts._kept}{known_contacts._aliases}"
    assert Exposure.objects.get().unit_id == "c-9"


def test_an_unknown_address_gets_the_control_and_leaves_no_trace(live):
    decision = decide(live.key, "nobody@people.example", now=NOW, by_email=True)
    assert (decision.arm, decision.reason) == ("control", "unknown_contact")
    assert not Exposure.objects.exists()


def test_nobody_is_found_by_an_empty_address(live):
    make.contact(email="")
    assert decide(live.key, " ", now=NOW, by_email=True).reason == "unknown_contact"


@pytest.mark.parametrize(
    ("required", "said", "is_suppressed"),
    [
        ([], None, False),
        ([], True, False),
        ([], False, True),
        (["email"], None, True),
        (["email"], True, False),
    ],
)
def test_who_does_not_consent_to_the_channel_is_not_to_be_sent(
    live, contact, settings, required, said, is_suppressed
):
    settings.CONSENT_REQUIRED = required
    if said is not None:
        consent_record(
            contact.subject_id, purpose="email", is_given=said, occurred_at=NOW, source="a form"
        )
    assert answer(live, contact).suppressed is is_suppressed
