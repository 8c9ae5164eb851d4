"""The library of metrics in the admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.decorators import display

from core.errors import InputRefused
from events.widgets import EventNameInput
from experiments import services
from experiments.models import MetricDefinition, SavedMetric
from experiments.plans import MetricSpec
from experiments.selectors import saved_metrics
from experiments.selectors.metrics import KEPT
from experiments.services.refusals import check_metric
from experiments.services.saved_metrics import as_guarded

Kind = MetricDefinition.Kind
IS_RATIO = f"kind == '{Kind.RATIO}'"
CAPPED = f"['{Kind.SUM}', '{Kind.COUNT}', '{Kind.RATIO}'].includes(kind)"
ADJUSTED = f"!['{Kind.QUANTILE}', '{Kind.RETENTION}'].includes(kind)"
# What each kind shows; a field that is not shown is emptied, so that nothing hidden is refused.
SHOWN_FOR: dict[str, tuple[Kind, ...]] = {
    "numerator": (Kind.RATIO,),
    "denominator_event": (Kind.RATIO,),
    "denominator": (Kind.RATIO,),
    "quantile": (Kind.QUANTILE,),
    "cap": (Kind.SUM, Kind.COUNT, Kind.RATIO),
    "cap_quantile": (Kind.SUM, Kind.COUNT, Kind.RATIO),
    "covariate_days": (Kind.CONVERSION, Kind.COUNT, Kind.SUM, Kind.RATIO),
}


def window_words(metric: MetricDefinition) -> str:
    """When after the assignment an event counts."""
    if metric.window_hours is None:
        return "until the test ends"
    if metric.window_starts_hours:
        return f"{metric.window_starts_hours} to {metric.window_hours} hours"
    return f"{metric.window_hours} hours"


class SavedMetricForm(forms.ModelForm):
    class Meta:
        model = SavedMetric
        fields = list(KEPT)
        widgets = {"event_name": EventNameInput, "denominator_event": EventNameInput}
        labels = {
            "event_name": "Event",
            "is_lower_better": "Less is better",
            "window_starts_hours": "Begins after (hours)",
            "window_hours": "Ends after (hours)",
            "numerator": "Above the line",
            "denominator_event": "Event below the line",
            "denominator": "Below the line",
            "cap_quantile": "Cap at a quantile",
            "covariate_days": "Days before (CUPED)",
            "is_margin_relative": "Margin is a share of control",
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for field, kinds in SHOWN_FOR.items():
            if field in cleaned and cleaned.get("kind") not in kinds:
                cleaned[field] = getattr(SavedMetric(), field)
        if not self.errors:
            self._check(self.spec())
        return cleaned

    def _check(self, metric: MetricSpec) -> None:
        try:
            check_metric(as_guarded(metric))
        except InputRefused as refused:
            field = refused.field if refused.field in self.fields else None
            self.add_error(field, str(refused))

    def spec(self) -> MetricSpec:
        """The metric as it was filled in; the key of one that exists stands fast."""
        return MetricSpec(**{"key": self.instance.key, **self.cleaned_data})


@admin.register(SavedMetric)
class SavedMetricAdmin(ModelAdmin):
    form = SavedMetricForm
    list_display = ["name", "shown_kind", "event_name", "shown_window", "used_by"]
    list_filter = ["kind"]
    search_fields = ["name", "key", "event_name"]
    ordering = ["name"]
    prepopulated_fields = {"key": ["name"]}
    conditional_fields = {
        **dict.fromkeys(
            ("numerator", "denominator_event", "denominator"), f"kind == '{Kind.RATIO}'"
        ),
        "quantile": f"kind == '{Kind.QUANTILE}'",
        **dict.fromkeys(("cap", "cap_quantile"), CAPPED),
        "covariate_days": ADJUSTED,
    }
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("name", "key"),
                    "kind",
                    "event_name",
                    "numerator",
                    ("denominator_event", "denominator"),
                    "quantile",
                    "is_lower_better",
                ],
                "description": "A campaign takes a copy at launch: changing a metric here changes "
                "no test that runs.",
            },
        ),
        ("When it counts", {"fields": [("window_starts_hours", "window_hours")]}),
        ("Outliers and noise", {"fields": [("cap", "cap_quantile"), "covariate_days"]}),
        (
            "As a guardrail",
            {
                "fields": [("margin", "is_margin_relative")],
                "description": "With a margin an arm is shipped only once a loss as large is "
                "ruled out. Without one, only a loss shown to be real counts.",
            },
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SavedMetric]:
        return saved_metrics()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["key"] if obj else []

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else {"key": ["name"]}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        if change:
            services.saved_metric_update(obj, form.spec(), actor=_actor(request))
        else:
            obj.pk = services.saved_metric_create(form.spec(), actor=_actor(request)).pk

    def delete_model(self, request: HttpRequest, obj: SavedMetric) -> None:
        services.saved_metric_delete(obj, actor=_actor(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[SavedMetric]) -> None:
        for saved in queryset:
            services.saved_metric_delete(saved, actor=_actor(request))

    @display(description="kind", ordering="kind")
    def shown_kind(self, saved: SavedMetric) -> str:
        return format_html('<span title="{}">{}</span>', saved.get_kind_display(), saved.kind)

    @display(description="window")
    def shown_window(self, saved: SavedMetric) -> str:
        return window_words(saved)

    @display(description="used by", ordering="uses")
    def used_by(self, saved: SavedMetric) -> str:
        uses: int = getattr(saved, "uses", 0)
        return f"{uses} experiment{'' if uses == 1 else 's'}" if uses else "none yet"


def _actor(request: HttpRequest) -> User:
    assert isinstance(request.user, User), "the admin lets only people in"  # noqa: S101
    return request.user
