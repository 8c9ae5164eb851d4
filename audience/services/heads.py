"""Heads fitted again on the shop's own ratings and orders, and adopted where they are better."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
from django.db import connection, transaction
from numpy.typing import NDArray

from audience.behaviour.orders import Orders
from audience.behaviour.purchase import PurchaseModel, TooFewBuyers, folds, shipped_purchase
from audience.evaluation.measures import auc, calibration_slope, log_loss
from audience.models import FittedHead
from audience.one_thread import one_thread
from audience.selectors import newest_rated_texts
from audience.selectors.heads import Kind
from audience.selectors.orders import every_order
from audience.sentiment import fit_sentiment
from audience.services.behaviour import DAY, orders_of
from audience.services.buyers import buyers_notice
from inference.encoders import text_encoder

AHEAD_DAYS = 90
HISTORY = timedelta(days=730)
# Profiles that rest on orders say something else as time goes by.
STALE_AFTER = timedelta(days=7)
# Enough to choose by; each costs as much as the fit itself.
FOLDS = 2

_ORDERED_SINCE = """
    UPDATE audience_contact AS contact SET is_profile_due = true
    FROM audience_profile AS profile
    WHERE profile.contact_id = contact.id AND NOT contact.is_profile_due AND (
        (profile.rfm <> '{}'::jsonb AND profile.updated_at < %s)
        OR EXISTS (
            SELECT 1 FROM events_event AS event
            WHERE event.unit_id = contact.external_id AND event.name = 'Order Completed'
              AND event.occurred_at > profile.updated_at
        )
    )
"""


def sentiment_head_fit(*, now: datetime) -> FittedHead | None:
    """Learn from the shop's newest rated texts; None where they are too few."""
    texts, vectors, ratings = newest_rated_texts()
    held_out = next(folds(len(texts), count=FOLDS, seed=0)) if texts else np.empty(0, dtype=bool)
    trial = fit_sentiment(*_rated(texts, vectors, ratings, ~held_out))
    head = fit_sentiment(texts, vectors, ratings)
    if head is None or trial is None:
        return None
    asked_texts, asked_vectors, asked_ratings = _rated(
        texts, vectors, ratings, held_out & (ratings != 3)
    )
    reached = auc(asked_ratings > 3, trial.score(asked_texts, asked_vectors))
    return FittedHead.objects.create(
        kind=Kind.SENTIMENT,
        fitted_at=now,
        encoder=text_encoder().name,
        examples=len(texts),
        quality={"auc": round(reached, 4), "held_out": len(asked_texts)},
        weights=head.pack(),
    )


def purchase_head_fit(*, now: datetime) -> FittedHead | None:
    """Learn who bought in the last 90 days from what was before; None where there is too little.

    The fit is kept only if, on people it had not seen, it ranks better than the shipped weights,
    and its chances are nearer to what came.
    """
    placed = list(every_order(since=now - HISTORY))
    if not placed:
        return None
    today = now.timestamp() / DAY
    at = today - AHEAD_DAYS
    every = orders_of([order for order in placed if order.at < now])
    known = np.bincount(every.unit[every.at < at], minlength=every.units) > 0
    later = np.bincount(every.unit[every.at >= at], minlength=every.units) > 0
    before = every.between(-np.inf, at).of_units(known)
    try:
        with one_thread():
            return _better_purchase_head(before, later[known], at=at, now=now)
    except TooFewBuyers:
        return None


@transaction.atomic
def profiles_grow_old(*, now: datetime) -> int:
    """Mark whose profile their orders have left behind; how many that are.

    Those who ordered since it was made, whose orders are a week older by now, or who ordered and
    have none.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ORDERED_SINCE, [now - STALE_AFTER])
        behind = cursor.rowcount
    return behind + buyers_notice(now=now)


def _better_purchase_head(
    before: Orders, bought: NDArray[np.bool_], *, at: float, now: datetime
) -> FittedHead | None:
    chances, shipped = np.zeros(before.units), np.zeros(before.units)
    for held_out in folds(before.units, count=FOLDS, seed=0):
        others = before.of_units(held_out)
        trial = PurchaseModel.fit(
            before.of_units(~held_out), bought[~held_out], at=at, days=AHEAD_DAYS, seed=0
        )
        chances[held_out] = trial.probabilities(others, at=at)
        shipped[held_out] = shipped_purchase().probabilities(others, at=at)
    reached, rival = auc(bought, chances), auc(bought, shipped)
    if reached <= rival or log_loss(bought, chances) >= log_loss(bought, shipped):
        return None
    model = PurchaseModel.fit(before, bought, at=at, days=AHEAD_DAYS, seed=0)
    quality = {
        "auc": round(reached, 4),
        "auc_shipped": round(rival, 4),
        "slope": round(calibration_slope(bought, chances), 3),
    }
    return FittedHead.objects.create(
        kind=Kind.PURCHASE,
        fitted_at=now,
        examples=before.units,
        quality=quality,
        weights=model.pack(),
    )


def _rated(
    texts: list[str],
    vectors: NDArray[np.float32],
    ratings: NDArray[np.int_],
    kept: NDArray[np.bool_],
) -> tuple[list[str], NDArray[np.float32], NDArray[np.int_]]:
    return [texts[row] for row in np.flatnonzero(kept)], vectors[kept], ratings[kept]
