"""Units that are shown an arm for testing, whatever the hash says, and never counted."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction

from core.audit import audit
from core.errors import DomainError, InputRefused
from experiments.models import Arm, Experiment, ForcedArm
from experiments.services.refusals import check_unit, refuse_exposed


@transaction.atomic
def forced_arm_set(
    experiment: Experiment, unit_id: str, *, arm_key: str, actor: User | None
) -> ForcedArm:
    """Show the unit this arm from now on. Refused for a unit that is in the test already."""
    check_unit(unit_id)
    # Against exposures' foreign keys too: one that is being stored is waited for, and then seen.
    Experiment.objects.select_for_update().get(pk=experiment.pk)
    refuse_exposed(experiment, unit_id)
    forced, _ = ForcedArm.objects.update_or_create(
        experiment=experiment, unit_id=unit_id, defaults={"arm": _arm(experiment, arm_key)}
    )
    # Not who: the trail is never edited, and a person may ask to be erased.
    audit(actor, "forced_arm_set", experiment, arm=arm_key)
    return forced


@transaction.atomic
def forced_arm_clear(experiment: Experiment, unit_id: str, *, actor: User | None) -> None:
    """From now on the unit is one like any other, and counts."""
    cleared, _ = ForcedArm.objects.filter(experiment=experiment, unit_id=unit_id).delete()
    if not cleared:
        raise DomainError(f"this unit is not forced to an arm of {experiment.key}")
    audit(actor, "forced_arm_clear", experiment)


def _arm(experiment: Experiment, key: str) -> Arm:
    arms = {arm.key: arm for arm in experiment.arms.all()}
    if key not in arms:
        raise InputRefused(f"arm: choose one of {', '.join(arms)}", field="arm")
    return arms[key]
