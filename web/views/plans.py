"""Plans: who gets what, what it is worth, whether it is fair, and whether it kept its word."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns import services
from campaigns.models import Plan
from campaigns.selectors.plan_proof import plan_proof
from campaigns.selectors.plans import finished_experiments, planned_people
from campaigns.services.plan_work import action_of
from core.errors import CopyliftError
from experiments.selectors import latest_analysis
from web.plan_forms import CampaignsForm, PlanForm, action_forms
from web.plan_words import figures_of
from web.views.access import attempt, page, person

PLANS = Plan.objects.select_related("segment", "owner", "approved_by", "experiment")


@require_safe
@page("campaigns.view_plan")
def plans(request: HttpRequest) -> HttpResponse:
    """Every plan, the newest first."""
    found = PLANS.prefetch_related("actions")
    context = {"plans": found, "can_learn": finished_experiments().exists()}
    return _answer(request, "plans/list.html", "Plans", "Who gets what", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page("campaigns.view_plan", "campaigns.add_plan")
def plan_new(request: HttpRequest) -> HttpResponse:
    """Where to learn from, and within which limits."""
    form = PlanForm(request.POST or None)
    if form.is_valid():
        try:
            made = services.plan_create(
                form.apply(), list(form.cleaned_data["experiments"]), actor=person(request)
            )
        except CopyliftError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "Now say what each action was.")
            return HttpResponseRedirect(reverse("web:plan_edit", args=[made.pk]))
    context = {"form": form, "rows": [], "plan": None}
    return _answer(request, "plans/form.html", "New plan", "Who gets what", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page("campaigns.view_plan", "campaigns.change_plan")
def plan_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Limits and actions of a plan that is not approved yet."""
    found = get_object_or_404(PLANS, pk=pk)
    form, rows = (
        PlanForm(request.POST or None, plan=found),
        action_forms(found, request.POST or None),
    )
    if request.method == "POST" and form.is_valid() and all(row.is_valid() for row in rows):
        try:
            services.plan_change(form.apply(), [row.apply() for row in rows], actor=person(request))
        except CopyliftError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "Saved. Have it worked out when you are ready.")
            return HttpResponseRedirect(_page(pk))
    context = {"form": form, "rows": rows, "plan": found}
    return _answer(request, "plans/form.html", found.name, "Limits and actions", context)


@require_safe
@page("campaigns.view_plan")
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the plan stands, and everything it says."""
    found, now = get_object_or_404(PLANS, pk=pk), timezone.now()
    rows = list(found.actions.select_related("arm__experiment", "offer", "segment"))
    actions = {row.position: action_of(found, row) for row in rows} if found.started_at else {}
    context = {
        "plan": found,
        "actions": rows,
        "experiments": list(dict.fromkeys(row.arm.experiment for row in rows)),
        "proof": plan_proof(found, actions, now=now),
        "analysis": latest_analysis(found.experiment) if found.experiment else None,
        "form": CampaignsForm(found),
        **figures_of(found, rows),
    }
    return _answer(request, "plans/page.html", found.name, "Who gets what", context)


@require_safe
@page("campaigns.view_plan", "audience.view_contact")
def plan_people(request: HttpRequest, pk: int) -> HttpResponse:
    """Contacts of the plan, each with the reason."""
    found = get_object_or_404(PLANS, pk=pk)
    asked, contact = request.GET.get("action", ""), request.GET.get("contact", "").strip()
    position = int(asked) if asked.isascii() and asked.isdigit() else None
    context = {
        "plan": found,
        "actions": list(found.actions.all()),
        "people": planned_people(found, position=position, contact=contact),
        "position": position,
        "contact": contact,
        "fidelity": found.results.get("fidelity"),
    }
    return _answer(request, "plans/people.html", found.name, "People", context)


@require_safe
@page("campaigns.view_plan")
def plan_progress(_request: HttpRequest, pk: int) -> JsonResponse:
    """How far the work is, for the progress bar."""
    found = get_object_or_404(Plan, pk=pk)
    return JsonResponse({"is_working": found.is_working, "stage": found.stage, "done": found.done})


@require_POST
@page("campaigns.view_plan", "campaigns.change_plan")
def plan_propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Have it worked out."""
    return _step(
        request, pk, services.plan_propose,
        done="It is being worked out. You may leave this page.",
    )  # fmt: skip


@require_POST
@page("campaigns.view_plan", "campaigns.approve_plan")
def plan_approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Say yes to it."""
    return _step(request, pk, services.plan_approve, done="Approved. Start it when you are ready.")


@require_POST
@page("campaigns.view_plan", "campaigns.approve_plan")
def plan_start(request: HttpRequest, pk: int) -> HttpResponse:
    """Let it begin."""
    return _step(
        request, pk, services.plan_start,
        done="Started. Each action has its segment; those kept out get nothing.",
    )  # fmt: skip


@require_POST
@page("campaigns.view_plan", "campaigns.approve_plan")
def plan_prove(request: HttpRequest, pk: int) -> HttpResponse:
    """End the proof."""
    return _step(request, pk, services.plan_prove, done="The proof stands as it is now.")


@require_POST
@page("campaigns.view_plan", "campaigns.add_campaign")
def plan_campaigns(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft campaign for each action."""
    found = get_object_or_404(Plan, pk=pk)
    form = CampaignsForm(found, request.POST)
    if not form.is_valid():
        messages.error(request, "Choose a template and a brand voice.")
        return HttpResponseRedirect(_page(pk))
    return attempt(
        request,
        lambda: services.plan_campaigns_make(found, **form.cleaned_data, actor=person(request)),
        done="The campaigns are drafts: have their copy written, and review it as always.",
        then=reverse("admin:campaigns_campaign_changelist"),
    )


def _step(request: HttpRequest, pk: int, service: Any, *, done: str) -> HttpResponse:
    found = get_object_or_404(Plan, pk=pk)
    return attempt(
        request,
        lambda: service(found, actor=person(request), now=timezone.now()),
        done=done,
        then=_page(pk),
    )


def _page(pk: int) -> str:
    return reverse("web:plan", args=[pk])


def _answer(
    request: HttpRequest, template: str, title: str, subtitle: str, context: dict[str, Any]
) -> HttpResponse:
    frame = {"title": title, "subtitle": subtitle, "is_fullwidth": True}
    return TemplateResponse(
        request, template, {**admin.site.each_context(request), **frame, **context}
    )
