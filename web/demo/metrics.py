"""The made-up shop's library of metrics."""

from __future__ import annotations

from experiments.plans import MetricSpec

GUARDRAIL = "unsubscribed"
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
        key="revenue-capped",
        name="Revenue, without giants",
        kind="sum",
        event_name="Order Completed",
        cap_quantile=0.99,
        covariate_days=365,
    ),
    MetricSpec(
        key="ordered-within-3-days",
        name="Ordered within three days",
        kind="conversion",
        event_name="Order Completed",
        window_hours=72,
    ),
)
