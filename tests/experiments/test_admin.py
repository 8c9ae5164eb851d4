from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.urls import reverse

from core.models import AuditEntry
from experiments.models import Experiment, ForcedArm, Holdout, Layer
from experiments.services import (
    experiment_decide,
    experiment_ramp,
    forced_arm_set,
    holdout_create,
    layer_create,
    unknown_arm_note,
)
from tests.factories.experiments import LATER, arm, expose, running

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client):
    client.force_login(User.objects.create_superuser("ruth", "ruth@shop.example", "pw"))
    return client


def address(row, name="change") -> str:
    ids = [row.pk] if name == "change" else []
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{name}", args=ids)


def shown(page, row) -> str:
    return page.get(address(row)).content.decode()


def save(page, experiment, *, testers=(), known=(), **fields) -> str:
    """Post the experiment's form with new testers, (unit, arm) each, and known ones taken out."""
    rows = {}
    for number, forced in enumerate(known):
        rows |= {
            f"forced-{number}-id": forced.pk,
            f"forced-{number}-experiment": experiment.pk,
            f"forced-{number}-DELETE": "on",
        }
    for number, (unit, key) in enumerate(testers, start=len(known)):
        rows |= {
            f"forced-{number}-unit_id": unit,
            f"forced-{number}-arm": arm(experiment, key).pk,
        }
    form = {
        "layer": "",
        "layer_start": "0",
        "layer_end": "1",
        "forced-TOTAL_FORMS": len(known) + len(testers),
        "forced-INITIAL_FORMS": len(known),
    }
    for prefix in (
        "arms",
        "weight_changes",
        "unknown_arms",
        "metrics",
        "looks_taken",
        "analyses",
    ):
        form |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    answer = page.post(address(experiment), form | rows | fields, follow=True)
    return answer.content.decode()


def test_the_page_shows_who_takes_part_and_how_the_traffic_was_divided(page):
    layer = layer_create(key="inbox", name="Inbox", actor=None)
    holdout_create(key="2026", name="The year", share=0.04, actor=None)
    experiment = running(
        coverage=0.2, layer=layer, layer_end=0.6, holdout_share=0.025, traffic="thompson"
    )
    experiment_ramp(experiment, coverage=0.5, now=LATER, actor=None)
    unknown_arm_note(experiment.pk, "nonsense", now=LATER)
    html = shown(page, experiment)
    for words in (
        "50% of the people",
        "2.5% for this experiment, 4.0% for all (“The year”)",
        "control 50.0%, urgency 50.0%",
        "50% of the people take part, 20% before",
        "more traffic to what works (Thompson sampling); at least 5% for every arm",
        "nonsense",
        "Inbox",
    ):
        assert words in html


def test_a_tester_is_added_and_taken_out(page):
    experiment = running()
    save(page, experiment, testers=[("ann", "urgency"), ("bob", "control")])
    assert dict(ForcedArm.objects.values_list("unit_id", "arm__key")) == {
        "ann": "urgency",
        "bob": "control",
    }
    save(page, experiment, known=[ForcedArm.objects.get(unit_id="ann")])
    assert ForcedArm.objects.get().unit_id == "bob"
    actions = AuditEntry.objects.filter(actor__username="ruth").values_list("action", flat=True)
    assert sorted(actions) == ["forced_arm_clear", "forced_arm_set", "forced_arm_set"]
    assert not LogEntry.objects.exists()


def test_who_is_in_the_test_cannot_be_a_tester(page):
    experiment = running()
    expose(experiment, "control", "ann")
    assert "counts with its arm" in save(page, experiment, testers=[("ann", "urgency")])
    assert not ForcedArm.objects.exists()


def test_a_tester_gets_an_arm_of_this_experiment(page):
    experiment, other = running(), running()
    html = save(
        page,
        experiment,
        testers=[("ann", "urgency")],
        **{"forced-0-arm": arm(other, "urgency").pk},
    )
    assert "not one of the available choices" in html
    assert not ForcedArm.objects.exists()


def test_an_experiment_gets_its_slice(page):
    layer, experiment = layer_create(key="inbox", name="Inbox", actor=None), running()
    save(page, experiment, layer=layer.pk, layer_start="0.25", layer_end="0.5")
    experiment.refresh_from_db()
    assert (experiment.layer, experiment.layer_start, experiment.layer_end) == (layer, 0.25, 0.5)
    assert AuditEntry.objects.filter(action="experiment_slice_set").count() == 1


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [("0.4", "0.8", "has 0.5 to 1"), ("0.3", "0.3", "is none"), ("-1", "0.3", "layer_start")],
)
def test_a_slice_that_cannot_be_is_refused_in_the_form(page, start, end, words):
    layer = layer_create(key="inbox", name="Inbox", actor=None)
    running(layer=layer, layer_start=0.5)
    experiment = running()
    html = save(page, experiment, layer=layer.pk, layer_start=start, layer_end=end)
    experiment.refresh_from_db()
    assert words in html
    assert experiment.layer is None


def test_a_decided_experiment_is_only_read(page):
    experiment = running()
    experiment_decide(experiment, now=LATER, actor=None, reason="")
    assert page.post(address(experiment), {}).status_code == 403
    assert page.get(address(experiment)).status_code == 200


def test_nobody_makes_or_deletes_an_experiment_here(page):
    assert page.get(address(running(), "add")).status_code == 403
    assert page.post(reverse("admin:experiments_experiment_delete", args=[1])).status_code in (
        302,
        403,
    )


def test_a_tester_stays_the_same_row(page):
    experiment = running()
    forced_arm_set(experiment, "ann", arm_key="urgency", actor=None)
    assert "ann" in shown(page, experiment)


def test_a_layer_is_made_renamed_and_shows_who_has_what(page):
    page.post(address(Layer(), "add"), {"name": "Inbox", "key": "inbox"})
    layer = Layer.objects.get()
    experiment = running(layer=layer, layer_end=0.4)
    assert "0.0 to 0.4: Welcome (running)" in shown(page, layer)
    page.post(address(layer), {"name": "The inbox", "key": "other"})
    layer.refresh_from_db()
    assert (layer.name, layer.key) == ("The inbox", "inbox")
    assert experiment.layer.pk == layer.pk
    actions = AuditEntry.objects.filter(target_type="experiments.layer")
    assert list(actions.order_by("pk").values_list("action", flat=True)) == [
        "layer_create",
        "layer_rename",
    ]


def holdout_form(**fields) -> dict[str, str]:
    return {"name": "Year", "key": "2026", "share": "0.05", "is_active": "on"} | fields


def test_a_holdout_is_made_and_switched_off(page):
    page.post(address(Holdout(), "add"), holdout_form())
    holdout = Holdout.objects.get()
    assert (holdout.share, holdout.is_active) == (0.05, True)
    page.post(address(holdout), {"name": "Year", "share": "0.1"})
    holdout.refresh_from_db()
    assert (holdout.share, holdout.is_active, holdout.key) == (0.1, False, "2026")
    assert AuditEntry.objects.filter(target_type="experiments.holdout").count() == 2


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"share": "1.5"}, "share between 0 and 1"),
        ({"key": "2025"}, "already exists"),
        ({"key": "next"}, "“Old” is active"),
    ],
)
def test_a_holdout_that_cannot_be_is_refused_in_the_form(page, fields, words):
    holdout_create(key="2025", name="Old", share=0.1, actor=None)
    html = page.post(address(Holdout(), "add"), holdout_form(**fields)).content.decode()
    assert words in html
    assert Holdout.objects.count() == 1


def test_the_list_of_experiments_says_how_many_take_part(page):
    running(coverage=0.25)
    html = page.get(address(Experiment(), "changelist")).content.decode()
    assert "25% of the people" in html
