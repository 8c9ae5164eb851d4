"""Texts and events as evidence: the words that count marked, and nobody's name in them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from pgvector.django import CosineDistance

from audience.highlighting import excerpt, marked_pieces, phrase_spans
from audience.models import Cluster, Contact, Text
from audience.sensitive import is_sensitive
from core.money import money
from events.models import Event

# Of the newest texts of a group, those nearest its middle stand for it.
NEWEST, NEAREST, SHOWN = 2_000, 40, 5
SOMEBODY = "…"
# Characters shown around the words that count, or of a text in which none do.
AROUND, BEGINNING = 140, 280


@dataclass(frozen=True, slots=True)
class Quote:
    """A part of a text: pieces of it, and whether each is what the trait came from."""

    text_id: int
    pieces: list[tuple[str, bool]]
    kind: str
    category: str
    rating: int | None
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class Deed:
    """An event a trait came from."""

    name: str
    occurred_at: datetime
    value: str


def quotes_of(texts: Iterable[Text], *, phrase: str = "") -> list[Quote]:
    """The texts, each cut to where it says the phrase, or to its beginning."""
    return [_quote(text, text.clean_body, phrase) for text in texts]


def texts_by_id(contact_id: int, ids: Collection[int]) -> Mapping[int, Text]:
    """Texts of one contact that are read and still there."""
    texts = Text.objects.filter(contact_id=contact_id, pk__in=ids, status=Text.Status.READ)
    return texts.defer("vector", "body").in_bulk()


def deeds_by_id(contact: Contact, ids: Collection[int], *, currency: str) -> Mapping[int, Deed]:
    events = Event.objects.filter(unit_id=contact.external_id, pk__in=ids)
    return {
        event.pk: Deed(
            event.name or event.kind,
            event.occurred_at,
            "" if event.value is None else money(event.value, currency),
        )
        for event in events
    }


def quotes_of_cluster(cluster: Cluster, *, phrases: Collection[str]) -> list[Quote]:
    """A few texts that are most like all of a cluster's, without their writers' names.

    What touches a sensitive trait is no example, whoever wrote it.
    """
    quotes = []
    for text in _typical(cluster):
        body = without_names(text.clean_body, text.contact)
        if not is_sensitive(body):
            said = next((one for one in phrases if phrase_spans(body, one)), "")
            quotes.append(_quote(text, body, said))
    return quotes[:SHOWN]


def _typical(cluster: Cluster) -> QuerySet[Text]:
    newest = Text.objects.filter(
        contact__profile__cluster=cluster, status=Text.Status.READ
    ).order_by("-pk")[:NEWEST]
    return (
        Text.objects.filter(pk__in=newest.values("pk"))
        .select_related("contact")
        .defer("vector", "body")
        .order_by(CosineDistance("vector", cluster.centroid), "pk")[:NEAREST]
    )


def without_names(body: str, contact: Contact) -> str:
    """A text without its writer's own names."""
    names = [name for name in (contact.first_name, contact.last_name) if len(name) > 1]
    if not names:
        return body
    either = "|".join(re.escape(name) for name in names)
    return re.sub(rf"(?<!\w)(?:{either})(?!\w)", SOMEBODY, body, flags=re.IGNORECASE)


def _quote(text: Text, body: str, phrase: str) -> Quote:
    spans = phrase_spans(body, phrase) if phrase else []
    shown, marked = excerpt(body, spans, around=AROUND if spans else BEGINNING)
    return Quote(
        text_id=text.pk,
        pieces=marked_pieces(shown, marked),
        kind=text.get_kind_display(),
        category="" if is_sensitive(text.category) else text.category,
        rating=text.rating,
        occurred_at=text.occurred_at,
    )
