"""Experiments in the admin: read-only; they are steered from their campaign."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import TabularInline
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from core.admin import ReadOnlyAdmin
from experiments.models import Analysis, Arm, Experiment, Look, Metric, SavedMetric
from experiments.saved_metric_admin import SavedMetricAdmin, window_words

__all__ = ["ExperimentAdmin", "SavedMetricAdmin"]

STATUS_LABELS = {
    Experiment.Status.DRAFT.label: "info",
    Experiment.Status.RUNNING.label: "success",
    Experiment.Status.PAUSED.label: "warning",
    Experiment.Status.DECIDED.label: "primary",
}


class ReadOnlyInline(TabularInline):
    extra = 0
    can_delete = False
    hide_title = True

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ArmInline(ReadOnlyInline):
    model = Arm
    fields = ["name", "key", "share", "is_control"]
    readonly_fields = ["share"]

    @display(description="share of traffic")
    def share(self, arm: Arm) -> str:
        return f"{arm.weight:.1%}"


class MetricInline(ReadOnlyInline):
    model = Metric
    fields = ["in_library", "role", "kind", "event_name", "shown_window", "margin"]
    readonly_fields = ["in_library", "shown_window"]

    @display(description="name")
    def in_library(self, metric: Metric) -> str:
        saved = SavedMetric.objects.filter(key=metric.key).first()
        if saved is None:
            return metric.name
        address = reverse("admin:experiments_savedmetric_change", args=[saved.pk])
        return format_html('<a href="{}">{}</a>', address, metric.name)

    @display(description="window")
    def shown_window(self, metric: Metric) -> str:
        return window_words(metric)


class LookInline(ReadOnlyInline):
    model = Look
    fields = ["number", "share", "units", "taken_at"]
    readonly_fields = ["share"]
    verbose_name_plural = "planned looks that were taken"

    @display(description="of the planned sample")
    def share(self, look: Look) -> str:
        return f"{look.information:.0%}"


class AnalysisInline(ReadOnlyInline):
    model = Analysis
    fields = ["created_at", "verdict", "sentence"]
    verbose_name_plural = "results over time"
    per_page = 10


@admin.register(Experiment)
class ExperimentAdmin(ReadOnlyAdmin):
    list_display = ["name", "shown_status", "assignment", "started_at", "ended_at"]
    list_filter = ["status", "assignment"]
    search_fields = ["name", "key"]
    ordering = ["-id"]
    inlines = [ArmInline, MetricInline, LookInline, AnalysisInline]
    actions_detail = ["see_results"]
    fieldsets = [
        (None, {"fields": ["name", "key", "shown_status", "assignment"]}),
        (
            "Rules of the verdict",
            {"fields": ["confidence", "minimum_units_per_arm", "minimum_days", "planned_units"]},
        ),
        ("How one may look", {"fields": ["looks", "looks_planned", "correction"]}),
        ("Times", {"fields": ["started_at", "ended_at"]}),
        ("Under the hood", {"fields": ["salt"], "classes": ["collapse"]}),
    ]

    @action(description="See results", variant=ActionVariant.PRIMARY, icon="bar_chart")
    def see_results(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("web:experiment_results", args=[object_id]))

    @display(description="planned looks")
    def looks_planned(self, experiment: Experiment) -> str:
        if experiment.looks != Experiment.Looks.GROUP_SEQUENTIAL:
            return "—"
        return f"{experiment.planned_looks}, {experiment.get_spending_display()}"

    @display(description="status", ordering="status", label=STATUS_LABELS)
    def shown_status(self, experiment: Experiment) -> str:
        return str(experiment.get_status_display())
