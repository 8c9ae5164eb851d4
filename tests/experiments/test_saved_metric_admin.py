from __future__ import annotations

import pytest
from django.urls import reverse

from core.models import AuditEntry
from experiments.models import SavedMetric
from experiments.services import MetricSpec, saved_metric_create
from tests.factories.experiments import order

ADD = "admin:experiments_savedmetric_add"
FORM = {
    "name": "Orders", "key": "orders", "kind": "conversion", "event_name": "Order Completed",
    "window_starts_hours": "0", "window_hours": "72", "numerator": "sum", "denominator": "count",
    "denominator_event": "", "is_margin_relative": "on",
}  # fmt: skip


@pytest.fixture
def logged_in(client, owner):
    client.force_login(owner)
    return client


def test_a_metric_is_made_on_the_record(logged_in, owner):
    logged_in.post(reverse(ADD), FORM)
    assert SavedMetric.objects.get().window_hours == 72
    assert AuditEntry.objects.get().actor == owner


def test_a_contradiction_is_said_at_its_field_and_nothing_typed_is_lost(logged_in):
    answer = logged_in.post(reverse(ADD), {**FORM, "kind": "ratio", "name": "Order value"})
    form = answer.context["adminform"].form
    assert list(form.errors) == ["denominator_event"]
    assert 'value="Order value"' in answer.content.decode()


def test_what_the_kind_does_not_show_is_left_out(logged_in):
    logged_in.post(reverse(ADD), {**FORM, "cap": "5", "quantile": "0.5"})
    saved = SavedMetric.objects.get()
    assert (saved.cap, saved.quantile) == (None, None)


def test_events_that_were_seen_are_offered(logged_in):
    order("ada", name="Gift Wrapped")
    assert '<option value="Gift Wrapped">' in logged_in.get(reverse(ADD)).content.decode()


def test_the_list_shows_kind_event_window_and_use(logged_in):
    saved_metric_create(
        MetricSpec(key="o", name="Orders", kind="count", event_name="Order", window_hours=48),
        actor=None,
    )
    page = logged_in.get(reverse("admin:experiments_savedmetric_changelist")).content.decode()
    assert all(word in page for word in ("count", "Order", "48 hours", "none yet"))


def test_a_metric_is_changed_and_taken_out_on_the_record(logged_in):
    logged_in.post(reverse(ADD), FORM)
    saved = SavedMetric.objects.get()
    change = reverse("admin:experiments_savedmetric_change", args=[saved.pk])
    logged_in.post(change, {**FORM, "window_hours": "24"})
    saved.refresh_from_db()
    assert saved.window_hours == 24
    logged_in.post(
        reverse("admin:experiments_savedmetric_delete", args=[saved.pk]), {"post": "yes"}
    )
    actions = AuditEntry.objects.order_by("id").values_list("action", flat=True)
    assert list(actions) == ["saved_metric_create", "saved_metric_update", "saved_metric_delete"]
