"""Roll-ups in PostgreSQL: the first scan, a refresh with one percent of new events, a report.

`python -m benchmarks.roll_ups`. Ten metrics, four arms, eight segments. Its rows begin with
`bench-report`, and it takes them away again. Beside the first scan stands a bare GROUP BY of the
same join: the least that any report from the log has to read.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

PREFIX = "bench-report"
STARTED_AT = datetime(2025, 3, 3, 9, tzinfo=UTC)
NOW = STARTED_AT + timedelta(days=40)
ARMS, SEGMENTS, REPEATS = 4, 8, 9

EXPOSURES = """
INSERT INTO experiments_exposure (experiment_id, unit_id, arm_id, stratum, assigned_at)
SELECT %(experiment)s, %(prefix)s || '-' || n, (%(arms)s::bigint[])[1 + n %% %(arm_count)s],
    'segment-' || (hashint4(n) & %(mask)s), %(started)s + n * interval '28 days' / %(units)s
FROM generate_series(1, %(units)s) n
"""
EVENTS = """
INSERT INTO events_event (source, message_id, kind, name, unit_id, occurred_at, value, properties,
    context)
SELECT %(prefix)s, n::text, 'track',
    (ARRAY['Order Completed', 'Visited', 'Viewed', 'Visited'])[1 + n %% 4],
    %(prefix)s || '-' || (1 + (hashint4(n) & 2147483647) %% %(units)s),
    %(started)s + ((hashint4(n + 3) & 2147483647) %% 3000 - 300) * interval '20 minutes',
    round((10 + (hashint4(n + 7) & 2147483647) %% 9000 / 100.0)::numeric, 2), '{}', '{}'
FROM generate_series(%(first)s, %(last)s) n
"""
BARE = """
SELECT x.arm_id, x.stratum, e.name, count(*), sum(e.value)
FROM experiments_exposure x LEFT JOIN events_event e
    ON e.unit_id = x.unit_id AND e.occurred_at >= x.assigned_at
WHERE x.experiment_id = %(experiment)s GROUP BY 1, 2, 3
"""


def metrics():
    from experiments.services import MetricSpec

    def of(key: str, kind: str, event: str, **fields: object) -> MetricSpec:
        return MetricSpec(key=key, name=key, kind=kind, event_name=event, **fields)

    return [
        of("orders", "conversion", "Order Completed", role="goal"),
        of("revenue", "sum", "Order Completed", covariate_days=14, cap=Decimal(200)),
        of("visits", "conversion", "Visited"),
        of("visits_3d", "conversion", "Visited", window_hours=72),
        of("visit_count", "count", "Visited", covariate_days=14),
        of("views", "count", "Viewed"),
        of("viewers", "conversion", "Viewed", role="guardrail", margin=0.05),
        of("back", "retention", "Visited", window_starts_hours=168, window_hours=336),
        of("order_count", "count", "Order Completed"),
        of("a_view", "ratio", "Order Completed", denominator_event="Viewed", covariate_days=14),
    ]


def run(*, units: int = 400_000, events: int = 1_200_000) -> dict[str, float]:
    """Seconds and milliseconds, each beside what it is to be held against."""
    _clear()
    try:
        return _measure(_fill(units=units, events=events), units=units, events=events)
    finally:
        _clear()


def _measure(experiment, *, units: int, events: int) -> dict[str, float]:
    from django.db import connection

    from experiments.results import results_for
    from experiments.selectors import samples_by_arm, setup_of
    from experiments.services import analysis_refresh, roll_up_refresh
    from experiments.services.looks import look_rule

    rule = look_rule(experiment, units=units, now=NOW)

    def bare() -> None:
        with connection.cursor() as cursor:
            cursor.execute(BARE, {"experiment": experiment.pk})
            cursor.fetchall()

    def report() -> None:
        results_for(setup_of(experiment, rule=rule, until=NOW), samples_by_arm(experiment, now=NOW))

    def analysis() -> None:
        experiment.analyses.all().delete()
        analysis_refresh(experiment, now=NOW)

    # From nothing: nobody is counted yet, and no figure is kept.
    scan_seconds = _seconds(lambda: roll_up_refresh(experiment, now=NOW))
    bare_seconds = _median(bare, repeats=3)
    refreshes = []
    for share in range(5):
        first = events + 1 + share * events // 100
        _add_events(first, first + events // 100 - 1, units=units)
        refreshes.append(_seconds(lambda: roll_up_refresh(experiment, now=NOW)))
    refresh_seconds = statistics.median(refreshes)
    return {
        "bare GROUP BY of the log, s": bare_seconds,
        "first scan into the roll-up, s": scan_seconds,
        "first scan / bare GROUP BY": scan_seconds / bare_seconds,
        "refresh with 1 % new events, s": refresh_seconds,
        "refresh / first scan": refresh_seconds / scan_seconds,
        "refresh with nothing new, ms": 1e3 * _median(lambda: roll_up_refresh(experiment, now=NOW)),
        "report from the roll-up, ms": 1e3 * _median(report),
        "of it reading the sums, ms": 1e3 * _median(lambda: samples_by_arm(experiment, now=NOW)),
        "analysis with health checks, stored, ms": 1e3 * _median(analysis),
    }


def _seconds(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def _median(call: Callable[[], object], *, repeats: int = REPEATS) -> float:
    call()
    return statistics.median(_seconds(call) for _ in range(repeats))


def _fill(*, units: int, events: int):
    from django.db import connection

    from experiments.services import ArmSpec, experiment_create, experiment_start

    experiment = experiment_create(
        key=PREFIX,
        name="Benchmark of the roll-up",
        salt=PREFIX,
        arms=[
            ArmSpec(key=f"arm-{n}", name=f"Arm {n}", weight=1 / ARMS, is_control=n == 0)
            for n in range(ARMS)
        ],
        metrics=metrics(),
    )
    experiment_start(experiment, now=STARTED_AT, actor=None)
    with connection.cursor() as cursor:
        cursor.execute(
            EXPOSURES,
            {
                "experiment": experiment.pk,
                "prefix": PREFIX,
                "arms": list(experiment.arms.order_by("position").values_list("pk", flat=True)),
                "arm_count": ARMS,
                "mask": SEGMENTS - 1,
                "started": STARTED_AT,
                "units": units,
            },
        )
        _add_events(1, events, units=units)
        cursor.execute("VACUUM ANALYZE experiments_exposure, events_event")
    return experiment


def _add_events(first: int, last: int, *, units: int) -> None:
    from django.db import connection

    named = {
        "prefix": PREFIX, "units": units, "started": STARTED_AT, "first": first, "last": last,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(EVENTS, named)


def _clear() -> None:
    from django.db import connection

    from core.models import AuditEntry
    from experiments.models import Experiment, Exposure

    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM events_event WHERE source = %s", [PREFIX])
    made = [str(pk) for pk in Experiment.objects.filter(key=PREFIX).values_list("pk", flat=True)]
    AuditEntry.objects.filter(target_type="experiments.experiment", target_id__in=made).delete()
    for experiment in Experiment.objects.filter(key=PREFIX):
        with connection.cursor() as cursor:
            for table in ("unitoutcome", "outcomecell"):
                cursor.execute(
                    f"DELETE FROM experiments_{table} WHERE metric_id IN "
                    "(SELECT id FROM experiments_metric WHERE experiment_id = %s)",
                    [experiment.pk],
                )
            cursor.execute(
                "DELETE FROM experiments_exposurecell WHERE experiment_id = %s", [experiment.pk]
            )
    Exposure.objects.filter(experiment__key=PREFIX)._raw_delete("default")
    Experiment.objects.filter(key=PREFIX).delete()


def main() -> None:
    """On an installation of its own, in `COPYLIFT_VAR`; prints JSON."""
    import os

    import django

    from config import embedded

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    embedded.ensure_running()
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    is_quick = "--quick" in sys.argv
    sizes = {"units": 2_000, "events": 6_000} if is_quick else {}
    print(json.dumps({name: round(value, 4) for name, value in run(**sizes).items()}, indent=2))


if __name__ == "__main__":
    main()
