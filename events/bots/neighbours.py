"""What else was done to the same mail says of who did it. Pure.

A person reads before they click, and follows one link at a time. A scanner follows all links of a
mail within a second or two; in one study of half a million clicks 99.5 % of such bursts came more
than ten seconds after the delivery, so a waiting time alone finds few of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

BURST_LINKS = 3
BURST_WITHIN = timedelta(seconds=2)
AT_DELIVERY = timedelta(seconds=2)
# Tools give whole seconds, so an open may seem one second early.
CLOCK_STEP = timedelta(seconds=1)
# A scanner that fell for the decoy followed the other links in the same minutes.
DECOY_WITHIN = timedelta(minutes=2)


@dataclass(frozen=True)
class MailEvent:
    """
    Attributes:
        id: What the answer is keyed by.
        mail: Which mail to whom: events of one mail are neighbours.
        kind: "delivered", "opened" or "clicked".
        occurred_at: Aware.
        url: Of a click, the link.
        is_decoy: Whether the link is one that people cannot see.
    """

    id: int
    mail: tuple[str, ...]
    kind: str
    occurred_at: datetime
    url: str = ""
    is_decoy: bool = False


def reasons_by_neighbours(events: Iterable[MailEvent]) -> Mapping[int, frozenset[str]]:
    """By id, the reasons that the other events of the same mail give; ids without are left out.

    Args:
        events: In any order.
    """
    mails: dict[tuple[str, ...], list[MailEvent]] = defaultdict(list)
    for event in events:
        mails[event.mail].append(event)
    found: dict[int, set[str]] = defaultdict(set)
    for mail in mails.values():
        ordered = sorted(mail, key=lambda event: (event.occurred_at, event.id))
        clicks = [event for event in ordered if event.kind == "clicked"]
        _add(found, "burst", _bursts(clicks))
        _add(found, "decoy_link", _near_decoys(clicks))
        delivered = next((event for event in ordered if event.kind == "delivered"), None)
        if delivered is not None:
            done = [event for event in ordered if event.kind != "delivered"]
            early = [e for e in done if e.occurred_at < delivered.occurred_at - CLOCK_STEP]
            at_once = [e for e in done if abs(e.occurred_at - delivered.occurred_at) < AT_DELIVERY]
            _add(found, "before_delivery", early)
            _add(found, "at_delivery", [event for event in at_once if event not in early])
    return {id: frozenset(reasons) for id, reasons in found.items()}


def _add(found: dict[int, set[str]], reason: str, events: Iterable[MailEvent]) -> None:
    for event in events:
        found[event.id].add(reason)


def _bursts(clicks: Sequence[MailEvent]) -> set[MailEvent]:
    """Clicks within some two seconds that saw three different links."""
    found: set[MailEvent] = set()
    first = 0
    for last, click in enumerate(clicks):
        while click.occurred_at - clicks[first].occurred_at > BURST_WITHIN:
            first += 1
        window = clicks[first : last + 1]
        if len({event.url for event in window}) >= BURST_LINKS:
            found.update(window)
    return found


def _near_decoys(clicks: Sequence[MailEvent]) -> list[MailEvent]:
    decoys = [event.occurred_at for event in clicks if event.is_decoy]
    return [
        event
        for event in clicks
        if any(abs(event.occurred_at - moment) <= DECOY_WITHIN for moment in decoys)
    ]
