"""Many units decided at once, by the same steps as one at send time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from core.errors import DomainError
from experiments.assignment import NOT_ENROLLED, Reason, decide_arms
from experiments.models import Experiment, Exposure
from experiments.plans import ExperimentPlan, UnitArm, UnitDecision
from experiments.services.exposures import units_assign_bulk


@transaction.atomic
def units_decide_bulk(
    plan: ExperimentPlan, units: Mapping[str, str], *, now: datetime
) -> list[UnitDecision]:
    """Decide for units, given with their segments, in their order; who gets an arm is exposed."""
    if plan.assignment == Experiment.Assignment.EXTERNAL:
        raise DomainError(f"{plan.key} is split by the email tool: nothing is to be decided here")
    ids = list(units)
    decided = decide_arms(ids, plan.split, forced=plan.forced, sticky=_stored(plan, ids))
    # One `tolist` is cheaper than a million reads of NumPy's numbers.
    found = [
        UnitDecision(
            unit_id=unit,
            arm_id=None if arm == NOT_ENROLLED else plan.arms[arm].id,
            reason=Reason(reason),
        )
        for unit, arm, reason in zip(
            ids, decided.arms.tolist(), decided.reasons.tolist(), strict=True
        )
    ]
    exposed = _expose(plan, found, units, now=now)
    return [exposed.get(one.unit_id, one) for one in found]


def _stored(plan: ExperimentPlan, ids: list[str]) -> list[int]:
    places = {arm.id: place for place, arm in enumerate(plan.arms)}
    rows = Exposure.objects.filter(experiment_id=plan.id, unit_id__in=ids)
    arms = dict(rows.values_list("unit_id", "arm_id"))
    return [places[arms[unit]] if unit in arms else NOT_ENROLLED for unit in ids]


def _expose(
    plan: ExperimentPlan, found: list[UnitDecision], strata: Mapping[str, str], *, now: datetime
) -> dict[str, UnitDecision]:
    """Those just assigned, as stored: a twin that was faster wins."""
    asked = [
        UnitArm(
            unit_id=one.unit_id,
            arm_id=one.arm_id,
            stratum=strata[one.unit_id],
            period=plan.period,
        )
        for one in found
        if one.reason is Reason.ASSIGNED and one.arm_id is not None
    ]
    stored = units_assign_bulk(plan.id, asked, now=now)
    return {
        unit.unit_id: UnitDecision(
            unit_id=unit.unit_id,
            arm_id=row.arm_id,
            reason=Reason.ASSIGNED if row.is_new else Reason.STICKY,
        )
        for unit, row in zip(asked, stored, strict=True)
    }
