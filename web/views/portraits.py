"""A contact's portrait: what was understood, from what, and how a person sets it right."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from audience import services
from audience.models import Contact, Correction, Segment, Text
from audience.moods import MOODS
from audience.selectors.groups import groups_board
from audience.selectors.portraits import portrait_of_contact
from catalog.selectors import shop_currency
from privacy.models import Consent, ConsentPurpose
from privacy.selectors import is_consent_required, may_use
from privacy.services import consent_record
from web.views.access import attempt, page, person

PROFILING = ConsentPurpose.PROFILING
DONE = {
    Correction.Action.CONFIRM: "Noted: that is right. It stays so through every refit.",
    Correction.Action.REMOVE: "Removed. It will not be inferred again.",
    Correction.Action.SET: "Changed. It stays so through every refit.",
}


@require_safe
@page("audience.view_contact", "audience.view_profile")
def portrait(request: HttpRequest, pk: int) -> HttpResponse:
    """Every trait with how sure it is, and the texts and events it came from."""
    contact = get_object_or_404(Contact, pk=pk)
    found = portrait_of_contact(contact, currency=shop_currency())
    context = {
        "contact": contact,
        "portrait": found,
        "consent": _consent(contact),
        "moods": [(word, value) for word, value in MOODS.items()],
        "choices": [line.group for line in groups_board().lines] if found else [],
        "segments": Segment.objects.filter(memberships__contact=contact),
        "texts_by_status": _texts_by_status(contact),
    }
    return audience_page(request, "audience/portrait.html", title=str(contact), **context)


def audience_page(
    request: HttpRequest, template: str, *, title: str, **context: Any
) -> HttpResponse:
    """Answer with a page about people, inside the admin's frame."""
    frame = {**admin.site.each_context(request), "title": title, "is_fullwidth": True}
    return TemplateResponse(request, template, frame | context)


def _consent(contact: Contact) -> dict[str, Any]:
    """What they said to profiling, and what follows."""
    said = Consent.objects.filter(subject_id=contact.subject_id, purpose=PROFILING).first()
    return {
        "said": said,
        "is_allowed": may_use(contact.subject_id, purpose=PROFILING),
        "is_asked": is_consent_required(PROFILING),
    }


def _texts_by_status(contact: Contact) -> dict[str, int]:
    statuses = list(contact.texts.values_list("status", flat=True))
    return {status: statuses.count(status) for status in Text.Status.values}


@require_POST
@page("audience.view_profile", "audience.add_correction")
def portrait_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what a person says of a trait, and lay it over the portrait."""
    contact = get_object_or_404(Contact, pk=pk)
    action = request.POST.get("action", "")
    return attempt(
        request,
        lambda: services.correction_make(
            contact,
            trait=request.POST.get("trait", ""),
            name=request.POST.get("name", ""),
            action=action,
            value=request.POST.get("value"),
            reason=request.POST.get("reason", "").strip(),
            actor=person(request),
            now=timezone.now(),
        ),
        done=DONE.get(Correction.Action(action), "") if action in DONE else "Noted.",
        then=reverse("web:portrait", args=[pk]),
    )


@require_POST
@page("audience.view_profile", "audience.delete_correction")
def correction_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what was said of a trait."""
    correction = get_object_or_404(Correction.objects.select_related("contact"), pk=pk)
    then = reverse("web:portrait", args=[correction.contact_id])
    return attempt(
        request,
        lambda: services.correction_withdraw(correction, actor=person(request)),
        done="Taken back: what their texts say holds again.",
        then=then,
    )


@require_POST
@page("audience.view_profile", "audience.change_contact")
def portrait_consent(request: HttpRequest, pk: int) -> HttpResponse:
    """Note in the consent ledger what the contact told the shop."""
    contact = get_object_or_404(Contact, pk=pk)
    is_given = request.POST.get("is_given") == "yes"
    return attempt(
        request,
        lambda: consent_record(
            contact.subject_id,
            purpose=PROFILING,
            is_given=is_given,
            occurred_at=timezone.now(),
            source=request.POST.get("source", "").strip(),
            recorded_by=person(request).get_username(),
        ),
        done="Noted. Their texts will be read within a minute."
        if is_given
        else "Noted. What was understood of them is forgotten within a minute.",
        then=reverse("web:portrait", args=[pk]),
    )
