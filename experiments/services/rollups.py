"""Roll-ups: from new events to what each unit did and to sums a day, at the price of the new alone.

A refresh asks which units have news (a new exposure, or an event stored since the last refresh),
computes those units anew from the log by the one definition in `experiments.warehouse`, and adds to
the sums what changed: new minus old. Sums of decimals are exact, so nothing drifts, and late,
duplicate and out-of-order events end in the numbers of a full recomputation.

It is one transaction under a lock on the roll-up's row: killed, it has done nothing; run twice, the
second finds no news; run by two workers, one waits for the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from core.transactions import all_over_below, current_transaction
from experiments.models import Experiment, Exposure, ForcedArm, Metric, RollUp
from experiments.outcomes import columns_of
from experiments.plans import MetricSpec, metric_fields
from experiments.selectors.samples import sums_to_keep
from experiments.services.rollup_sql import (
    ADD_EXPOSURE_CELLS,
    ALL_FRESH,
    ALL_UNITS,
    CAPS,
    CHANGED,
    DELETE_CELLS,
    DELETE_OUTCOMES,
    EARLIEST_AHEAD,
    FORGET_EXPOSURES,
    KEPT_OUTCOMES,
    LOOK_UP,
    MAKE_TABLES,
    NEW_UNITS,
    PLAN_FREELY,
    STORE_OUTCOMES,
    UNITS_WITH_NEWS,
    add_cells,
    fresh_outcomes,
)

# Goes into the definition: a change of what is kept makes every roll-up start anew.
ROLL_UP_VERSION = 1
# Of more units than this, one pass over the log is not worse than looking them up.
FEW_UNITS = 50_000


@transaction.atomic
def roll_up_refresh(experiment: Experiment, *, now: datetime) -> RollUp:
    """Bring the roll-up up to `now`, or to the experiment's end, and return its row."""
    RollUp.objects.get_or_create(experiment=experiment)
    roll_up = RollUp.objects.select_for_update().get(experiment=experiment)
    metrics = list(experiment.metrics.order_by("position", "pk"))
    until = min(now, experiment.ended_at) if experiment.ended_at else now
    definition = _definition(metrics)
    if _must_start_anew(roll_up, definition, until):
        _forget_outcomes(roll_up, metrics, definition)
    # Before anything is read: what is stored from here on will be read again next time.
    horizon = all_over_below()
    with connection.cursor() as cursor:
        run = _Run(cursor, experiment.pk, metrics, roll_up, until)
        run.find_units()
        if run.units:
            run.recompute()
        # After its end nothing later will ever count.
        ahead = None if experiment.ended_at else run.earliest_ahead()
        roll_up.watermark = min(horizon, ahead or horizon)
    roll_up.sums = sums_to_keep(
        experiment, now=until, unchanged=None if run.units else roll_up.sums
    )
    roll_up.until, roll_up.refreshed_at, roll_up.units_read = until, now, run.units
    roll_up.save()
    return roll_up


@transaction.atomic
def unit_forget(unit_id: str) -> int:
    """Take a unit out of every experiment, its part of the sums included; how many it was in."""
    exposures = Exposure.objects.filter(unit_id=unit_id)
    touched = Experiment.objects.filter(exposures__in=exposures).order_by("pk")
    for experiment in touched:
        RollUp.objects.get_or_create(experiment=experiment)
        roll_up = RollUp.objects.select_for_update().get(experiment=experiment)
        metrics = list(experiment.metrics.order_by("position", "pk"))
        with connection.cursor() as cursor:
            _Run(cursor, experiment.pk, metrics, roll_up, roll_up.until).forget(unit_id)
        RollUp.objects.filter(pk=roll_up.pk).update(sums=None, caps=roll_up.caps)
    ForcedArm.objects.filter(unit_id=unit_id).delete()
    forgotten, _ = exposures.delete()
    return forgotten


class _Run:
    """One refresh of one experiment. Its tables are the session's own and last no longer."""

    def __init__(
        self,
        cursor: Any,
        experiment_id: int,
        metrics: Sequence[Metric],
        roll_up: RollUp,
        until: datetime | None,
    ) -> None:
        self.cursor, self.metrics, self.roll_up = cursor, metrics, roll_up
        self.specs = tuple(MetricSpec(**metric_fields(metric)) for metric in metrics)
        self.units = 0
        reads = [
            (metric.pk, name)
            for metric, spec in zip(metrics, self.specs, strict=True)
            for name in spec.events
        ]
        self.named: dict[str, Any] = {
            "readers": [pk for pk, _ in reads],
            "read_names": [name for _, name in reads],
            "experiment": experiment_id,
            "metrics": [metric.pk for metric in metrics],
            "names": sorted({name for spec in self.specs for name in spec.events}),
            "watermark": roll_up.watermark,
            "until": until,
        }
        cursor.execute(MAKE_TABLES)

    def find_units(self) -> None:
        """New exposures, and units of old ones that have new events."""
        self.cursor.execute(NEW_UNITS, self.named)
        self.cursor.execute(ADD_EXPOSURE_CELLS, {**self.named, "sign": 1})
        old = UNITS_WITH_NEWS if self.roll_up.watermark else ALL_UNITS
        self.cursor.execute(old, self.named)
        self.cursor.execute("ANALYZE roll_up_units")
        self.cursor.execute("SELECT count(*) FROM roll_up_units")
        self.units = self.cursor.fetchone()[0]
        if self.roll_up.watermark and self.units < FEW_UNITS:
            # The planner would read a whole log of a million rows rather than look up a hundred
            # units in it: the price of a refresh is to grow with the news, and not with the log.
            self.cursor.execute(LOOK_UP)

    def recompute(self) -> None:
        self.cursor.execute(
            fresh_outcomes(_compiled(self.specs), self.specs),
            {**self.named, **{f"metric_{at}": pk for at, pk in enumerate(self.named["metrics"])}},
        )
        self.cursor.execute(PLAN_FREELY)
        self.cursor.execute(CHANGED if self.roll_up.watermark else ALL_FRESH, self.named)
        self._change_cells()
        self.cursor.execute(DELETE_OUTCOMES)
        self.cursor.execute(STORE_OUTCOMES)
        self._move_caps()

    def forget(self, unit_id: str) -> None:
        self.cursor.execute(FORGET_EXPOSURES, {**self.named, "unit": unit_id})
        self.cursor.execute(ADD_EXPOSURE_CELLS, {**self.named, "sign": -1})
        self.cursor.execute(CHANGED, self.named)
        self._change_cells()
        self.cursor.execute(DELETE_OUTCOMES)
        # Whoever is left has another quantile, and no news need ever come to find that out.
        self._move_caps()

    def earliest_ahead(self) -> int | None:
        """The first transaction with an event that lies ahead of `until`: its time will come."""
        self.cursor.execute(EARLIEST_AHEAD, self.named)
        found: int | None = self.cursor.fetchone()[0]
        return found

    def _change_cells(self) -> None:
        self._add(self.metrics, caps={}, is_capped=False)
        caps = self._known_caps()
        self._add([metric for metric in self.metrics if metric.pk in caps], caps, is_capped=True)

    def _add(
        self,
        metrics: Sequence[Metric],
        caps: Mapping[int, str],
        *,
        is_capped: bool,
        source: str = "roll_up_changes",
    ) -> None:
        """Metrics of the same columns together: most have one, and need one sum of fourteen."""
        groups: dict[tuple[str, ...], list[int]] = {}
        for metric in metrics:
            spec = MetricSpec(**metric_fields(metric))
            groups.setdefault(columns_of(spec).names, []).append(metric.pk)
        for names, pks in groups.items():
            self.cursor.execute(
                add_cells(names, source=source),
                {
                    "metrics": pks,
                    "is_capped": is_capped,
                    "capped": list(caps),
                    "caps": list(caps.values()),
                },
            )

    def _known_caps(self) -> dict[int, str]:
        """By metric: a given cap, or where the quantile stood the last time."""
        return {
            metric.pk: str(cap)
            for metric in self.metrics
            if (cap := metric.cap or self.roll_up.caps.get(metric.key)) is not None
        }

    def _move_caps(self) -> None:
        """A cap at a quantile follows the data; where it moved, the capped sums are made anew."""
        quantiles = {
            metric.pk: metric.cap_quantile
            for metric in self.metrics
            if metric.cap_quantile is not None
        }
        if not quantiles:
            return
        self.cursor.execute(
            CAPS, {"metrics": list(quantiles), "quantiles": list(quantiles.values())}
        )
        found = dict(self.cursor.fetchall())
        keys = {metric.pk: metric.key for metric in self.metrics}
        moved = {
            pk: str(cap) for pk, cap in found.items() if self.roll_up.caps.get(keys[pk]) != str(cap)
        }
        # Where nobody has a value left there is no quantile, and no cap.
        gone = [pk for pk in quantiles if pk not in found and keys[pk] in self.roll_up.caps]
        if moved or gone:
            self.cursor.execute(DELETE_CELLS, {"metrics": [*moved, *gone], "is_capped": True})
            capped = [metric for metric in self.metrics if metric.pk in moved]
            self._add(capped, moved, is_capped=True, source=KEPT_OUTCOMES)
            for pk in gone:
                del self.roll_up.caps[keys[pk]]
            self.roll_up.caps |= {keys[pk]: cap for pk, cap in moved.items()}


def _definition(metrics: Sequence[Metric]) -> str:
    """Of what the unit's figures depend on: a cap or a role changes no figure of a unit."""
    counted = [
        (
            metric.pk,
            metric.kind,
            metric.event_name,
            metric.window_starts_hours,
            metric.window_hours,
            metric.numerator,
            metric.denominator_event,
            metric.denominator,
            str(metric.cap),
            metric.cap_quantile,
            metric.covariate_days,
        )
        for metric in metrics
    ]
    return hashlib.sha256(repr((ROLL_UP_VERSION, counted)).encode()).hexdigest()


def _must_start_anew(roll_up: RollUp, definition: str, until: datetime) -> bool:
    if roll_up.definition != definition or (roll_up.until and until < roll_up.until):
        return True
    # A restored database may count its transactions from the beginning.
    return roll_up.watermark > current_transaction()


def _forget_outcomes(roll_up: RollUp, metrics: Sequence[Metric], definition: str) -> None:
    pks = [metric.pk for metric in metrics]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM experiments_unitoutcome WHERE metric_id = ANY(%s)", [pks])
        cursor.execute("DELETE FROM experiments_outcomecell WHERE metric_id = ANY(%s)", [pks])
    roll_up.watermark, roll_up.caps, roll_up.definition = 0, {}, definition
    roll_up.sums = None


def _compiled(specs: tuple[MetricSpec, ...]) -> str:
    # Ibis costs a third of a second, which a web process that only decides need not pay.
    from experiments.warehouse.postgres import unit_outcomes_sql  # noqa: PLC0415

    return unit_outcomes_sql(specs)
