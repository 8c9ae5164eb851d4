"""What one contact would be shown from the catalog now, and why."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from audience.models import Contact
from catalog.fitted import Fitted, current_fit
from catalog.histories import history_of
from catalog.models import Product, RecommenderFit
from catalog.recommending import recommendations_for
from catalog.services.fitting import NO_PICTURES
from catalog.tastes import tastes_of
from inference.images import has_image_encoder
from web.views.access import page

SHOWN = 10
HISTORY_SHOWN = 8


@require_safe
@page("audience.view_contact", "catalog.view_product")
def recommendations(request: HttpRequest, pk: int) -> HttpResponse:
    contact = get_object_or_404(Contact, pk=pk)
    fitted = current_fit()
    context = _found(contact, fitted) if fitted else {}
    return TemplateResponse(
        request,
        "catalog/recommendations.html",
        {
            **admin.site.each_context(request),
            "title": str(contact),
            "subtitle": "Recommendations",
            "is_fullwidth": True,
            "contact": contact,
            "fitted": fitted,
            "notes": _notes(fitted),
            **context,
        },
    )


def _found(contact: Contact, fitted: Fitted) -> dict[str, Any]:
    now = timezone.now()
    found = recommendations_for(contact.external_id, now=now, limit=SHOWN)
    touches = history_of(contact.external_id, now=now).touches[-HISTORY_SHOWN:][::-1]
    titles = Product.objects.only("title").in_bulk([touch.product_id for touch in touches])
    return {
        "found": found,
        "has_written": bool(tastes_of([contact.external_id])),
        "touches": [(touch, titles[touch.product_id]) for touch in touches],
        "fitted_at": fitted.fitted_at,
    }


def _notes(fitted: Fitted | None) -> list[str]:
    """What the recommendations do without, in sentences."""
    if fitted is None:
        return []
    notes = list(RecommenderFit.objects.values_list("notes", flat=True).get(pk=fitted.pk))
    if not has_image_encoder():
        notes = [note for note in notes if note != NO_PICTURES]
        notes.append(
            "no image encoder is set up (IMAGE_ENCODER), so that pictures count for nothing"
        )
    return notes
