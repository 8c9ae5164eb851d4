"""Intents with their examples, and the heads fitted on them, in the admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextareaWidget

from assistant.models import Intent, IntentFit, KnowledgeBase, LearntExample
from assistant.services.intents import (
    OPEN,
    STAGES,
    done_of,
    intent_fit_put_live,
    intents_fit_request,
    intents_suggest,
    is_worse,
)
from assistant.services.learnt_examples import FIT_TASK, learnt_decide
from assistant.understanding.examples import EXAMPLES_LEAST, read_examples
from core.admin import ReadOnlyAdmin, redirect_after_dialog
from core.errors import CopyliftError, InputRefused
from core.jobs import wake
from core.secret_pages import acting_person


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
            fit = intents_fit_request(base, actor=acting_person(request), now=timezone.now())
        except CopyliftError as error:
            self.message_user(request, str(error), messages.ERROR)
            return redirect_after_dialog(
                reverse("admin:assistant_knowledgebase_change", args=[base.pk])
            )
        self.message_user(request, "A worker is learning. You may leave this page; it goes on.")
        return redirect_after_dialog(reverse("admin:assistant_intentfit_change", args=[fit.pk]))


class LearntExampleForm(forms.ModelForm):
    """What a person decides about an example from a conversation."""

    class Meta:
        model = LearntExample
        fields = ["state"]

    def clean_state(self) -> str:
        state: str = self.cleaned_data["state"]
        is_against = self.instance.how == LearntExample.How.NOT_IT
        if state == LearntExample.State.ADOPTED and is_against:
            raise forms.ValidationError("It says what is not meant: it can be removed only.")
        return state


class LearntExampleInline(TabularInline):
    """What visitors said and this intent turned out to be: seen, removed, or adopted."""

    model = LearntExample
    form = LearntExampleForm
    fields = ["text", "how", "learnt_at", "state"]
    readonly_fields = ["text", "how", "learnt_at"]
    ordering = ["-learnt_at", "-pk"]
    extra = 0
    can_delete = False
    tab = False
    hide_title = True
    verbose_name_plural = (
        "examples from conversations; adopt only what has nothing of a person in it: it stays"
    )

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


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
    inlines = [LearntExampleInline]
    fieldsets = [
        (None, {"fields": ["base", "name", "examples"]}),
        ("What is done about it", {"fields": ["action", "reply", "is_active"]}),
    ]

    def save_model(self, request: HttpRequest, obj: Intent, form: Any, change: bool) -> None:  # noqa: FBT001 (Django's)
        super().save_model(request, obj, form, change)
        wake(FIT_TASK)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001 (Django's)
        """After the intent: what is adopted is added to what was written."""
        formset.save(commit=False)
        actor = acting_person(request)
        for example, _ in formset.changed_objects:
            learnt_decide(LearntExample.objects.get(pk=example.pk), example.state, actor=actor)

    def delete_model(self, request: HttpRequest, obj: Intent) -> None:
        super().delete_model(request, obj)
        wake(FIT_TASK)

    @display(description="examples")
    def example_count(self, intent: Intent) -> int:
        return len(intent.examples.splitlines())


LABELS = {"live": "success", "worse": "danger", "earlier": "info", "open": "warning"}
Status = IntentFit.Status


@admin.register(IntentFit)
class IntentFitAdmin(ReadOnlyAdmin):
    class Media:
        js = [forms.Script("copylift/pages.js", defer=True)]

    list_display = [
        "fitted_at",
        "base",
        "state",
        "by",
        "learnt_from",
        "right",
        "kept",
        "heard",
    ]
    list_filter = ["base", "is_live"]
    list_select_related = ["base", "fitted_by"]
    ordering = ["-fitted_at", "-pk"]
    actions_detail = ["put_live"]
    fieldsets = [
        (None, {"fields": ["base", "in_words", ("fitted_at", "by"), "encoder"]}),
        ("Learnt from", {"fields": [("intent_count", "example_count", "learnt_count")]}),
        (
            "How well it does",
            {
                "fields": [
                    "right",
                    ("kept_count", "before", "after"),
                    ("heard_count", "heard_then", "heard_now"),
                ],
                "description": "Kept examples are those that neither of the two heads compared "
                "has learnt from. A head that names fewer right than the one that is live, of "
                "those a person of the shop wrote or labelled, does not go live by itself. How "
                "it does on those that visitors labelled is shown beside.",
            },
        ),
    ]
    readonly_fields = ["in_words", "by", "right", "before", "after", "heard_then", "heard_now"]

    def has_live_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("assistant.change_knowledgebase")

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list:
        could = IntentFit.objects.filter(pk=object_id, is_live=False, status=Status.DONE).exists()
        return super().get_actions_detail(request, object_id) if could else []

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

    @display(description="state", label=LABELS)
    def state(self, fit: IntentFit) -> tuple[str, str]:
        if fit.status in OPEN:
            return "open", fit.stage or str(fit.get_status_display())
        if fit.status == Status.FAILED:
            return "worse", "failed"
        if fit.is_live:
            return "live", "live"
        return ("worse", "worse, not live") if is_worse(fit) else ("earlier", "not live")

    @display(description="state")
    def in_words(self, fit: IntentFit) -> str:
        """While it is being learnt, the page looks again by itself."""
        words = f"{self.state(fit)[1]}: {fit.error}" if fit.error else self.state(fit)[1]
        if fit.status not in OPEN:
            return words
        return format_html(
            '<div data-working="{}"><progress class="cl-progress" data-bar max="{}" value="{}" '
            'aria-label="How far it is"></progress> <span role="status" aria-live="polite" '
            "data-words>{} …</span></div>",
            reverse("admin:assistant_intentfit_progress", args=[fit.pk]),
            len(STAGES),
            done_of(fit),
            words.capitalize(),
        )

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.progress)
        own = path("<int:pk>/progress/", view, name="assistant_intentfit_progress")
        return [own, *super().get_urls()]

    def progress(self, request: HttpRequest, pk: int) -> JsonResponse:
        """How far a fit is, for its page to load itself anew when it is done."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        fit = get_object_or_404(IntentFit, pk=pk)
        stage = self.state(fit)[1].capitalize()
        return JsonResponse(
            {"is_working": fit.status in OPEN, "stage": stage, "done": done_of(fit)}
        )

    @display(description="by")
    def by(self, fit: IntentFit) -> str:
        return str(fit.fitted_by) if fit.fitted_by else "changed examples"

    @display(description="examples", ordering="example_count")
    def learnt_from(self, fit: IntentFit) -> str:
        heard = f", {fit.learnt_count:,}\u00a0heard" if fit.learnt_count else ""
        return f"{fit.example_count:,}{heard}"

    @display(description="cross-validated", ordering="accuracy")
    def right(self, fit: IntentFit) -> str:
        return _share(fit.accuracy)

    @display(description="of visitors")
    def heard(self, fit: IntentFit) -> str:
        return _before_and_after(fit.heard_before, fit.heard_after)

    @display(description="of visitors named right before")
    def heard_then(self, fit: IntentFit) -> str:
        return _share(fit.heard_before)

    @display(description="and by this one")
    def heard_now(self, fit: IntentFit) -> str:
        return _share(fit.heard_after)

    @display(description="kept examples")
    def kept(self, fit: IntentFit) -> str:
        return _before_and_after(fit.kept_before, fit.kept_after)

    @display(description="kept examples named right before")
    def before(self, fit: IntentFit) -> str:
        return _share(fit.kept_before)

    @display(description="and by this one")
    def after(self, fit: IntentFit) -> str:
        return _share(fit.kept_after)


def _before_and_after(before: float | None, after: float | None) -> str:
    """On one line; a head without one before it has only its own figure."""
    if before is None:
        return _share(after)
    return f"{_share(before)}\u00a0→\u00a0{_share(after)}"


def _share(value: float | None) -> str:
    return "—" if value is None else f"{value:.1%}"
