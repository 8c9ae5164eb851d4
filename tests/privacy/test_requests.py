"""What people ask about their data: shown whole, erased everywhere, not undone by an import."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from uuid import uuid4

import orjson
import pytest
from django.utils import timezone

from audience.models import Contact
from audience.services import addresses_index
from catalog.models import Recommendation
from core.api_keys import api_key_create
from core.models import AuditEntry
from events.models import Event, Rejection
from experiments.models import Exposure
from experiments.services import roll_up_refresh
from privacy import registry
from privacy.models import Consent, ConsentEntry, KnownAddress, SubjectRequest, Suppression
from privacy.selectors import is_suppressed
from privacy.services import (
    consent_record,
    exports_expire,
    request_cancel,
    requests_work,
    suppression_add,
)
from tests.factories import experiments as trials
from tests.factories.audience import contact, read_text

pytestmark = pytest.mark.django_db(transaction=True)

ANN = "ann@shop.example"


@pytest.fixture
def ann(db):
    """Ann, of whom every app holds something."""
    ann = contact("ann", first_name="Ann", email=ANN)
    read_text("Soft wool", by=ann)
    experiment = trials.running()
    trials.expose(experiment, "control", "ann", "ben")
    trials.orders("ann", "ben")
    roll_up_refresh(experiment, now=trials.STARTED_AT + timedelta(days=3))
    Recommendation.objects.create(unit_id="ann", items=[], made_at=timezone.now())
    Rejection.objects.create(source="k", reason="late", payload={"userId": "ann"})
    consent_record(
        ann.subject_id, purpose="email", is_given=True, occurred_at=timezone.now(), source="form"
    )
    addresses_index(now=timezone.now())
    return ann


@pytest.fixture
def ask(client):
    _, key = api_key_create("privacy desk", ["admin"])
    headers = {"Authorization": f"Bearer {key}"}

    def asked(kind, *identities, **changes):
        body = {
            "subject_request_id": str(uuid4()),
            "subject_request_type": kind,
            "regulation": "gdpr",
            "submitted_time": "2026-11-23T15:00:00Z",
            "subject_identities": [
                {"identity_type": one, "identity_value": value} for one, value in identities
            ],
            **changes,
        }
        return client.post(
            "/v1/privacy/requests", body, content_type="application/json", headers=headers
        )

    asked.get = lambda path: client.get(f"/v1/privacy/{path}", headers=headers)
    return asked


def test_everybody_who_holds_data_is_asked():
    units = {holder.name for holder in registry.unit_holders()}
    assert units == {"assistant", "catalog", "events", "experiments"}
    assert {holder.name for holder in registry.holders()} == {"answers", "audience", "campaigns"}


def test_access_shows_everything_that_is_held(ann, ask):
    answer = ask("access", ("email", " ANN@shop.example "))
    assert (answer.status_code, answer.json()["request_status"]) == (201, "pending")
    assert requests_work(now=timezone.now()) == 1
    place = f"requests/{answer.json()['subject_request_id']}"
    status = ask.get(place).json()
    assert (status["request_status"], status["results_count"]) == ("completed", 1)
    [held] = orjson.loads(ask.get(f"{place}/export.json").content)
    assert held["audience"]["contact"]["email"] == ANN
    assert held["audience"]["texts"][0]["body"] == "Soft wool"
    assert [event["name"] for event in held["events"]["events"]] == ["Order Completed"]
    assert held["experiments"]["exposures"][0]["arm"] == "control"
    assert held["privacy"]["consent"][0]["purpose"] == "email"


def test_an_export_can_be_read_as_a_table(ann, ask):
    Contact.objects.update(first_name="=HYPERLINK(1)")
    place = f"requests/{ask('portability', ('email', ANN)).json()['subject_request_id']}"
    requests_work(now=timezone.now())
    answer = ask.get(f"{place}/export.csv")
    rows = {
        row["place"]: row["value"] for row in csv.DictReader(io.StringIO(answer.content.decode()))
    }
    assert rows["audience.contact.email"] == ANN
    assert rows["audience.contact.first_name"] == "'=HYPERLINK(1)"
    assert answer["Cache-Control"] == "no-store"


def test_erasure_leaves_nothing_and_says_how_much_went(ann, ask):
    place = f"requests/{ask('erasure', ('email', ANN)).json()['subject_request_id']}"
    requests_work(now=timezone.now())
    receipt = ask.get(place).json()["receipt"]
    assert {name for name, rows in receipt.items() if rows} >= {
        "audience", "catalog", "events", "experiments", "privacy",
    }  # fmt: skip
    for held in (
        Contact.objects.filter(external_id="ann"),
        Event.objects.filter(unit_id="ann"),
        Exposure.objects.filter(unit_id="ann"),
        Recommendation.objects.filter(unit_id="ann"),
        Rejection.objects.filter(payload__userId="ann"),
        KnownAddress.objects.filter(unit_id="ann"),
        Consent.objects.filter(subject_id=ann.subject_id),
    ):
        assert not held.exists()
    assert Exposure.objects.filter(unit_id="ben").exists()
    assert Event.objects.filter(unit_id="ben").exists()


def test_what_proves_that_consent_was_given_stays_without_saying_whose(ann, ask):
    ask("erasure", ("email", ANN))
    requests_work(now=timezone.now())
    entry = ConsentEntry.objects.get()
    assert registry.directory().units_of(entry.subject_id) == []


def test_no_address_stays_anywhere_in_the_database(ann, ask):
    ask("erasure", ("email", ANN))
    requests_work(now=timezone.now())
    for model in (SubjectRequest, Suppression, AuditEntry, KnownAddress, ConsentEntry):
        assert ANN not in str(list(model.objects.values()))


def test_who_was_erased_is_not_written_to_when_an_import_brings_them_back(ann, ask):
    ask("erasure", ("email", ANN))
    requests_work(now=timezone.now())
    again = contact("ann-2", email="Ann@Shop.example")
    addresses_index(now=timezone.now())
    assert is_suppressed(again.subject_id, channel="email")
    assert Suppression.objects.get(subject_id=again.subject_id).reason == "erased"


def test_a_bounced_address_stays_bounced(ann, ask):
    suppression_add(ann.subject_id, reason="bounced", channel="email")
    ask("erasure", ("controller_customer_id", "ann"))
    requests_work(now=timezone.now())
    reasons = set(Suppression.objects.values_list("channel", "reason"))
    assert reasons == {("email", "bounced"), ("all", "erased")}


def test_everybody_with_the_address_is_erased(ann, ask):
    contact("ann-at-work", email=ANN)
    place = f"requests/{ask('erasure', ('email', ANN)).json()['subject_request_id']}"
    requests_work(now=timezone.now())
    assert ask.get(place).json()["results_count"] == 2
    assert not Contact.objects.exists()


def test_nobody_found_is_a_receipt_too(ann, ask):
    place = f"requests/{ask('erasure', ('email', 'x@y.example')).json()['subject_request_id']}"
    requests_work(now=timezone.now())
    status = ask.get(place).json()
    assert (status["request_status"], status["results_count"]) == ("completed", 0)
    assert Contact.objects.exists()


def test_asking_again_is_the_same_request(ann, ask):
    first = ask("erasure", ("email", ANN)).json()
    again = ask("erasure", ("email", ANN), subject_request_id=first["subject_request_id"])
    assert (again.status_code, SubjectRequest.objects.count()) == (201, 1)
    other = ask("access", ("email", ANN), subject_request_id=first["subject_request_id"])
    assert other.status_code == 409


def test_a_killed_workers_request_is_finished_and_its_receipt_goes_on(ann, ask):
    ask("erasure", ("email", ANN))
    now = timezone.now()
    SubjectRequest.objects.update(
        status="in_progress", claimed_at=now, receipt={"subjects": 1, "rows": {"audience": 4}}
    )
    assert requests_work(now=now + timedelta(minutes=1)) == 0
    assert requests_work(now=now + timedelta(minutes=6)) == 1
    receipt = SubjectRequest.objects.get().receipt
    assert receipt["subjects"] == 2
    assert receipt["rows"]["audience"] > 4


def test_an_export_is_forgotten_after_its_time(ann, ask):
    place = f"requests/{ask('access', ('email', ANN)).json()['subject_request_id']}"
    requests_work(now=timezone.now())
    assert exports_expire(now=timezone.now() + timedelta(days=31)) == 1
    assert ask.get(f"{place}/export.json").status_code == 404


def test_only_a_pending_request_can_be_taken_back(ann, ask, owner):
    ask("erasure", ("email", ANN))
    request_cancel(SubjectRequest.objects.get(), actor=owner, now=timezone.now())
    assert requests_work(now=timezone.now()) == 0
    assert ANN not in str(SubjectRequest.objects.get().identities)
    assert Contact.objects.filter(external_id="ann").exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"subject_request_id": "7"}, "subject_request_id"),
        ({"subject_request_type": "forget"}, "subject_request_type"),
        ({"regulation": "law"}, "regulation"),
        ({"submitted_time": "yesterday"}, "submitted_time"),
        ({"submitted_time": "2999-01-01T00:00:00Z"}, "submitted_time"),
        ({"api_version": "9"}, "api_version"),
        ({"subject_identities": []}, "subject_identities"),
        ({"subject_identities": ["ann"]}, "subject_identities[0]"),
        (
            {"subject_identities": [{"identity_type": "phone", "identity_value": "1"}]},
            "subject_identities[0].identity_type",
        ),
        (
            {"subject_identities": [{"identity_type": "email", "identity_value": ""}]},
            "subject_identities[0].identity_value",
        ),
        (
            {
                "subject_identities": [
                    {
                        "identity_type": "email",
                        "identity_value": "x",
                        "identity_format": "sha256",
                    }
                ]
            },
            "subject_identities[0].identity_format",
        ),
    ],
)
def test_a_request_that_cannot_be_read_names_the_field_and_keeps_nothing(ask, changes, field):
    answer = ask("erasure", ("email", ANN), **changes)
    assert (answer.status_code, answer.json()["field"]) == (400, field)
    assert not SubjectRequest.objects.exists()


@pytest.mark.parametrize("path", ["requests", "discovery"])
def test_the_doors_open_to_a_key_for_admins_only(client, db, path):
    _, key = api_key_create("mail tool", ["decide"])
    for headers in ({}, {"Authorization": f"Bearer {key}"}):
        assert client.get(f"/v1/privacy/{path}", headers=headers).status_code == 401


def test_discovery_says_what_may_be_asked(ask):
    said = ask.get("discovery").json()
    assert said["supported_subject_request_types"] == ["access", "portability", "erasure"]


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b" " * 70_000])
def test_a_body_that_is_no_request_is_refused(client, db, body):
    _, key = api_key_create("privacy desk", ["admin"])
    answer = client.post(
        "/v1/privacy/requests", body, content_type="application/json",
        headers={"Authorization": f"Bearer {key}"},
    )  # fmt: skip
    assert answer.status_code == 400
