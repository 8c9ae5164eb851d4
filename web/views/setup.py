"""How the email tool asks for copy, ready to paste."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from campaigns.models import Campaign
from core.models import ApiKey
from web.snippets import snippets_for
from web.views.access import page
from web.views.frame import campaign_page


@require_safe
@page("campaigns.view_campaign")
def setup(request: HttpRequest, pk: int) -> HttpResponse:
    """Snippets with this campaign's own key."""
    campaign = get_object_or_404(Campaign.objects.select_related("experiment"), pk=pk)
    address = request.build_absolute_uri("/").rstrip("/")
    keys = ApiKey.objects.filter(revoked_at=None, scopes__contains=[ApiKey.Scope.DECIDE])
    return campaign_page(
        request,
        "campaigns/setup.html",
        campaign,
        tab="Set up",
        snippets=snippets_for(address, campaign),
        has_key=keys.exists(),
        may_add_key=request.user.has_perm("core.add_apikey"),
    )
