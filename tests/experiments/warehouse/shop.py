"""A made-up shop's exposures and events, with every awkward row there is, and what to count."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd

from experiments.plans import MetricSpec

STARTED_AT = datetime(2025, 3, 3, 9, tzinfo=UTC)
UNTIL = STARTED_AT + timedelta(days=10)
HOUR = timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)
ORDER, VISIT, REFUND = "Order Completed", "Página vista ✓", "Refund"

METRICS = (
    MetricSpec(
        key="converted",
        name="Converted",
        kind="conversion",
        event_name=ORDER,
        window_hours=72,
        covariate_days=7,
    ),
    MetricSpec(
        key="back", name="Came back", kind="retention", event_name=VISIT, window_starts_hours=48
    ),
    MetricSpec(key="visits", name="Visits", kind="count", event_name=VISIT, cap=Decimal(3)),
    MetricSpec(
        key="revenue",
        name="Revenue",
        kind="sum",
        event_name=ORDER,
        window_hours=120,
        covariate_days=14,
        cap=Decimal("55.5555"),
    ),
    MetricSpec(
        key="per_visit",
        name="Revenue per visit",
        kind="ratio",
        event_name=ORDER,
        denominator_event=VISIT,
        covariate_days=7,
        cap=Decimal("80"),
    ),
    MetricSpec(
        key="kept",
        name="Refunds per order",
        kind="ratio",
        event_name=REFUND,
        numerator="count",
        denominator_event=ORDER,
        denominator="sum",
        window_hours=96,
    ),
    MetricSpec(key="middle", name="Spend", kind="quantile", event_name=ORDER, quantile=0.5),
)


def exposures(units: int = 240) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    rows = [
        {
            "unit_id": f"käufer-{number}-Ω🛒",
            "arm": ("control", "urgency", "curiosity")[int(rng.integers(3))],
            "stratum": ("", "loyal", "läufer")[int(rng.integers(3))],
            "assigned_at": STARTED_AT
            + timedelta(microseconds=int(rng.integers(0, 12 * 86_400 * 1_000_000))),
        }
        for number in range(units)
    ]
    return pd.DataFrame(rows)


def events(exposed: pd.DataFrame) -> pd.DataFrame:
    """Events at random moments and on every edge; some of strangers, names nobody asks for."""
    rng = np.random.default_rng(6)
    rows = [
        _event(row.unit_id, row.assigned_at + offset, rng)
        for row in exposed[::2].itertuples()
        for offset in [*_edges(), *(_random(rng) for _ in range(8))]
    ]
    rows += [_event("stranger", STARTED_AT + HOUR, rng) for _ in range(9)]
    rows += [_event(unit, UNTIL, rng) for unit in exposed.unit_id[::5]]
    rows += [_event(unit, UNTIL + MICROSECOND, rng) for unit in exposed.unit_id[::5]]
    log = pd.DataFrame(rows)
    return log.sample(frac=1, random_state=7).reset_index(drop=True)


def _edges() -> list[timedelta]:
    hours = (0, 48, 72, 96, 120, -7 * 24, -14 * 24)
    return [hour * HOUR + step for hour in hours for step in (-MICROSECOND, timedelta())]


def _random(rng: np.random.Generator) -> timedelta:
    return timedelta(microseconds=int(rng.integers(-20 * 86_400, 12 * 86_400) * 1_000_003))


def _event(unit: str, at: datetime, rng: np.random.Generator) -> dict:
    amount = Decimal(int(rng.integers(-20_000, 900_000))).scaleb(-4)
    return {
        "unit_id": unit,
        "name": (ORDER, ORDER, VISIT, VISIT, REFUND, "Unasked")[int(rng.integers(6))],
        "occurred_at": at,
        "value": None if rng.random() < 0.15 else amount,
    }
