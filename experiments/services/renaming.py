"""Exposures of a unit that turned out to be another: they are that one's from then on.

What an anonymous visitor does after the log-in is in the log under the contact's id, and so is what
they did before (`events.services.units`). Under the old name the exposure would wait for outcomes
that never come.
"""

from __future__ import annotations

from django.db import transaction

from events.models import UnitAlias
from experiments.models import Exposure, ForcedArm
from experiments.services.rollups import unit_forget

UNITS_AT_ONCE = 10_000


def exposures_follow_names() -> int:
    """Give exposures under an old name to the unit; how many names. Run again, there are none."""
    aliases = UnitAlias.objects.values("alias")
    exposed = Exposure.objects.filter(unit_id__in=aliases).order_by("unit_id")
    found = exposed.values_list("unit_id", flat=True).distinct()[:UNITS_AT_ONCE]
    return sum(map(_follow, found))


@transaction.atomic
def _follow(alias: str) -> bool:
    """The unit keeps its own arm where it has one; that the person saw another too is noted."""
    unit_id = UnitAlias.objects.get(alias=alias).unit_id
    given = list(Exposure.objects.select_for_update().filter(unit_id=alias))
    forced = list(ForcedArm.objects.filter(unit_id=alias))
    unit_forget(alias)
    for exposure in given:
        exposure.pk, exposure.unit_id, exposure.is_counted = None, unit_id, False
    Exposure.objects.bulk_create(given, ignore_conflicts=True)
    for exposure in given:
        own = Exposure.objects.filter(experiment_id=exposure.experiment_id, unit_id=unit_id)
        own.exclude(arm_id=exposure.arm_id).update(has_other_arm=True)
    # Who tries an arm out in a browser goes on seeing it there.
    for trial in forced:
        trial.pk = None
    ForcedArm.objects.bulk_create(forced)
    return bool(given)
