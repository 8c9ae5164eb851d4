"""Do the arms' sizes fit the planned shares? If not, something other than chance sorted people.

And it says where to look, by the taxonomy of Fabijan et al. (2019), KDD: a mismatch is a symptom,
and the part of the test that shows it points at the stage that caused it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, timedelta

from experiments.health.context import HealthContext
from experiments.health.findings import Finding, Stage
from experiments.health.parts import LEVEL, Part, Suspect, find_suspect
from experiments.health.wording import count, day_text, join_names, segment_text

# A tool that batches its reports sends them within a day or so.
LATE_FOR = timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """Where the mismatch is ("only …"), the stage to suspect, and what to do."""

    where: str
    stage: Stage
    cure: str


def check_split(context: HealthContext) -> Finding | None:
    """Compare sizes with planned shares: overall at p < 0.001, then by segment and by day.

    What is expected is summed over the periods of weights. A mismatch overall blocks the verdict;
    one that only a part shows is a warning.
    """
    whole = Part.of(context.cells, context)
    p_value = whole.p_value(method="auto")
    suspect = find_suspect(context)
    if p_value < LEVEL:
        return _whole(context, whole, p_value, suspect)
    return _part(context, suspect) if suspect else None


def _whole(context: HealthContext, whole: Part, p_value: float, suspect: Suspect | None) -> Finding:
    found = _diagnose(context, suspect)
    return Finding(
        check="split",
        severity="blocks",
        title="The groups do not have the planned sizes",
        sentence=(
            f"{_sizes(context, whole)} Chance does that in fewer than 1 of 1,000 tests, so "
            "people were sorted by something else too, and no difference between the arms can "
            f"be believed. {found.where}"
        ),
        cure=found.cure,
        stage=found.stage,
        evidence=_evidence(context, whole, p_value),
    )


def _part(context: HealthContext, suspect: Suspect) -> Finding:
    found, fault = _diagnose(context, suspect), suspect.fault
    there = "In the worst of them" if _has_several(suspect) else "There"
    return Finding(
        check="split",
        severity="warning",
        title="In a part of the test the groups do not have the planned sizes",
        sentence=(
            f"{found.where} {there}: {_sizes(context, fault.part)} Overall the sizes fit, yet "
            "figures of that part cannot be believed."
        ),
        cure=found.cure,
        stage=found.stage,
        evidence=_evidence(context, fault.part, fault.p_value),
    )


def _has_several(suspect: Suspect) -> bool:
    """Whether it names parts that are bad one by one, of which only the worst is shown."""
    parts = suspect.segments if suspect.kind == "segments" else suspect.days
    return suspect.kind in ("segments", "days") and len(parts) > 1


def _sizes(context: HealthContext, part: Part) -> str:
    sizes = [
        f"{arm.name or arm.key} has {seen:,} where {due:,.0f} were planned"
        for arm, seen, due in zip(context.arms, part.observed, part.expected, strict=True)
    ]
    return f"Of {count(part.units, 'person', 'people')}, {join_names(sizes)}."


def _evidence(context: HealthContext, part: Part, p_value: float) -> dict[str, float]:
    keys = [arm.key for arm in context.arms]
    return {
        "p_value": p_value,
        "level": LEVEL,
        "units": part.units,
        **{f"observed.{key}": seen for key, seen in zip(keys, part.observed, strict=True)},
        **{f"expected.{key}": due for key, due in zip(keys, part.expected, strict=True)},
    }


def _diagnose(context: HealthContext, suspect: Suspect | None) -> Diagnosis:
    if suspect is None:
        return _everywhere(context)
    if suspect.kind == "segments":
        return _in_segments(suspect)
    if suspect.kind == "from":
        return _from_a_day_on(context, suspect)
    return _in_the_past(suspect)


def _everywhere(context: HealthContext) -> Diagnosis:
    if context.is_external:
        return Diagnosis(
            where="It is so in all segments and on all days alike.",
            stage="log",
            cure=(
                "Look at the email tool: does it split as planned here, and does it report "
                "everyone it sent to, or only those whose mail arrived or was opened? Repair "
                "it, then start a new test."
            ),
        )
    return Diagnosis(
        where="It is so in all segments and on all days alike.",
        stage="assignment",
        cure=(
            "Look at who asks for an arm (one person under several ids, or test accounts with a "
            "fixed arm), then at whether every send is recorded in every arm. Repair it, then "
            "start a new test with a new salt."
        ),
    )


def _in_segments(suspect: Suspect) -> Diagnosis:
    names = join_names(map(segment_text, suspect.segments))
    return Diagnosis(
        where=f"It is only so in {names}; everywhere else the sizes fit.",
        stage="assignment",
        cure=(
            f"Look at how people of {names} get their arm: a rule of the email tool that sends "
            "some of them elsewhere, or an arm without a text for them. Leave the segment out "
            "of the reading, and start a new test once it is repaired."
        ),
    )


def _from_a_day_on(context: HealthContext, suspect: Suspect) -> Diagnosis:
    first = day_text(suspect.days[0])
    if len(suspect.days) == 1 and _may_still_come(context, suspect.days[0]):
        return Diagnosis(
            where=f"It is only so since {first}, the last day; before, the sizes fit.",
            stage="log",
            cure=(
                "Wait a day and look again: reports of one arm's sends may come in later than "
                f"the other's. If it stays, look at what was changed on {first}."
            ),
        )
    return Diagnosis(
        where=f"It began on {first}; until the day before, the sizes fit.",
        stage="execution",
        cure=(
            f"Look at what was changed on {first}: a deployment, a template, an automation, a "
            f"filter. The days before {first} can still be read; from then on start a new test."
        ),
    )


def _may_still_come(context: HealthContext, day: date) -> bool:
    """Whether reports of that day's sends may be on their way."""
    return context.is_running and context.now.astimezone(UTC).date() - day <= LATE_FOR


def _in_the_past(suspect: Suspect) -> Diagnosis:
    if suspect.kind == "until":
        last = day_text(suspect.days[-1])
        where = f"It was only so until {last}; since then the sizes fit."
        days = f"up to {last}"
    else:
        days = f"of {join_names(map(day_text, suspect.days))}"
        where = f"It is only so for people {days}; on all other days the sizes fit."
    return Diagnosis(
        where=where,
        stage="execution",
        cure=(
            f"Look at what happened on the days {days}: an arm that started late, an outage, a "
            "send that was repeated for one arm. Read the test without them, or start a new one."
        ),
    )
