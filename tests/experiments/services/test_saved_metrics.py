from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from core.errors import InputRefused
from core.models import AuditEntry
from experiments.models import SavedMetric
from experiments.selectors import metric_from, saved_metrics
from experiments.services import (
    MetricSpec,
    saved_metric_create,
    saved_metric_delete,
    saved_metric_update,
    saved_metrics_import,
)
from tests.factories.experiments import draft

pytestmark = pytest.mark.django_db

REVENUE = MetricSpec(key="revenue", name="Revenue", kind="sum", event_name="Order Completed")
LEAVING = MetricSpec(
    key="leaving", name="Left", kind="conversion", event_name="Unsubscribed", is_lower_better=True,
    margin=0.02,
)  # fmt: skip
ROW = {"key": "orders", "name": "Orders", "kind": "conversion", "event_name": "Order Completed"}


def actions():
    return list(AuditEntry.objects.order_by("id").values_list("action", flat=True))


def test_a_metric_is_kept_changed_and_taken_out_on_the_record(owner):
    saved = saved_metric_create(REVENUE, actor=owner)
    saved_metric_update(saved, replace(REVENUE, cap=Decimal(500)), actor=owner)
    assert SavedMetric.objects.get().cap == Decimal(500)
    saved_metric_delete(saved, actor=owner)
    assert not SavedMetric.objects.exists()
    assert actions() == ["saved_metric_create", "saved_metric_update", "saved_metric_delete"]


def test_saving_what_is_there_leaves_no_trace(owner):
    saved = saved_metric_create(REVENUE, actor=owner)
    saved_metric_update(saved, REVENUE, actor=owner)
    assert actions() == ["saved_metric_create"]


def test_a_key_is_once_in_the_library_and_never_changes(owner):
    saved = saved_metric_create(REVENUE, actor=owner)
    with pytest.raises(InputRefused, match="already"):
        saved_metric_create(replace(LEAVING, key="revenue"), actor=owner)
    with pytest.raises(InputRefused, match="never changes"):
        saved_metric_update(saved, replace(REVENUE, key="income"), actor=owner)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "median"}, "kind"),
        ({"event_name": ""}, "event_name"),
        ({"window_hours": 0}, "window_hours"),
        ({"kind": "retention", "window_hours": 24}, "window_starts_hours"),
        ({"kind": "ratio"}, "denominator_event"),
        ({"kind": "quantile"}, "quantile"),
        ({"cap_quantile": 99.0}, "cap_quantile"),
        ({"cap": Decimal(-1)}, "cap"),
        ({"covariate_days": 400}, "covariate_days"),
        ({"margin": -0.1}, "margin"),
        ({"key": "two words"}, "key"),
    ],
)
def test_a_metric_that_contradicts_itself_is_refused_at_its_field(changes, field):
    with pytest.raises(InputRefused) as refused:
        saved_metric_create(replace(REVENUE, **changes), actor=None)
    assert refused.value.field == field


def test_an_experiment_takes_a_copy_and_only_a_guardrail_takes_the_margin():
    saved = saved_metric_create(LEAVING, actor=None)
    assert metric_from(saved, role="guardrail") == replace(LEAVING, role="guardrail")
    assert metric_from(saved, role="goal") == replace(LEAVING, role="goal", margin=None)


def test_the_library_knows_how_many_experiments_took_a_metric():
    saved_metric_create(REVENUE, actor=None)
    saved_metric_create(LEAVING, actor=None)
    for _ in range(2):
        draft()
    assert {saved.key: saved.uses for saved in saved_metrics()} == {"leaving": 0, "revenue": 2}


def test_importing_twice_changes_nothing():
    first = saved_metrics_import([ROW], actor=None)
    again = saved_metrics_import([ROW], actor=None)
    assert (first.created, again.created, again.unchanged) == (1, 0, 1)


def test_importing_changes_what_is_different_and_keeps_what_the_file_lacks():
    saved_metric_create(REVENUE, actor=None)
    saved_metrics_import([ROW], actor=None)
    done = saved_metrics_import([{**ROW, "name": "Buyers"}], actor=None)
    assert (done.changed, SavedMetric.objects.count()) == (1, 2)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([ROW, "orders"], "metric 2: it must be an object"),
        ([{**ROW, "windw": 3}], "metric 'orders', field windw: there is none"),
        ([{"key": "orders"}], "metric 'orders', field name: it is missing"),
        ([{**ROW, "window_hours": "3"}], "metric 'orders', field window_hours: it must be a whole"),
        ([{**ROW, "is_lower_better": 1}], "field is_lower_better: it must be true or false"),
        ([{**ROW, "cap": "much"}], "field cap: it must be a number"),
        ([{**ROW, "kind": "ratio"}], "metric 'orders', field denominator_event:"),
        ([ROW, ROW], "metric 'orders': the file has this key twice"),
    ],
)
def test_a_file_is_refused_by_metric_and_field(rows, said):
    with pytest.raises(InputRefused) as refused:
        saved_metrics_import(rows, actor=None)
    assert said in str(refused.value)


def test_one_bad_metric_keeps_all_out():
    with pytest.raises(InputRefused):
        saved_metrics_import([ROW, {**ROW, "key": "bad", "kind": "ratio"}], actor=None)
    assert not SavedMetric.objects.exists()
