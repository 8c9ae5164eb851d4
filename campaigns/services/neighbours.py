"""What stands around a variant: read once, however many variants a call checks."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace

from audience.models import Contact
from campaigns.cells import CONTROL
from campaigns.models import Variant
from campaigns.wording import copy_of
from generation.briefs import Brief, Copy
from generation.guardrails import Surroundings
from generation.surroundings import company_surroundings

# Enough to catch copy that is sent again; more would be compared for nothing.
RECENT_TEXTS = 20
NAMES_COMPARED = 50
_Cell = tuple[int | None, str, str]


def beside_control(brief: Brief) -> Surroundings:
    """The company, and the control copy where this is not the control itself."""
    control = brief.template if brief.angle != CONTROL else None
    return replace(company_surroundings(), control=control)


@dataclass
class Neighbours:
    """Remembers what it has read; make one for each call that checks variants."""

    _cells: dict[int, dict[_Cell, list[tuple[int, Copy]]]] = field(default_factory=dict)
    _recent: dict[tuple[int, int | None, str], tuple[Copy, ...]] = field(default_factory=dict)
    _names: dict[int | None, tuple[str, ...]] = field(default_factory=dict)

    def of(self, variant: Variant, brief: Brief) -> Surroundings:
        """What the guardrails compare the variant with."""
        return replace(
            beside_control(brief),
            siblings=self._siblings_of(variant),
            recent=self._recent_for(variant),
            names=self._names_for(variant),
        )

    def _siblings_of(self, variant: Variant) -> tuple[Copy, ...]:
        if variant.campaign_id not in self._cells:
            cells: dict[_Cell, list[tuple[int, Copy]]] = defaultdict(list)
            others = Variant.objects.filter(campaign_id=variant.campaign_id)
            for other in others.exclude(status=Variant.Status.REJECTED):
                cells[_cell(other)].append((other.pk, copy_of(other)))
            self._cells[variant.campaign_id] = cells
        cell = self._cells[variant.campaign_id].get(_cell(variant), [])
        return tuple(copy for pk, copy in cell if pk != variant.pk)

    def _recent_for(self, variant: Variant) -> tuple[Copy, ...]:
        """What the same people may have been sent: the latest that went live for their segment."""
        key = (variant.campaign_id, variant.segment_id, variant.channel)
        if key not in self._recent:
            sent = Variant.objects.filter(
                status=Variant.Status.APPROVED,
                campaign__launched_at__isnull=False,
                segment=variant.segment,
                channel=variant.channel,
            ).exclude(campaign_id=variant.campaign_id)
            latest = sent.order_by("-campaign__launched_at", "pk")[:RECENT_TEXTS]
            self._recent[key] = tuple(map(copy_of, latest))
        return self._recent[key]

    def _names_for(self, variant: Variant) -> tuple[str, ...]:
        """Full names of people the text is for; a first name alone may be a word (Hope, May)."""
        if variant.segment_id is None:
            return ()
        if variant.segment_id not in self._names:
            people = Contact.objects.filter(memberships__segment_id=variant.segment_id)
            people = people.exclude(first_name="").exclude(last_name="").order_by("pk")
            pairs = people.values_list("first_name", "last_name")[:NAMES_COMPARED]
            self._names[variant.segment_id] = tuple(f"{first} {last}" for first, last in pairs)
        return self._names[variant.segment_id]


def _cell(variant: Variant) -> _Cell:
    return variant.segment_id, variant.angle, variant.channel
