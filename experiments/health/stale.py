"""Has the stream of people or of events run dry?"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

from experiments.health.context import Activity, HealthContext
from experiments.health.findings import Finding
from experiments.health.wording import count

# Ours. A weekly newsletter sends every seventh day, so the test's own longest gap is the measure.
USUAL_GAPS = 3
LEAST_SILENCE = timedelta(days=2)
# One send on one day is no pace: nothing more is to be expected of it.
LEAST_DAYS = 3


def check_stale(context: HealthContext) -> Finding | None:
    """Speak when nobody, or nothing, has come in for three times the longest gap so far."""
    if not context.is_running or context.started_at is None:
        return None
    people = _silence(context.exposed, context, since=context.started_at)
    # A test that has all the people it was planned for needs nobody new.
    planned = context.minimums.planned_units
    if people is not None and (planned is None or context.units < planned):
        return _nobody(context, people)
    if context.counted is None or context.exposed.last_at is None:
        return None
    events = _silence(context.counted, context, since=context.started_at)
    began = context.counted.last_at is not None
    # Of few people it is no wonder if none has done anything by now.
    if events is None or not (began or context.units >= context.minimums.units_per_arm):
        return None
    return _nothing(context, events, began=began)


def _silence(activity: Activity, context: HealthContext, *, since: datetime) -> timedelta | None:
    """How long it has been silent, if that is unusual."""
    if activity.last_at is None:
        silence = context.now - since
        return silence if silence > LEAST_SILENCE else None
    silence = context.now - activity.last_at
    if len(activity.days) < LEAST_DAYS:
        return None
    longest = max(later - earlier for earlier, later in pairwise(activity.days))
    return silence if silence > max(USUAL_GAPS * longest, LEAST_SILENCE) else None


def _nobody(context: HealthContext, silence: timedelta) -> Finding:
    began = context.exposed.last_at is not None
    return Finding(
        check="stale",
        severity="warning",
        title="Nobody new comes in" if began else "Nobody has come in yet",
        sentence=(
            f"For {count(silence.days, 'day')} nobody was given an arm, longer than ever "
            "since the test began."
            if began
            else f"The test started {count(silence.days, 'day')} ago and nobody was given an arm."
        ),
        cure=(
            "See whether the email tool still asks for the copy or tells the arm: its automation "
            "may be paused, or its key revoked. If all sends are done, decide the test."
        ),
        stage="execution",
        evidence={"silent_days": silence / timedelta(days=1), "units": context.units},
    )


def _nothing(context: HealthContext, silence: timedelta, *, began: bool) -> Finding:
    return Finding(
        check="stale",
        severity="warning",
        title="Events have stopped coming in" if began else "No event has come in yet",
        sentence=(
            f"For {count(silence.days, 'day')} nobody in the test did anything that is counted, "
            "longer than ever since it began. Figures stand still, and the newest people look as "
            "if they wanted nothing."
            if began
            else f"{count(context.units, 'person', 'people')} were given an arm, and in "
            f"{count(silence.days, 'day')} none of them did anything that is counted."
        ),
        cure=(
            "See whether the shop still sends events, under the same name, and with the id "
            "under which the person was given an arm."
        ),
        stage="log",
        evidence={"silent_days": silence / timedelta(days=1), "units": context.units},
    )
