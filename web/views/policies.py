"""The assistant's policies: which is live, what each did, and experiments between them."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assistant.models import Policy, PolicyTrial
from assistant.services.policies import policy_go_live, policy_step_down
from assistant.services.policy_trials import GOALS, policy_trial_end, policy_trial_start
from assistant.standings import base_standings
from core.errors import InputRefused
from web.views.access import attempt, page, person
from web.views.portraits import audience_page

LATELY = timedelta(days=30)


@require_safe
@page("assistant.view_policy")
def policies(request: HttpRequest) -> HttpResponse:
    """Every knowledge base with its policies and its experiment."""
    now = timezone.now()
    return audience_page(
        request,
        "assistant/policies.html",
        title="Policies of the assistant",
        standings=base_standings(since=now - LATELY, now=now),
        goals=GOALS,
        days=LATELY.days,
    )


@require_POST
@page("assistant.view_policy", "assistant.change_policy")
def policy_live(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the base answer by this policy."""
    policy = get_object_or_404(Policy, pk=pk)
    return attempt(
        request,
        lambda: policy_go_live(policy, actor=person(request)),
        done=f"“{policy}” answers now.",
        then=reverse("web:policies"),
    )


@require_POST
@page("assistant.view_policy", "assistant.change_policy")
def policy_down(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the base answer without a policy."""
    policy = get_object_or_404(Policy, pk=pk)
    return attempt(
        request,
        lambda: policy_step_down(policy, actor=person(request)),
        done=f"“{policy.base}” answers word for word, by its own weights.",
        then=reverse("web:policies"),
    )


@require_POST
@page("assistant.view_policy", "assistant.change_policy", "experiments.add_experiment")
def policy_trial(request: HttpRequest) -> HttpResponse:
    """Start an experiment between two policies."""
    return attempt(
        request,
        lambda: policy_trial_start(
            _chosen(request, "control"),
            [_chosen(request, "rival")],
            goal=request.POST.get("goal", ""),
            now=timezone.now(),
            actor=person(request),
        ),
        done="The experiment runs: each conversation gets one of the two and keeps it.",
        then=reverse("web:policies"),
    )


@require_POST
@page("assistant.view_policy", "assistant.change_policy", "experiments.change_experiment")
def policy_trial_stop(request: HttpRequest, pk: int) -> HttpResponse:
    """End an experiment between policies."""
    trial = get_object_or_404(PolicyTrial.objects.select_related("experiment"), pk=pk)
    return attempt(
        request,
        lambda: policy_trial_end(
            trial, reason="ended on the policies' page", now=timezone.now(), actor=person(request)
        ),
        done="The experiment has ended; everybody gets the live policy again.",
        then=reverse("web:policies"),
    )


def _chosen(request: HttpRequest, field: str) -> Policy:
    given = request.POST.get(field, "")
    found = Policy.objects.filter(pk=int(given)).first() if given.isdecimal() else None
    if found is None:
        raise InputRefused(f"{field}: choose a policy", field=field)
    return found
