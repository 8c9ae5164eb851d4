"""The review board: read, compare, edit, approve or reject every candidate."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audience.models import Segment
from campaigns import services
from campaigns.briefs import angle_name, brief_for
from campaigns.cells import CONTROL, Cell, segments_of
from campaigns.models import Campaign, Variant
from campaigns.selectors import review_board
from campaigns.services.guard import findings_for
from campaigns.wording import copy_of
from core.errors import CopyliftError
from generation.angles import ANGLES
from generation.briefs import COPY_FIELDS, Brief, Copy
from web.forms import CopyForm
from web.previews import Sample, sample_for
from web.views.access import attempt, page, person
from web.views.frame import campaign_page

VARIANTS = Variant.objects.select_related(
    "segment", "campaign__template", "campaign__brand_voice", "campaign__offer"
)


@require_safe
@page("campaigns.view_campaign", "campaigns.view_variant")
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Every cell with its candidates; `?open=1` shows only those that still need a decision."""
    campaign = get_object_or_404(Campaign.objects.select_related("brand_voice", "offer"), pk=pk)
    board = review_board(campaign)
    only_open = "open" in request.GET
    required = [cell for row in board.rows for cell in row.cells if cell.is_required]
    cells = [board.control, *required]
    return campaign_page(
        request,
        "campaigns/review.html",
        campaign,
        tab="Review",
        board=board,
        samples=_samples(campaign),
        only_open=only_open,
        approved=sum(1 for cell in cells if cell.approved),
        cells=len(cells),
        instructions={key: angle.instruction for key, angle in ANGLES.items()},
        may_approve=board.can_change and request.user.has_perm("campaigns.approve_variant"),
        may_edit=board.can_change and request.user.has_perm("campaigns.change_variant"),
        may_add=board.can_change and request.user.has_perm("campaigns.add_variant"),
    )


def _samples(campaign: Campaign) -> dict[int | None, Sample]:
    segments: list[Segment | None] = [None, *segments_of(campaign)]
    return {segment.pk if segment else None: sample_for(campaign, segment) for segment in segments}


@require_POST
@page("campaigns.view_campaign", "campaigns.approve_variant")
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Let this text go live with its campaign."""
    variant = get_object_or_404(VARIANTS, pk=pk)
    return attempt(
        request,
        lambda: services.variant_approve(variant, actor=person(request), now=timezone.now()),
        done=f"Approved for {_cell_name(variant)}: “{variant.subject}”.",
        then=_back_to(variant),
    )


@require_POST
@page("campaigns.view_campaign", "campaigns.approve_variant")
def reject(request: HttpRequest, pk: int) -> HttpResponse:
    """Turn this text down, with a note for whoever wrote it."""
    variant = get_object_or_404(VARIANTS, pk=pk)
    note = request.POST.get("note", "").strip()
    return attempt(
        request,
        lambda: services.variant_reject(
            variant, actor=person(request), now=timezone.now(), note=note
        ),
        done=f"Rejected: “{variant.subject}”.",
        then=_back_to(variant),
    )


@require_POST
@page("campaigns.view_campaign", "campaigns.approve_variant")
def approve_best(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve the best candidate of each cell that has none."""
    campaign = get_object_or_404(Campaign, pk=pk)
    try:
        approved = services.variants_approve_best(
            campaign, actor=person(request), now=timezone.now()
        )
    except CopyliftError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{len(approved)} texts approved. Read them before you launch.")
    return HttpResponseRedirect(reverse("web:review", args=[pk]))


@require_http_methods(["GET", "HEAD", "POST"])
@page("campaigns.view_campaign", "campaigns.change_variant")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a text; the guardrails read it again, and it goes back to review."""
    variant = get_object_or_404(VARIANTS, pk=pk)
    form = CopyForm(request.POST or None, initial=copy_of(variant).to_json())
    if request.method == "POST" and form.is_valid():
        try:
            services.variant_edit(variant, form.copy(), actor=person(request), now=timezone.now())
        except CopyliftError as refusal:
            form.refuse(refusal)
        else:
            return _after_saving(request, variant)
    return _editor(request, variant.campaign, Cell(variant.segment, variant.angle), form, variant)


@require_http_methods(["GET", "HEAD", "POST"])
@page("campaigns.view_campaign", "campaigns.add_variant")
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a text of your own for a cell, named by `?segment=` and `?angle=`."""
    campaign = get_object_or_404(
        Campaign.objects.select_related("template", "brand_voice", "offer"), pk=pk
    )
    cell = _wanted_cell(request, campaign)
    form = CopyForm(request.POST or None, initial=copy_of(campaign.template).to_json())
    if request.method == "POST" and form.is_valid():
        try:
            variant = services.variant_create(
                campaign, cell.segment, cell.angle, form.copy(), actor=person(request)
            )
        except CopyliftError as refusal:
            form.refuse(refusal)
        else:
            return _after_saving(request, variant)
    return _editor(request, campaign, cell, form, None)


@require_POST
@page("campaigns.view_campaign", "campaigns.view_variant")
def check(request: HttpRequest, pk: int) -> JsonResponse:
    """What the guardrails say of the text in the form, before it is saved."""
    campaign = get_object_or_404(
        Campaign.objects.select_related("template", "brand_voice", "offer"), pk=pk
    )
    cell = _wanted_cell(request, campaign)
    texts = {field: request.POST.get(field, "").replace("\r\n", "\n") for field in COPY_FIELDS}
    copy = Copy(**texts)
    mail = {"copy": copy, "sample": sample_for(campaign, cell.segment)}
    return JsonResponse(
        {
            "findings": _findings(copy, brief_for(campaign, cell)),
            "preview": render_to_string("campaigns/email.html", mail),
        }
    )


def _findings(copy: Copy, brief: Brief) -> list[dict[str, object]]:
    shown = ("rule", "severity", "field", "message", "suggestion")
    return [{name: found.get(name) for name in shown} for found in findings_for(copy, brief)]


def _wanted_cell(request: HttpRequest, campaign: Campaign) -> Cell:
    key = request.GET.get("segment", "")
    segment = get_object_or_404(Segment, key=key) if key else None
    angle = request.GET.get("angle", "")
    if angle not in (CONTROL, *campaign.angles):
        angle = CONTROL
    return Cell(segment, angle)


def _editor(
    request: HttpRequest, campaign: Campaign, cell: Cell, form: CopyForm, variant: Variant | None
) -> HttpResponse:
    segment_key = cell.segment.key if cell.segment else ""
    return campaign_page(
        request,
        "campaigns/edit.html",
        campaign,
        tab="Review",
        form=form,
        variant=variant,
        segment=cell.segment,
        segment_key=segment_key,
        angle=cell.angle,
        angle_name=angle_name(cell.angle),
        instruction=ANGLES[cell.angle].instruction if cell.angle in ANGLES else "",
        control=copy_of(campaign.template),
        draft=form.shown(),
        sample=sample_for(campaign, cell.segment),
        findings=variant.findings if variant else [],
    )


def _after_saving(request: HttpRequest, variant: Variant) -> HttpResponse:
    blocking = [found for found in variant.findings if found["severity"] == "block"]
    if blocking:
        messages.warning(
            request, "Saved, but it cannot be approved yet: see what the guardrails say."
        )
        return HttpResponseRedirect(reverse("web:variant_edit", args=[variant.pk]))
    messages.success(request, f"Saved “{variant.subject}”. It is in review again.")
    return HttpResponseRedirect(_back_to(variant))


def _back_to(variant: Variant) -> str:
    return f"{reverse('web:review', args=[variant.campaign_id])}#variant-{variant.pk}"


def _cell_name(variant: Variant) -> str:
    return Cell(variant.segment, variant.angle).name
