"""A report's findings in sentences: the same on the page and at a terminal."""

from __future__ import annotations

from campaigns.selectors.report_values import ArmResult, Margin, MetricReport, ProgressReport

# Less than this is no gain worth a word.
LEAST_NARROWED = 0.005


def waiting_words(metric: MetricReport) -> str:
    """Who is left out because the time they have is not over; nothing where nobody is."""
    if not metric.waiting:
        return ""
    people = "1 person is" if metric.waiting == 1 else f"{metric.waiting:,} people are"
    window = f"their {metric.window_hours}-hour window" if metric.window_hours else "their window"
    return f"{people} still within {window}: left out"


def cuped_words(metric: MetricReport) -> str:
    """What the adjustment for the time before brought; nothing where there is none.

    An interval is as wide as the square root of the variance that is left.
    """
    kept = metric.overall.variance_kept
    if kept is None:
        return ""
    by = 1 - kept**0.5
    return f"CUPED: interval {by:.0%} narrower" if by >= LEAST_NARROWED else "CUPED: no narrower"


def margin_words(metric: MetricReport, arm: ArmResult, found: Margin) -> str:
    verb = "rise by" if metric.is_lower_better else "lose"
    shown = f"{verb} more than {_limit(metric, found.margin)}"
    if found.is_shown:
        return f"{arm.name}: shown not to {shown}"
    return f"{arm.name}: not shown yet not to {shown}"


def interaction_words(arm: ArmResult, *, level: float) -> str:
    """Whether an arm's effect differs between segments; nothing where that was not asked."""
    if arm.interaction_p is None:
        return ""
    p = "p < 0.001" if arm.interaction_p < 0.001 else f"p = {arm.interaction_p:.3f}"
    if arm.interaction_p <= level:
        return f"{arm.name} works differently by segment ({p})."
    return f"No sign that {arm.name} works differently by segment ({p})."


def repeated_words(metric: MetricReport) -> str:
    """The winner's curse: the best of several arms is the luckiest, too."""
    known = [
        (arm, arm.lift.estimate, arm.shrunken.lift)
        for arm in metric.overall.arms
        if arm.lift is not None and arm.shrunken is not None and arm.shrunken.lift is not None
    ]
    if len(known) < 2:
        return ""
    sign = -1 if metric.is_lower_better else 1
    best, seen, expected = max(known, key=lambda each: sign * each[1])
    return (
        f"{best.name} came out at {seen:+.1%}. The best of several arms is partly the luckiest: "
        f"sent again, expect about {expected:+.1%}."
    )


def progress_words(progress: ProgressReport) -> str:
    """How far the test is, in one line."""
    planned = progress.planned_units
    parts = [f"{progress.units:,} people" + (f" of {planned:,} planned" if planned else "")]
    if progress.units_per_day is not None:
        parts.append(f"{progress.units_per_day:,.0f} a day")
    if progress.days_left:
        parts.append(f"{progress.days_left} days left")
    if progress.detectable_lift is not None:
        parts.append(f"can show a lift of {progress.detectable_lift:+.1%} or more")
    return ", ".join(parts)


def _limit(metric: MetricReport, margin: float) -> str:
    if metric.is_margin_relative:
        return f"{margin * 100:.3g}%"
    return f"{margin * 100:.3g} points" if metric.is_share else f"{margin:.4g}"
