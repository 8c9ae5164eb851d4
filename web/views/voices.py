"""A brand voice, drafted from past copy and tried out."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from campaigns import services
from campaigns.models import BrandVoice
from campaigns.voice_trial import VoiceTrial, voice_trial
from core.errors import CopyliftError
from generation.voices import VoiceProposal, propose_voice
from web.previews import NOBODY, Sample
from web.views.access import page, person
from web.voice_forms import PastCopyForm, ProposalForm, TrialForm, proposal_form


@require_http_methods(["GET", "HEAD", "POST"])
@page("campaigns.view_brandvoice", "campaigns.change_brandvoice")
def voice_draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Past copy in, a proposal out; a person edits it, and saves it as the next version."""
    voice = get_object_or_404(BrandVoice, pk=pk)
    if "apply" in request.POST:
        return _applied(request, voice, ProposalForm(request.POST))
    form = PastCopyForm(request.POST or None)
    found = propose_voice(form.cleaned_data["texts"]) if form.is_valid() else None
    if found and not found.sentence_count:
        form.add_error("texts", "There is not a sentence in it.")
        found = None
    return _draft_page(
        request,
        voice,
        form=form,
        found=found,
        proposal=proposal_form(voice, found) if found else None,
    )


def _applied(request: HttpRequest, voice: BrandVoice, form: ProposalForm) -> HttpResponse:
    if not form.is_valid():
        return _draft_page(request, voice, form=PastCopyForm(), found=None, proposal=form)
    kept = services.brand_voice_save(
        form.apply_to(voice), actor=person(request), now=timezone.now()
    )
    messages.success(request, f"Saved as version {kept.number}. Now try it.")
    return HttpResponseRedirect(reverse("web:voice_try", args=[voice.pk]))


def _draft_page(
    request: HttpRequest,
    voice: BrandVoice,
    *,
    form: PastCopyForm,
    found: VoiceProposal | None,
    proposal: ProposalForm | None,
) -> HttpResponse:
    context = {"form": form, "found": found, "proposal": proposal}
    return _voice_page(request, "campaigns/voice_draft.html", voice, "From past copy", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page("campaigns.view_brandvoice")
def voice_try(request: HttpRequest, pk: int) -> HttpResponse:
    """Three texts for a sample brief, at once; nothing is stored."""
    voice = get_object_or_404(BrandVoice, pk=pk)
    form = TrialForm(request.POST or None)
    trial = _trial(request, voice, form) if form.is_valid() else None
    reader: dict[str, object] = {"first_name": NOBODY, "last_name": "", "attributes": {}}
    shop = {"brand": voice.brand_name, "url": "https://shop.example/page", "offer": "our offer"}
    context = {"form": form, "trial": trial, "sample": Sample(NOBODY, reader | shop)}
    return _voice_page(request, "campaigns/voice_try.html", voice, "Try it", context)


def _trial(request: HttpRequest, voice: BrandVoice, form: TrialForm) -> VoiceTrial | None:
    chosen, now = form.cleaned_data, timezone.now()
    try:
        return voice_trial(
            voice, chosen["template"], chosen["angle"], seed=int(now.timestamp() * 1000)
        )
    except (CopyliftError, OSError) as failure:
        messages.error(request, f"Nothing could be written: {failure}")
    return None


def _voice_page(
    request: HttpRequest, template: str, voice: BrandVoice, subtitle: str, context: dict[str, Any]
) -> HttpResponse:
    return TemplateResponse(
        request,
        template,
        {
            **admin.site.each_context(request),
            "title": voice.name,
            "subtitle": subtitle,
            "is_fullwidth": True,
            "voice": voice,
            **context,
        },
    )
