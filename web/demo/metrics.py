"""The made-up shop's library of metrics."""

from __future__ import annotations

from experiments.plans import MetricSpec

GUARDRAIL = "unsubscribed"
# A window: a test is over when everybody has had the same time, not when everybody is in it.
GOAL = "ordered-within-5-days"
REVENUE = "revenue-capped"
METRICS = (
    MetricSpec(
        key=GUARDRAIL,
        name="Unsubscribed",
        kind="conversion",
        event_name="Unsubscribed",
        is_lower_better=True,
        margin=0.015,
        is_margin_relative=False,
    ),
    MetricSpec(
        key=REVENUE,
        name="Revenue, without giants",
        kind="sum",
        event_name="Order Completed",
        cap_quantile=0.99,
    ),
    MetricSpec(
        key=GOAL,
        name="Ordered within 5 days",
        kind="conversion",
        event_name="Order Completed",
        window_hours=120,
    ),
)
