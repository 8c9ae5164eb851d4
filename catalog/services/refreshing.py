"""Recommendations of all units, worked out together and kept a row a unit."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from typing import TypeVar

from django.db import transaction

from catalog.fitted import Fitted, current_fit
from catalog.histories import UnitHistory, all_histories
from catalog.models import Recommendation
from catalog.recommending import (
    Chooser,
    NotFittedYet,
    Recommended,
    Shelf,
    ask,
    shop_rules,
)
from catalog.tastes import tastes_of, units_with_tastes

KEPT_EACH = 12
# Scores held at once: units x products.
SCORES_AT_ONCE = 4_000_000
UNITS_AT_ONCE = 500

Progress = Callable[[int], None]
T = TypeVar("T")


@transaction.atomic
def recommendations_refresh(*, now: datetime, progress: Progress | None = None) -> int:
    """Work out every unit's recommendations anew; how many units there are.

    Units that neither did anything since the log is looked back on nor wrote anything have none,
    and get what is kept under no name: what is popular.

    Raises:
        NotFittedYet: There is no fit.
    """
    fitted = current_fit()
    if fitted is None:
        raise NotFittedYet("the recommenders have not been fitted yet: run manage.py recommend")
    chooser = Chooser(fitted, shop_rules(), Shelf(), now=now, limit=KEPT_EACH)
    at_once = max(min(SCORES_AT_ONCE // len(fitted.products), UNITS_AT_ONCE), 1)
    # Under no unit's name stands what a stranger gets.
    _store([UnitHistory("", [])], fitted, chooser, now=now)
    count = 0
    for units in itertools.chain(
        _chunks(all_histories(now=now), at_once),
        _without_history(_chunks(units_with_tastes(), at_once), now=now),
    ):
        _store(units, fitted, chooser, now=now)
        count += len(units)
        if progress:
            progress(len(units))
    Recommendation.objects.filter(made_at__lt=now).delete()
    return count


def _without_history(wrote: Iterable[list[str]], *, now: datetime) -> Iterator[list[UnitHistory]]:
    """Those of the units who have no row of this batch yet, as they did nothing."""
    for unit_ids in wrote:
        made = Recommendation.objects.filter(unit_id__in=unit_ids, made_at=now)
        done = set(made.values_list("unit_id", flat=True))
        yield [UnitHistory(unit_id, []) for unit_id in unit_ids if unit_id not in done]


def _store(units: list[UnitHistory], fitted: Fitted, chooser: Chooser, *, now: datetime) -> None:
    tastes = tastes_of([unit.unit_id for unit in units])
    asked = ask(fitted, units, [tastes.get(unit.unit_id) for unit in units])
    rows = [
        Recommendation(
            unit_id=unit.unit_id,
            items=[_item(each) for each in chooser.chosen(asked, row, unit)],
            made_at=now,
        )
        for row, unit in enumerate(units)
    ]
    Recommendation.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["unit_id"],
        update_fields=["items", "made_at"],
    )


def _item(each: Recommended) -> dict[str, object]:
    """What is kept. No price: that is looked up when it is shown."""
    return {"product": each.external_id, "score": each.score, "because": each.because}


def _chunks(units: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(units)
    while chunk := list(itertools.islice(iterator, size)):
        yield chunk


def recommendations_forget(unit_ids: Collection[str]) -> int:
    """Destroy what is kept for units, who get what is popular from now on; how many rows went."""
    return Recommendation.objects.filter(unit_id__in=unit_ids).delete()[0]
