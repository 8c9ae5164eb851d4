"""How the email tool gets at the copy: snippets, the campaign's token, the send list."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.contrib import messages
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns import exports, live_plans, services
from campaigns.models import Campaign
from campaigns.tokens import campaign_token
from core.errors import CopyliftError
from core.models import ApiKey
from experiments.models import Experiment
from web.snippets import snippets_for
from web.views.access import attempt, page, person
from web.views.frame import campaign_page

CAMPAIGNS = Campaign.objects.select_related("experiment", "template")


@require_safe
@page("campaigns.view_campaign")
def setup(request: HttpRequest, pk: int) -> HttpResponse:
    """Snippets with this campaign's own key."""
    campaign = get_object_or_404(CAMPAIGNS, pk=pk)
    address = request.build_absolute_uri("/").rstrip("/")
    keys = ApiKey.objects.filter(revoked_at=None, scopes__contains=[ApiKey.Scope.DECIDE])
    may_launch = request.user.has_perm("campaigns.launch_campaign")
    token = campaign_token(campaign.key, campaign.token_version) if may_launch else ""
    plan = live_plans.read(campaign.key)
    return campaign_page(
        request,
        "campaigns/setup.html",
        campaign,
        tab="Set up",
        snippets=snippets_for(address, campaign, token=token, plan=plan),
        token=token,
        has_key=keys.exists(),
        may_add_key=request.user.has_perm("core.add_apikey"),
        may_export=_has_list(campaign) and may_launch and _may_see_people(request),
        has_list=_has_list(campaign),
    )


@require_POST
@page("campaigns.launch_campaign")
def renew_token(request: HttpRequest, pk: int) -> HttpResponse:
    campaign = get_object_or_404(CAMPAIGNS, pk=pk)
    return attempt(
        request,
        lambda: services.campaign_token_renew(campaign, actor=person(request)),
        done="The campaign has a new token; the old one opens nothing any more.",
        then=reverse("web:setup", args=[pk]),
    )


@require_POST
@page("campaigns.launch_campaign", "audience.view_contact")
def send_list(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Everyone with their copy, as a file. By POST, since it takes people into the test."""
    campaign = get_object_or_404(CAMPAIGNS, pk=pk)
    try:
        exports.send_list_start(campaign, actor=person(request))
        if request.POST.get("format") == exports.PARQUET:
            return _parquet(campaign)
    except CopyliftError as refused:
        messages.error(request, str(refused))
        return HttpResponseRedirect(reverse("web:setup", args=[pk]))
    response = StreamingHttpResponse(
        exports.csv_lines(campaign, now=timezone.now()), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{campaign.key}-send-list.csv"'
    return response


def _parquet(campaign: Campaign) -> HttpResponseBase:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.parquet"
        exports.write_parquet(campaign, path, now=timezone.now())
        # Open it before the folder goes: an open file stays until it is closed.
        file = path.open("rb")
    name = f"{campaign.key}-send-list.parquet"
    return FileResponse(file, as_attachment=True, filename=name)


def _has_list(campaign: Campaign) -> bool:
    experiment = campaign.experiment
    return (
        campaign.status == Campaign.Status.LIVE
        and experiment is not None
        and experiment.assignment != Experiment.Assignment.EXTERNAL
    )


def _may_see_people(request: HttpRequest) -> bool:
    return request.user.has_perm("audience.view_contact")
