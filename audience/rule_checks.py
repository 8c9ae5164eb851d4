"""What only the database can say of a rule: whether the segments it names are there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from audience.models import Segment
from audience.rule_queries import contacts_matching
from audience.rules import InSegment, parse_rule, places
from core.errors import InputRefused


def rule_check(rule: Any, *, now: datetime, key: str = "") -> None:
    """Whether a rule may be a segment's; `key` is that segment's, where it has one.

    Raises:
        InputRefused: It is no rule, names a segment that is not there, or leads back to `key`.
    """
    parsed = parse_rule(rule)
    for place, other in places(rule, "segment"):
        try:
            contacts_matching(InSegment(other), now=now, within=(key,) if key else ())
        except InputRefused as error:
            words = str(error).removeprefix(error.field)
            raise InputRefused(f"{place}{words}", field=place) from error
    contacts_matching(parsed, now=now, within=(key,) if key else ())


def segments_naming(key: str) -> list[Segment]:
    """The segments whose rule names this one: they would be at a loss without it."""
    ruled = Segment.objects.filter(kind=Segment.Kind.RULE).exclude(key=key)
    return [one for one in ruled if key in (other for _, other in places(one.rule, "segment"))]
