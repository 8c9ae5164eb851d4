"""Intents with their examples, and the heads fitted on them, in the admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextareaWidget

from assistant.models import Intent, IntentFit, KnowledgeBase
from assistant.services.intents import (
    intent_fit_put_live,
    intents_fit,
    intents_suggest,
    is_worse,
)
from assistant.understanding.examples import EXAMPLES_LEAST, read_examples
from core.admin import ReadOnlyAdmin, redirect_after_dialog
from core.errors import CopyliftError, InputRefused
from core.jobs import wake
from core.secret_pages import acting_person

FIT_TASK = "assistant.tasks.intents_fit"


class IntentActions(ModelAdmin):
    """What can be done about the intents of a knowledge base, on its page."""

    actions_detail = ["suggest_intents", "fit_intents"]

    @action(
        description="Add suggested intents",
        icon="playlist_add",
        permissions=["change"],
        dialog={
            "title": "Add the suggested intents?",
            "description": "Greetings, thanks, goodbyes, who asks for a person or whether this is "
            "a robot: each with ten examples and, where it is small talk, a reply. Change them "
            "as you like.",
            "form_submit_text": "Add them",
            "form_class": None,
        },
    )
    def suggest_intents(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        base = KnowledgeBase.objects.get(pk=object_id)
        added = intents_suggest(base, actor=acting_person(request))
        names = ", ".join(intent.name for intent in added)
        said = f"Added: {names}." if added else "The suggested intents are all there."
        self.message_user(request, said)
        wake(FIT_TASK)
        listed = reverse("admin:assistant_intent_changelist")
        return redirect_after_dialog(f"{listed}?base__id__exact={base.pk}")

    @action(
        description="Learn the intents now",
        icon="model_training",
        permissions=["change"],
        dialog={
            "title": "Learn the intents from their examples?",
            "description": "It happens by itself within minutes when examples change. What is "
            "learnt goes live unless it does worse than what is live.",
            "form_submit_text": "Learn them",
            "form_class": None,
        },
    )
    def fit_intents(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        base = KnowledgeBase.objects.get(pk=object_id)
        try:
            fit = intents_fit(base, actor=acting_person(request), now=timezone.now())
        except CopyliftError as error:
            self.message_user(request, str(error), messages.ERROR)
            return redirect_after_dialog(
                reverse("admin:assistant_knowledgebase_change", args=[base.pk])
            )
        said = "It is live." if fit.is_live else "It is worse than what is live: look at both."
        self.message_user(request, f"Learnt from {fit.example_count} examples. {said}")
        return redirect_after_dialog(reverse("admin:assistant_intentfit_change", args=[fit.pk]))


class IntentForm(forms.ModelForm):
    examples = forms.CharField(
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 12}),
        help_text=f"What people say, one a line; {EXAMPLES_LEAST} at least, and ten tell more.",
    )

    class Meta:
        model = Intent
        fields = ["base", "name", "examples", "action", "reply", "is_active"]

    def clean_examples(self) -> str:
        try:
            found = read_examples(self.cleaned_data["examples"])
        except InputRefused as refused:
            raise forms.ValidationError(str(refused)) from refused
        if len(found) < EXAMPLES_LEAST:
            raise forms.ValidationError(f"Write {EXAMPLES_LEAST} different ones at least.")
        return "\n".join(found)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("action") == Intent.Action.REPLY and not given.get("reply", "").strip():
            self.add_error("reply", "Write what is to be said, or choose another action.")
        return given


@admin.register(Intent)
class IntentAdmin(ModelAdmin):
    form = IntentForm
    list_display = ["name", "base", "action", "example_count", "is_active"]
    list_filter = ["base", "action", "is_active"]
    list_select_related = ["base"]
    search_fields = ["name", "examples"]
    ordering = ["base", "name"]
    fieldsets = [
        (None, {"fields": ["base", "name", "examples"]}),
        ("What is done about it", {"fields": ["action", "reply", "is_active"]}),
    ]

    def save_model(self, request: HttpRequest, obj: Intent, form: Any, change: bool) -> None:  # noqa: FBT001 (Django's)
        super().save_model(request, obj, form, change)
        wake(FIT_TASK)

    def delete_model(self, request: HttpRequest, obj: Intent) -> None:
        super().delete_model(request, obj)
        wake(FIT_TASK)

    @display(description="examples")
    def example_count(self, intent: Intent) -> int:
        return len(intent.examples.splitlines())


@admin.register(IntentFit)
class IntentFitAdmin(ReadOnlyAdmin):
    list_display = ["fitted_at", "base", "by", "example_count", "right", "kept", "state"]
    list_filter = ["base", "is_live"]
    list_select_related = ["base", "fitted_by"]
    ordering = ["-fitted_at", "-pk"]
    actions_detail = ["put_live"]
    fieldsets = [
        (None, {"fields": ["base", "in_words", ("fitted_at", "by"), "encoder"]}),
        ("Learnt from", {"fields": [("intent_count", "example_count")]}),
        (
            "How well it does",
            {
                "fields": ["right", "kept_count", ("before", "after")],
                "description": "Kept examples are those that neither of the two heads compared "
                "has learnt from. A head that names fewer of them right than the one that is live "
                "does not go live by itself.",
            },
        ),
    ]
    readonly_fields = ["in_words", "by", "right", "before", "after"]

    def has_live_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("assistant.change_knowledgebase")

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list:
        is_live = IntentFit.objects.filter(pk=object_id, is_live=True).exists()
        return [] if is_live else super().get_actions_detail(request, object_id)

    @action(
        description="Put live",
        permissions=["live"],
        icon="publish",
        dialog={
            "title": "Let this head judge from now on?",
            "description": "Whatever the figures say: compare them first.",
            "form_submit_text": "Put it live",
            "form_class": None,
        },
    )
    def put_live(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        fit = IntentFit.objects.get(pk=object_id)
        intent_fit_put_live(fit, actor=acting_person(request))
        self.message_user(request, "From now on this head says what visitors want.")
        return redirect_after_dialog(reverse("admin:assistant_intentfit_change", args=[fit.pk]))

    @display(description="state", label={"live": "success", "worse": "danger", "earlier": "info"})
    def state(self, fit: IntentFit) -> tuple[str, str]:
        if fit.is_live:
            return "live", "live"
        return ("worse", "worse, not live") if is_worse(fit) else ("earlier", "not live")

    @display(description="state")
    def in_words(self, fit: IntentFit) -> str:
        return self.state(fit)[1]

    @display(description="by")
    def by(self, fit: IntentFit) -> str:
        return str(fit.fitted_by) if fit.fitted_by else "changed examples"

    @display(description="named right, cross-validated", ordering="accuracy")
    def right(self, fit: IntentFit) -> str:
        return f"{fit.accuracy:.1%}"

    @display(description="kept examples, before and after")
    def kept(self, fit: IntentFit) -> str:
        return f"{_share(fit.kept_before)} → {_share(fit.kept_after)}"

    @display(description="kept examples named right before")
    def before(self, fit: IntentFit) -> str:
        return _share(fit.kept_before)

    @display(description="and by this one")
    def after(self, fit: IntentFit) -> str:
        return _share(fit.kept_after)


def _share(value: float | None) -> str:
    return "—" if value is None else f"{value:.1%}"
