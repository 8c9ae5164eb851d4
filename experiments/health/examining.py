"""All checks, and what they say of a test, worst first."""

from __future__ import annotations

from collections.abc import Callable

from experiments.health.before_period import check_before_period
from experiments.health.bots import check_bots
from experiments.health.context import HealthContext
from experiments.health.findings import SEVERITIES, Finding
from experiments.health.mismatched_arms import check_mismatched_arms
from experiments.health.multiple_exposure import check_multiple_exposure
from experiments.health.novelty import check_novelty
from experiments.health.split import check_split
from experiments.health.stale import check_stale
from experiments.health.suspicious_change import check_suspicious_change
from experiments.health.too_little import check_too_little

Check = Callable[[HealthContext], Finding | None]

CHECKS: tuple[Check, ...] = (
    check_split,
    check_mismatched_arms,
    check_multiple_exposure,
    check_before_period,
    check_stale,
    check_bots,
    check_suspicious_change,
    check_novelty,
    check_too_little,
)


def examine(context: HealthContext) -> tuple[Finding, ...]:
    """What the checks have to say, by severity, and within it in the order of `CHECKS`."""
    found = [finding for check in CHECKS if (finding := check(context)) is not None]
    return tuple(sorted(found, key=lambda finding: SEVERITIES.index(finding.severity)))
