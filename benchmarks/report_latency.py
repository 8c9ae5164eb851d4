"""How long a report takes: from 100,000 exposures and 30,000 events in PostgreSQL to the results.

`python -m benchmarks.report_latency`. Its rows begin with `bench-report`, and it takes them away
again. Beside it stands a bare GROUP BY of the same join: the least that any report has to read.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

PREFIX = "bench-report"
STARTED_AT = datetime(2025, 3, 3, 9, tzinfo=UTC)
NOW = STARTED_AT + timedelta(days=14)
ARMS, SEGMENTS, REPEATS = 4, 8, 7

EXPOSURES = """
INSERT INTO experiments_exposure (experiment_id, unit_id, arm_id, stratum, assigned_at)
SELECT %(experiment)s, %(prefix)s || '-' || n, (%(arms)s::bigint[])[1 + n %% %(arm_count)s],
    'segment-' || (hashint4(n) & %(mask)s), %(started)s + n * interval '1 second'
FROM generate_series(1, %(units)s) n
"""
EVENTS = """
INSERT INTO events_event (source, message_id, kind, name, unit_id, occurred_at, value, properties,
    context)
SELECT %(prefix)s, n::text, 'track', CASE WHEN n %% 3 = 0 THEN 'Order Completed' ELSE 'Visited' END,
    %(prefix)s || '-' || (1 + (hashint4(n) & 2147483647) %% %(units)s),
    %(started)s + interval '3 days',
    round((10 + (hashint4(n + 7) & 2147483647) %% 9000 / 100.0)::numeric, 2), '{}', '{}'
FROM generate_series(1, %(events)s) n
"""
BARE = """
SELECT x.arm_id, x.stratum, e.name, count(*), sum(e.value)
FROM experiments_exposure x LEFT JOIN events_event e
    ON e.unit_id = x.unit_id AND e.occurred_at >= x.assigned_at
WHERE x.experiment_id = %(experiment)s GROUP BY 1, 2, 3
"""


def run(*, units: int = 100_000, events: int = 30_000) -> dict[str, float]:
    """Milliseconds: a report from the log, one whose inputs are unchanged, and the bare query."""
    _clear()
    try:
        experiment = _fill(units=units, events=events)
        return _measure(experiment)
    finally:
        _clear()


def _measure(experiment) -> dict[str, float]:
    from django.db import connection

    from experiments.selectors import samples_by_arm
    from experiments.services import analysis_refresh

    def bare() -> None:
        with connection.cursor() as cursor:
            cursor.execute(BARE, {"experiment": experiment.pk})
            cursor.fetchall()

    def fresh() -> None:
        experiment.analyses.all().delete()
        analysis_refresh(experiment, now=NOW)

    return {
        "report, ms": _median_ms(fresh),
        "of it the query, ms": _median_ms(lambda: samples_by_arm(experiment, now=NOW)),
        "report, nothing new, ms": _median_ms(lambda: analysis_refresh(experiment, now=NOW)),
        "bare GROUP BY, ms": _median_ms(bare),
    }


def _median_ms(call: Callable[[], object]) -> float:
    call()
    times = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        call()
        times.append((time.perf_counter() - begun) * 1_000)
    return round(statistics.median(times), 1)


def _fill(*, units: int, events: int):
    from django.db import connection

    from experiments.services import ArmSpec, MetricSpec, experiment_create, experiment_start

    experiment = experiment_create(
        key=PREFIX,
        name="Benchmark of the report",
        salt=PREFIX,
        arms=[
            ArmSpec(key=f"arm-{n}", name=f"Arm {n}", weight=1 / ARMS, is_control=n == 0)
            for n in range(ARMS)
        ],
        metrics=[
            MetricSpec(
                key="visits", name="Visits", kind="conversion", role="goal", event_name="Visited"
            ),
            MetricSpec(
                key="orders", name="Orders", kind="conversion", event_name="Order Completed"
            ),
            MetricSpec(key="revenue", name="Revenue", kind="sum", event_name="Order Completed"),
        ],
    )
    experiment_start(experiment, now=STARTED_AT, actor=None)
    named = {
        "experiment": experiment.pk,
        "prefix": PREFIX,
        "arms": list(experiment.arms.order_by("position").values_list("pk", flat=True)),
        "arm_count": ARMS,
        "mask": SEGMENTS - 1,
        "started": STARTED_AT,
        "units": units,
        "events": events,
    }
    with connection.cursor() as cursor:
        cursor.execute(EXPOSURES, named)
        cursor.execute(EVENTS, named)
        cursor.execute("ANALYZE experiments_exposure, events_event")
    return experiment


def _clear() -> None:
    from django.db import connection

    from core.models import AuditEntry
    from experiments.models import Experiment, Exposure

    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM events_event WHERE source = %s", [PREFIX])
    made = [str(pk) for pk in Experiment.objects.filter(key=PREFIX).values_list("pk", flat=True)]
    AuditEntry.objects.filter(target_type="experiments.experiment", target_id__in=made).delete()
    Exposure.objects.filter(experiment__key=PREFIX)._raw_delete("default")
    Experiment.objects.filter(key=PREFIX).delete()


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    print(json.dumps(run(), indent=2))
