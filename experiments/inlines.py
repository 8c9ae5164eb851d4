"""What an experiment's page in the admin lists: rows that programs write and people read."""

from __future__ import annotations

from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import TabularInline
from unfold.decorators import display

from experiments.models import Analysis, Arm, Look, Metric, SavedMetric, UnknownArm, WeightChange
from experiments.saved_metric_admin import window_words


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


class WeightChangeInline(ReadOnlyInline):
    model = WeightChange
    fields = ["created_at", "shares", "taking_part", "reason"]
    readonly_fields = ["shares", "taking_part"]
    verbose_name_plural = "traffic since the start"
    per_page = 10
    ordering = ["-period"]

    @display(description="share of each arm")
    def shares(self, change: WeightChange) -> str:
        return ", ".join(f"{key} {weight:.1%}" for key, weight in change.weights.items())

    @display(description="take part")
    def taking_part(self, change: WeightChange) -> str:
        return f"{change.coverage:.0%}"


class UnknownArmInline(ReadOnlyInline):
    model = UnknownArm
    fields = ["key", "times", "last_seen_at"]
    verbose_name_plural = "arms the email tool named and nobody knows"


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
