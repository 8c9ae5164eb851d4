"""The launch: the form, what its choices cost, and the step itself."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns import services
from campaigns.models import Campaign
from campaigns.selectors import prospects_of
from core.errors import CopyliftError, InputRefused
from web.launch import LaunchForm
from web.prices import price_panel
from web.views.access import page, person
from web.views.campaigns import CAMPAIGNS, overview


@require_POST
@page("campaigns.view_campaign", "campaigns.launch_campaign")
def launch(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the approved copy under test; a refusal comes back with all that was typed."""
    found = get_object_or_404(CAMPAIGNS, pk=pk)
    form = LaunchForm(request.POST, campaign=found)
    if not form.is_valid():
        messages.error(request, f"Not launched: {_first_error(form)}")
        return overview(request, found, form=form)
    try:
        services.campaign_launch(found, actor=person(request), now=timezone.now(), **form.options())
    except CopyliftError as refusal:
        if isinstance(refusal, InputRefused):
            form.refuse(refusal)
        messages.error(request, str(refusal))
        found.refresh_from_db()
        return overview(request, found, form=form)
    done = f"“{found.name}” is live. Set up your email tool so that it asks for the copy."
    messages.success(request, done)
    return HttpResponseRedirect(reverse("web:campaign", args=[pk]))


@require_safe
@page("campaigns.view_campaign")
def price(request: HttpRequest, pk: int) -> HttpResponse:
    """A piece of HTML: what the choices so far cost, and how many people they need."""
    found = get_object_or_404(Campaign, pk=pk)
    panel = price_panel(
        LaunchForm(request.GET, campaign=found), prospects_of(found, now=timezone.now())
    )
    return render(request, "campaigns/price.html", {"panel": panel})


def _first_error(form: LaunchForm) -> str:
    """With the field's name, where it has one."""
    field, errors = next(iter(form.errors.items()))
    label = form.fields[field].label if field in form.fields else ""
    return f"{label}: {errors[0]}" if label else str(errors[0])
