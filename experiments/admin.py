"""Experiments in the admin, and what keeps people out of them.

An experiment is steered from its campaign; here it gets its slice of a layer and its testers.
"""

from __future__ import annotations

from copy import copy
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Model
from django.forms import BaseInlineFormSet, ModelChoiceField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html_join
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from core.errors import CopyliftError
from experiments import services
from experiments.inlines import (
    AnalysisInline,
    ArmInline,
    LookInline,
    MetricInline,
    UnknownArmInline,
    WeightChangeInline,
)
from experiments.models import Arm, Experiment, ForcedArm, Holdout, Layer
from experiments.saved_metric_admin import SavedMetricAdmin
from experiments.services.layers import check_holdout, check_slice, refuse_overlap
from experiments.services.refusals import check_unit, refuse_exposed

__all__ = ["ExperimentAdmin", "HoldoutAdmin", "LayerAdmin", "SavedMetricAdmin"]

Status = Experiment.Status
STATUS_LABELS = {
    Status.DRAFT.label: "info",
    Status.RUNNING.label: "success",
    Status.PAUSED.label: "warning",
    Status.DECIDED.label: "primary",
}
OPEN = (Status.DRAFT, Status.RUNNING, Status.PAUSED)
SLICE = ("layer", "layer_start", "layer_end")
RULES = ("confidence", "minimum_units_per_arm", "minimum_days", "planned_units")
TIMES = ("started_at", "ended_at")
PLANNED = ("name", "key", "assignment", "looks", "correction", *RULES, *TIMES, "salt")


class ForcedArmForm(forms.ModelForm):
    class Meta:
        model = ForcedArm
        fields = ["unit_id", "arm"]
        labels = {"unit_id": "contact"}

    def clean_unit_id(self) -> str:
        unit_id = str(self.cleaned_data["unit_id"])
        _refused_by(self, "unit_id", check_unit, unit_id)
        _refused_by(self, "unit_id", refuse_exposed, self.instance.experiment, unit_id)
        return unit_id


class ForcedArmInline(TabularInline):
    model = ForcedArm
    form = ForcedArmForm
    extra = 0
    hide_title = True
    verbose_name = "tester"
    verbose_name_plural = "testers: shown their arm, never counted"

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Another arm is another row: take the old one out."""
        return False

    def get_formset(self, request: Any, obj: Any = None, **kwargs: Any) -> type[BaseInlineFormSet]:
        formset: type[BaseInlineFormSet] = super().get_formset(request, obj, **kwargs)
        arm = formset.form.base_fields.get("arm")
        if isinstance(arm, ModelChoiceField):
            arm.queryset = Arm.objects.filter(experiment=obj).order_by("position")
        return formset


class ExperimentForm(forms.ModelForm):
    class Meta:
        model = Experiment
        fields = list(SLICE)
        labels = {"layer_start": "slice from", "layer_end": "slice to"}
        help_texts = {
            "layer": "Experiments of one layer share no contact. Empty: in no layer.",
            "layer_start": "0 is the beginning of the layer.",
            "layer_end": "1 is its end.",
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not all(field in cleaned for field in SLICE):
            return cleaned
        wished = Experiment(
            pk=self.instance.pk,
            key=self.instance.key,
            **{field: cleaned[field] for field in SLICE},
        )
        _refused_by(self, "layer_start", check_slice, wished.layer_start, wished.layer_end)
        if self.instance.status != Status.DRAFT and not self.errors:
            _refused_by(self, "layer_start", refuse_overlap, wished)
        return cleaned


@admin.register(Experiment)
class ExperimentAdmin(ModelAdmin):
    form = ExperimentForm
    show_full_result_count = False
    list_display = ["name", "shown_status", "assignment", "taking_part", "started_at", "ended_at"]
    list_filter = ["status", "assignment", "traffic", "layer"]
    search_fields = ["name", "key"]
    ordering = ["-id"]
    inlines = [
        ArmInline,
        WeightChangeInline,
        ForcedArmInline,
        UnknownArmInline,
        MetricInline,
        LookInline,
        AnalysisInline,
    ]
    actions_detail = ["see_results"]
    fieldsets = [
        (None, {"fields": ["name", "key", "shown_status", "assignment"]}),
        (
            "Who takes part",
            {"fields": ["taking_part", "shown_traffic", "held_out", "layer", SLICE[1:]]},
        ),
        ("Rules of the verdict", {"fields": list(RULES)}),
        ("How one may look", {"fields": ["looks", "looks_planned", "correction"]}),
        ("Times", {"fields": list(TIMES)}),
        ("Under the hood", {"fields": ["salt"], "classes": ["collapse"]}),
    ]

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_open = obj is None or obj.status in OPEN
        return is_open and super().has_change_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        shown = ["shown_status", "taking_part", "held_out", "shown_traffic", "looks_planned"]
        return [*PLANNED, *shown]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        if set(form.changed_data) & set(SLICE):
            cleaned = form.cleaned_data
            services.experiment_slice_set(
                Experiment.objects.get(pk=obj.pk),
                layer=cleaned["layer"],
                start=cleaned["layer_start"],
                end=cleaned["layer_end"],
                actor=_actor(request),
            )

    def save_formset(self, request: Any, form: Any, formset: Any, change: Any) -> None:
        formset.save(commit=False)
        if formset.model is ForcedArm:
            for gone in formset.deleted_objects:
                services.forced_arm_clear(form.instance, gone.unit_id, actor=_actor(request))
            for new in formset.new_objects:
                services.forced_arm_set(
                    form.instance, new.unit_id, arm_key=new.arm.key, actor=_actor(request)
                )

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The services write the audit trail; Django's own log would keep the testers' ids."""

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

    @display(description="take part", ordering="coverage")
    def taking_part(self, experiment: Experiment) -> str:
        return f"{experiment.coverage:.0%} of the people"

    @display(description="kept out")
    def held_out(self, experiment: Experiment) -> str:
        everybody = Holdout.objects.filter(is_active=True).first()
        own = f"{experiment.holdout_share:.1%} for this experiment"
        return f"{own}, {everybody.share:.1%} for all (“{everybody}”)" if everybody else own

    @display(description="traffic")
    def shown_traffic(self, experiment: Experiment) -> str:
        words = str(experiment.get_traffic_display())
        if experiment.traffic == Experiment.Traffic.FIXED:
            return words
        return (
            f"{words}; at least {experiment.floor:.0%} for every arm and "
            f"{experiment.control_floor:.0%} for control, from {experiment.warm_up} people each on"
        )


@admin.register(Layer)
class LayerAdmin(ModelAdmin):
    list_display = ["name", "key", "slices"]
    search_fields = ["name", "key"]
    ordering = ["name"]
    fields = ["name", "key", "slices"]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["key", "slices"] if obj else ["slices"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        if change:
            services.layer_rename(obj, name=obj.name, actor=_actor(request))
        else:
            obj.pk = services.layer_create(key=obj.key, name=obj.name, actor=_actor(request)).pk

    @display(description="who has what of it")
    def slices(self, layer: Layer) -> str:
        taken = layer.experiments.filter(status__in=OPEN).order_by("layer_start")
        rows = ((one.layer_start, one.layer_end, one, one.status) for one in taken)
        return format_html_join("", "<div>{} to {}: {} ({})</div>", rows) if taken else "free"


class HoldoutForm(forms.ModelForm):
    class Meta:
        model = Holdout
        fields = ["name", "key", "share", "is_active"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "share" in cleaned and "is_active" in cleaned:
            wished = copy(self.instance)
            for field, value in cleaned.items():
                setattr(wished, field, value)
            _refused_by(self, "share", check_holdout, wished)
        return cleaned


@admin.register(Holdout)
class HoldoutAdmin(ModelAdmin):
    form = HoldoutForm
    list_display = ["name", "key", "shown_share", "is_active"]
    ordering = ["-is_active", "name"]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["key"] if obj else []

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        wanted = {"name": obj.name, "share": obj.share, "is_active": obj.is_active}
        if change:
            services.holdout_change(obj, **wanted, actor=_actor(request))
        else:
            obj.pk = services.holdout_create(key=obj.key, **wanted, actor=_actor(request)).pk

    @display(description="share of everybody", ordering="share")
    def shown_share(self, holdout: Holdout) -> str:
        return f"{holdout.share:.1%}"


def _refused_by(form: forms.BaseForm, field: str, check: Any, *args: object) -> None:
    """Ask the service's own check, so that a form says what the service would."""
    try:
        check(*args)
    except CopyliftError as refusal:
        named = getattr(refusal, "field", "")
        form.add_error(named if named in form.fields else field, str(refusal))


def _actor(request: HttpRequest) -> User:
    assert isinstance(request.user, User), "the admin lets only people in"  # noqa: S101
    return request.user
