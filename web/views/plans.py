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
from campaigns.models import Plan, PlanAction
from campaigns.selectors.plan_proof import plan_proof
from campaigns.selectors.plans import currency_of, finished_experiments, planned_people
from campaigns.services.plan_work import action_of
from catalog.selectors import shop_currency
from core.errors import CopyliftError
from experiments.selectors import latest_analysis
from web.plan_forms import CampaignsForm, PlanForm, action_forms
from web.plan_words import figures_of
from web.views.access import attempt, page, person

PLANS = Plan.objects.select_related("segment", "owner", "approved_by", "experiment")


@require_safe
@page("campaigns.view_plan")
def plans(request: HttpRequest) -> HttpResponse:
    """Every plan, the newest first; those that were archived apart."""
    is_archive = "archived" in request.GET
    found = PLANS.filter(archived_at__isnull=not is_archive)
    context = {
        "plans": [(one, currency_of(one)) for one in found],
        "is_archive": is_archive,
        "archived": Plan.objects.exclude(archived_at=None).count(),
        "can_learn": finished_experiments().exists(),
    }
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
    context = {"form": form, "rows": [], "plan": None, "currency": shop_currency()}
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
    context = {"form": form, "rows": rows, "plan": found, "currency": shop_currency()}
    return _answer(request, "plans/form.html", found.name, "Limits and actions", context)


@require_safe
@page("campaigns.view_plan")
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the plan stands, and everything it says."""
    found, now = get_object_or_404(PLANS, pk=pk), timezone.now()
    rows = list(found.actions.select_related("arm__experiment", "offer", "segment", "campaign"))
    actions = {row.position: action_of(found, row) for row in rows} if found.started_at else {}
    context = {
        "plan": found,
        "actions": rows,
        "experiments": list(dict.fromkeys(row.arm.experiment for row in rows)),
        "proof": plan_proof(found, actions, now=now),
        "analysis": latest_analysis(found.experiment) if found.experiment else None,
        "form": CampaignsForm(found) if any(map(_is_due, rows)) else None,
        "campaigns": [row.campaign for row in rows if row.campaign],
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
        "currency": currency_of(found),
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
    """A draft campaign for each action that has none."""
    found = get_object_or_404(Plan, pk=pk)
    form = CampaignsForm(found, request.POST)
    if not form.is_valid():
        messages.error(request, "Choose a template and a brand voice.")
        return HttpResponseRedirect(_page(pk))
    try:
        planned = services.plan_campaigns_make(found, **form.cleaned_data, actor=person(request))
    except CopyliftError as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(_page(pk))
    count = len(planned.made)
    said = "1 campaign is a draft" if count == 1 else f"{count} campaigns are drafts"
    messages.success(request, f"{said}: have the copy written, and review it as always.")
    for note in planned.notes:
        messages.warning(request, note)
    return HttpResponseRedirect(_page(pk))


@require_POST
@page("campaigns.view_plan", "campaigns.add_plan")
def plan_copy(request: HttpRequest, pk: int) -> HttpResponse:
    """Another draft with the same limits and actions."""
    copied = services.plan_copy(get_object_or_404(Plan, pk=pk), actor=person(request))
    messages.success(request, "This is the copy. Change what is to be another, and save it.")
    return HttpResponseRedirect(reverse("web:plan_edit", args=[copied.pk]))


@require_POST
@page("campaigns.view_plan", "campaigns.delete_plan")
def plan_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Destroy a plan that never began."""
    found = get_object_or_404(Plan, pk=pk)
    try:
        services.plan_delete(found, actor=person(request))
    except CopyliftError as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(_page(pk))
    messages.success(request, f"“{found.name}” is deleted.")
    return HttpResponseRedirect(reverse("web:plans"))


@require_POST
@page("campaigns.view_plan", "campaigns.change_plan")
def plan_archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Put it out of the list."""
    return _step(request, pk, services.plan_archive, done="Archived: it is out of the list.")


@require_POST
@page("campaigns.view_plan", "campaigns.change_plan")
def plan_restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring it back into the list."""
    found = get_object_or_404(Plan, pk=pk)
    return attempt(
        request,
        lambda: services.plan_restore(found, actor=person(request)),
        done="It is in the list again.",
        then=_page(pk),
    )


def _is_due(action: PlanAction) -> bool:
    """Whether a campaign can be made of it."""
    return bool(action.people and action.segment and not action.campaign)


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
