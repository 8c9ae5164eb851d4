"""What language models may cost a base in a day: promised before they are asked, settled after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from django.conf import settings
from django.db import connection
from django.db.models import F

from assistant.models import KnowledgeBase, WordingDay

# One statement: two answers at once cannot both take what is left for one.
_PROMISE = """
INSERT INTO assistant_wordingday AS w (base_id, day, tokens, cost)
SELECT %(base)s, %(day)s, %(tokens)s, %(cost)s
WHERE %(tokens)s <= %(most_tokens)s AND %(cost)s <= %(most_cost)s
ON CONFLICT (base_id, day) DO UPDATE
    SET tokens = w.tokens + excluded.tokens, cost = w.cost + excluded.cost
    WHERE w.tokens + excluded.tokens <= %(most_tokens)s
        AND w.cost + excluded.cost <= %(most_cost)s
RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Promise:
    """The most that one answer can take, put aside for it."""

    day: int
    tokens: int
    cost: Decimal


def wording_promise(
    base: KnowledgeBase, *, tokens: int, cost: Decimal, now: datetime
) -> Promise | None:
    """Put aside what an answer can take at most; None where the day has no room for it."""
    asked: dict[str, int | str | date | Decimal] = {
        "base": base.pk,
        "day": now.astimezone(UTC).date(),
        "tokens": tokens,
        "cost": cost,
        "most_tokens": settings.ASSISTANT_WORDING_TOKENS_PER_DAY,
        "most_cost": Decimal(str(settings.ASSISTANT_WORDING_COST_PER_DAY)),
    }
    with connection.cursor() as cursor:
        cursor.execute(_PROMISE, asked)
        row = cursor.fetchone()
    return Promise(int(row[0]), tokens, cost) if row else None


def wording_settle(promise: Promise, *, tokens: int, cost: Decimal) -> None:
    """Put back what was promised and not used. Who never settles has used it all."""
    WordingDay.objects.filter(pk=promise.day).update(
        tokens=F("tokens") + (tokens - promise.tokens), cost=F("cost") + (cost - promise.cost)
    )
