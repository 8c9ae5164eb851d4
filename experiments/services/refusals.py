"""What no experiment can be made of: every refusal names the field and what would do."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from django.core.exceptions import ValidationError
from django.db import models

from core.errors import DomainError, InputRefused
from experiments.models import Experiment, Exposure, Metric
from experiments.plans import ArmSpec, MetricSpec

SETTINGS = frozenset(
    {
        "confidence",
        "minimum_units_per_arm",
        "minimum_days",
        "planned_units",
        "looks",
        "planned_looks",
        "spending",
        "correction",
        "primary_share",
        "coverage",
        "layer",
        "layer_start",
        "layer_end",
        "holdout_share",
        "traffic",
        "floor",
        "control_floor",
        "warm_up",
    }
)
WEIGHT_SLACK = 1e-6
UNIT_CHARACTERS = 200
# What a posterior can be had of from the roll-up's sums.
BANDIT_GOALS = (
    Metric.Kind.CONVERSION,
    Metric.Kind.RETENTION,
    Metric.Kind.COUNT,
    Metric.Kind.SUM,
)


def check_settings(experiment: Experiment, settings: Mapping[str, object]) -> None:
    """Put the settings into the draft, if its rows and constraints allow them.

    Raises:
        InputRefused: A setting is unknown or outside what it can be.
    """
    unknown = sorted(set(settings) - SETTINGS)
    if unknown:
        raise InputRefused(
            f"{unknown[0]} is no setting; there are {', '.join(sorted(SETTINGS))}",
            field=unknown[0],
        )
    for setting, value in settings.items():
        setattr(experiment, setting, value)
    # A text would be taken for the number it spells, and compared as a text later.
    if not isinstance(experiment.confidence, float):
        raise InputRefused("confidence must lie between 0.5 and 1, as 0.95", field="confidence")
    check_row(experiment, is_unique_too=False)


def check_row(row: models.Model, *, is_unique_too: bool = True) -> None:
    """Refuse what the row's fields and constraints would refuse, by the name of the field."""
    try:
        row.clean_fields()
        if is_unique_too:
            row.validate_unique()
        row.validate_constraints()
    except ValidationError as refused:
        field, messages = next(iter(refused.message_dict.items()))
        raise InputRefused(f"{field}: {messages[0]}", field=field) from refused


def check_share(share: float, *, field: str) -> None:
    if not 0 <= share <= 1:
        raise InputRefused(
            f"{field}: give a share between 0 and 1, as 0.5; it is {share:g}", field=field
        )


def check_unit(unit_id: str) -> None:
    if not unit_id or len(unit_id) > UNIT_CHARACTERS or "\x00" in unit_id:
        raise InputRefused(
            f"unit_id: give an id of 1 to {UNIT_CHARACTERS} characters", field="unit_id"
        )


def refuse_exposed(experiment: Experiment, unit_id: str) -> None:
    """What an exposed unit did is counted with its arm: it cannot be shown another."""
    if Exposure.objects.filter(experiment=experiment, unit_id=unit_id).exists():
        raise DomainError(
            f"this unit is in the test {experiment.key} already and counts with its arm. "
            "Test with a contact who is not"
        )


def check_weights(weights: Mapping[str, float], keys: Sequence[str]) -> None:
    """Refuse weights that do not name each arm once, or do not divide the traffic."""
    if set(weights) != set(keys):
        raise InputRefused(
            f"weights: give a share to each of {', '.join(keys)}, and to nothing else",
            field="weights",
        )
    _check_shares(list(weights.values()))


def check_traffic(
    experiment: Experiment, arms: Sequence[ArmSpec], metrics: Sequence[MetricSpec]
) -> None:
    """Refuse a bandit that could not move its weights, or not learn from them."""
    if experiment.traffic == Experiment.Traffic.FIXED:
        return
    goal = next(metric for metric in metrics if metric.role == Metric.Role.GOAL)
    floors = max(experiment.floor, experiment.control_floor) + (len(arms) - 1) * experiment.floor
    for is_wrong, field, why in (
        (
            experiment.assignment != Experiment.Assignment.HASH,
            "traffic",
            "only where Copylift splits the traffic can it move the weights",
        ),
        (
            goal.kind not in BANDIT_GOALS,
            "traffic",
            f"weights cannot follow the {goal.kind} {goal.key}: the first goal must be a "
            f"{', '.join(BANDIT_GOALS)}",
        ),
        (
            not all(0 <= floor <= 1 for floor in (experiment.floor, experiment.control_floor))
            or floors > 1,
            "floor",
            "the arms' floors must leave something to divide",
        ),
        (
            any(arm.weight <= 0 for arm in arms),
            "weights",
            "every arm needs some traffic, or nothing is learnt of it",
        ),
    ):
        if is_wrong:
            raise InputRefused(f"{field}: {why}", field=field)


def check_arms(arms: Sequence[ArmSpec]) -> None:
    """Refuse arms that cannot split traffic: each key once, one control, weights with the sum 1."""
    if len(arms) < 2:
        raise InputRefused("arms: an experiment needs control and one arm more", field="arms")
    if len({arm.key for arm in arms}) < len(arms):
        raise InputRefused("arms: every key may occur once", field="arms")
    controls = sum(arm.is_control for arm in arms)
    if controls != 1:
        raise InputRefused(f"arms: exactly one must be control, not {controls}", field="arms")
    _check_shares([arm.weight for arm in arms])


def _check_shares(shares: Sequence[float]) -> None:
    total = math.fsum(shares)
    if not all(0 <= share <= 1 for share in shares) or abs(total - 1) > WEIGHT_SLACK:
        raise InputRefused(
            f"weights: shares between 0 and 1 with the sum 1 are needed; the sum is {total:g}",
            field="weights",
        )


def check_metrics(metrics: Sequence[MetricSpec]) -> None:
    """Refuse metrics that cannot give a verdict: each key once, a goal, no contradiction in one."""
    if len({metric.key for metric in metrics}) < len(metrics):
        raise InputRefused("metrics: every key may occur once", field="metrics")
    if not any(metric.role == Metric.Role.GOAL for metric in metrics):
        raise InputRefused("metrics: one must be the goal, or there is no verdict", field="metrics")
    for metric in metrics:
        try:
            check_metric(metric)
        except InputRefused as refused:
            raise InputRefused(f"metrics: {refused}", field="metrics") from refused


def check_metric(metric: MetricSpec) -> None:
    """Refuse one metric that says nothing, or two things at once.

    Raises:
        InputRefused: With the field of the metric that would have to change.
    """
    for field, allowed in _CHOICES.items():
        if getattr(metric, field) not in allowed:
            raise InputRefused(
                f"the {field} of {metric.key} must be one of {', '.join(allowed)}", field=field
            )
    for is_wrong, field, why in _contradictions(metric):
        if is_wrong:
            raise InputRefused(why, field=field)


_CHOICES: Mapping[str, Sequence[str]] = {
    "kind": Metric.Kind.values,
    "role": Metric.Role.values,
    "numerator": Metric.Part.values,
    "denominator": Metric.Part.values,
}


def _contradictions(metric: MetricSpec) -> list[tuple[bool, str, str]]:
    return [*_of_the_window(metric), *_of_the_kind(metric), *_of_caps_and_covariates(metric)]


def _of_the_window(metric: MetricSpec) -> list[tuple[bool, str, str]]:
    key, starts, ends = metric.key, metric.window_starts_hours, metric.window_hours
    return [
        (not metric.event_name, "event_name", f"{key} names no event to count"),
        (
            starts < 0 or (ends is not None and ends <= starts),
            "window_hours",
            f"the window of {key} is empty: it must end after it begins",
        ),
        (
            metric.kind == "retention" and (ends is None or not starts),
            "window_starts_hours",
            f"{key} measures retention: say when its window begins and ends",
        ),
    ]


def _of_the_kind(metric: MetricSpec) -> list[tuple[bool, str, str]]:
    key, kind = metric.key, metric.kind
    return [
        (
            (kind == "ratio") is not bool(metric.denominator_event),
            "denominator_event",
            f"{key}: a ratio, and nothing else, names the event below the line",
        ),
        (
            (kind == "quantile") is not (metric.quantile is not None),
            "quantile",
            f"{key}: a quantile metric, and nothing else, says which quantile",
        ),
        (
            any(
                share is not None and not 0 < share < 1
                for share in (metric.quantile, metric.cap_quantile)
            ),
            "quantile" if kind == "quantile" else "cap_quantile",
            f"the quantile of {key} must lie between 0 and 1, as 0.9",
        ),
        (
            metric.margin is not None and metric.margin <= 0,
            "margin",
            f"the margin of {key} must be above 0",
        ),
        (
            metric.margin is not None and metric.role != Metric.Role.GUARDRAIL,
            "margin",
            f"{key}: only a guardrail has a margin",
        ),
    ]


def _of_caps_and_covariates(metric: MetricSpec) -> list[tuple[bool, str, str]]:
    key, kind = metric.key, metric.kind
    is_capped = metric.cap is not None or metric.cap_quantile is not None
    return [
        (
            is_capped and kind not in ("sum", "count", "ratio"),
            "cap" if metric.cap is not None else "cap_quantile",
            f"{key}: only a sum, a count or a ratio can be capped",
        ),
        (
            metric.cap is not None and metric.cap_quantile is not None,
            "cap_quantile",
            f"{key} is capped twice: give an amount or a quantile",
        ),
        (metric.cap is not None and metric.cap <= 0, "cap", f"the cap of {key} must be above zero"),
        (
            metric.covariate_days is not None and not 0 < metric.covariate_days <= 365,
            "covariate_days",
            f"covariate_days of {key} must be 1 to 365, or left out",
        ),
        (
            metric.covariate_days is not None and kind in ("quantile", "retention"),
            "covariate_days",
            f"{key}: what people did before does not adjust a {kind}",
        ),
    ]
