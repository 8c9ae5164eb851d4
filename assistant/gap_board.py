"""Gaps as their page shows them: who asked what since when, and a suggestion to start from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from assistant.documents.said import sentences_in
from assistant.learning.grouping import most_central
from assistant.models import Conversation, Feedback, Gap, GapSearch, KnowledgeBase, Message
from assistant.selectors import passages_for_vector

GAPS_SHOWN = 20
EXAMPLES = 4
WEEKS = 8
WEEK = timedelta(days=7)
PASSAGES, SENTENCES = 2, 3
# Less alike than this, a passage is about something else.
NEAR = 0.3
STAFF_ANSWERS = 2


@dataclass(frozen=True, slots=True)
class Draft:
    """Words a person may start from: what staff said to visitors, what passages nearby say."""

    from_staff: tuple[str, ...]
    from_passages: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        return "\n".join([*self.from_staff, *(said for _, said in self.from_passages)])


@dataclass(frozen=True, slots=True)
class Line:
    """A gap on the page.

    Attributes:
        examples: Questions in visitors' words, masked when they came in, the most telling first.
        reasons: Why the answers failed, in words, with how often.
        weeks: How often it came up in each of the last eight weeks, oldest first.
        trend: The same in a word.
    """

    gap: Gap
    examples: tuple[str, ...]
    since: datetime
    count: int
    reasons: tuple[tuple[str, int], ...]
    weeks: tuple[int, ...]
    trend: str
    draft: Draft


@dataclass(frozen=True, slots=True)
class Board:
    """What the page shows; `more` open gaps are left off it."""

    lines: tuple[Line, ...]
    more: int
    decided: tuple[Gap, ...]
    search: GapSearch | None
    is_searching: bool


def gap_board(base: KnowledgeBase, *, now: datetime) -> Board:
    """The open gaps that most visitors met, and what was decided lately."""
    wanted = base.gaps.filter(status=Gap.Status.OPEN)
    shown = wanted.order_by("-visitor_count", "name")[:GAPS_SHOWN]
    search = base.gap_searches.first()
    decided = base.gaps.exclude(status=Gap.Status.OPEN).select_related("document", "decided_by")
    return Board(
        tuple(line for gap in shown if (line := _line(base, gap, now=now)) is not None),
        max(0, wanted.count() - GAPS_SHOWN),
        tuple(decided.order_by("-decided_at")[:GAPS_SHOWN]),
        search,
        search is not None
        and search.status in {GapSearch.Status.WAITING, GapSearch.Status.RUNNING},
    )


def _line(base: KnowledgeBase, gap: Gap, *, now: datetime) -> Line | None:
    messages = list(gap.messages.select_related("feedback", "conversation").order_by("said_at"))
    if not messages:
        return None
    vectors = np.stack([np.asarray(one.vector) for one in messages])
    telling = [messages[place].looked_for for place in most_central(vectors)]
    weeks = weekly([one.said_at for one in messages], now=now)
    return Line(
        gap,
        tuple(dict.fromkeys(telling))[:EXAMPLES],
        messages[0].said_at,
        len(messages),
        tuple(Counter(_reason(one) for one in messages).most_common()),
        weeks,
        trend_of(weeks),
        _draft(base, gap, messages, now=now),
    )


LEAST_FOR_A_TREND = 3


def weekly(times: Sequence[datetime], *, now: datetime, weeks: int = WEEKS) -> tuple[int, ...]:
    """How many times fall into each of the last weeks, the oldest first."""
    ages = Counter((now - at) // WEEK for at in times)
    return tuple(ages[age] for age in reversed(range(weeks)))


def trend_of(weeks: Sequence[int]) -> str:
    """Whether the last two weeks saw more than the two before; fewer than three are no trend.

    >>> trend_of([0, 0, 1, 1, 3, 4]), trend_of([0, 5, 4, 1, 0]), trend_of([1, 1, 1, 1])
    ('rising', 'falling', 'steady')
    """
    late, early = sum(weeks[-2:]), sum(weeks[-4:-2])
    if late + early < LEAST_FOR_A_TREND:
        return "steady"
    if late > early:
        return "rising"
    return "falling" if late < early else "steady"


def _reason(message: Message) -> str:
    judged: Feedback | None = getattr(message, "feedback", None)
    if judged is not None and not judged.is_helpful:
        return str(judged.get_reason_display()).lower() if judged.reason else "not helpful"
    if message.outcome == Message.Outcome.NO_EVIDENCE:
        return "nothing known"
    if message.outcome == Message.Outcome.UNSURE:
        return "nothing known for sure"
    return "not resolved"


def _draft(base: KnowledgeBase, gap: Gap, messages: Sequence[Message], *, now: datetime) -> Draft:
    talks: set[Conversation] = {one.conversation for one in messages}
    said = Message.objects.filter(conversation__in=talks, role=Message.Role.STAFF)
    answers = dict.fromkeys(said.order_by("-said_at").values_list("text", flat=True)[:50])
    centre = np.asarray(gap.centre, dtype=np.float32)
    found = passages_for_vector(base, gap.name, centre, now=now, limit=PASSAGES)
    near = [one for one in found if one.similarity >= NEAR]
    return Draft(
        tuple(answers)[:STAFF_ANSWERS],
        tuple(
            (one.heading or one.document, " ".join(sentences_in(one.body)[:SENTENCES]))
            for one in near
        ),
    )
