"""The statements of a refresh. All names in them are our own tables'; values are parameters.

`roll_up_units` holds the units that are computed anew, `roll_up_fresh` their figures, and
`roll_up_changes` the figures that are new (sign 1) or have gone (sign -1): what an event left as it
was is not written again.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations_with_replacement

from experiments.outcomes import columns_of
from experiments.plans import MetricSpec

FIGURES = ("value", "denominator", "before", "denominator_before")
PAIRS = tuple(combinations_with_replacement(FIGURES, 2))
GROUP = "arm_id, stratum, day, period"
ROW = f"metric_id, unit_id, {GROUP}, {', '.join(FIGURES)}"

MAKE_TABLES = """
DROP TABLE IF EXISTS pg_temp.roll_up_units, pg_temp.roll_up_fresh, pg_temp.roll_up_changes;
CREATE TEMPORARY TABLE roll_up_units (
    unit_id text PRIMARY KEY, arm_id bigint, stratum text, assigned_at timestamptz,
    day date, period integer, is_new boolean, metrics bigint[]
) ON COMMIT DROP;
CREATE TEMPORARY TABLE roll_up_fresh (
    metric_id bigint, unit_id text, arm_id bigint, stratum text, day date, period integer,
    value numeric, denominator numeric, before numeric, denominator_before numeric
) ON COMMIT DROP;
CREATE TEMPORARY TABLE roll_up_changes (
    sign integer, metric_id bigint, unit_id text, arm_id bigint, stratum text, day date,
    period integer, value numeric, denominator numeric, before numeric, denominator_before numeric
) ON COMMIT DROP;
"""

# For this transaction only.
LOOK_UP = "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off"
PLAN_FREELY = "SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = on"

_UNIT = """unit_id, arm_id, stratum, assigned_at, (assigned_at AT TIME ZONE 'UTC')::date, period"""

NEW_UNITS = f"""
WITH counted AS (
    UPDATE experiments_exposure SET is_counted = true
    WHERE experiment_id = %(experiment)s AND NOT is_counted AND assigned_at <= %(until)s
    RETURNING {_UNIT}
)
INSERT INTO roll_up_units SELECT *, true, %(metrics)s::bigint[] FROM counted
"""  # noqa: S608 - names only

# An event can change only the metrics that read its name.
UNITS_WITH_NEWS = """
INSERT INTO roll_up_units
SELECT x.unit_id, x.arm_id, x.stratum, x.assigned_at,
    (x.assigned_at AT TIME ZONE 'UTC')::date, x.period, false, news.metrics
FROM (
    SELECT DISTINCT ON (unit_id) unit_id, metrics FROM (
    SELECT e.unit_id, array_agg(DISTINCT reads.metric_id) AS metrics
    FROM events_event e
    JOIN unnest(%(readers)s::bigint[], %(read_names)s::text[]) AS reads (metric_id, name)
        ON reads.name = e.name
    WHERE e.transaction_id >= %(watermark)s AND e.kind = 'track' AND e.name = ANY(%(names)s)
    GROUP BY e.unit_id
    UNION ALL
    -- Events they had are another's now, whichever metrics read them.
    SELECT unit_id, %(metrics)s::bigint[] FROM events_unitchange
    WHERE transaction_id >= %(watermark)s
    ) either ORDER BY unit_id, cardinality(metrics) DESC
) news
JOIN experiments_exposure x ON x.experiment_id = %(experiment)s AND x.unit_id = news.unit_id
WHERE x.is_counted
ON CONFLICT (unit_id) DO NOTHING
"""

ALL_UNITS = f"""
INSERT INTO roll_up_units
SELECT {_UNIT}, false, %(metrics)s::bigint[] FROM experiments_exposure
WHERE experiment_id = %(experiment)s AND is_counted
ON CONFLICT (unit_id) DO NOTHING
"""  # noqa: S608 - names only

FORGET_EXPOSURES = f"""
INSERT INTO roll_up_units
SELECT {_UNIT}, true, %(metrics)s::bigint[] FROM experiments_exposure
WHERE experiment_id = %(experiment)s AND is_counted AND unit_id = %(unit)s
"""  # noqa: S608 - names only

ADD_EXPOSURE_CELLS = f"""
INSERT INTO experiments_exposurecell AS cell (experiment_id, {GROUP}, units)
SELECT %(experiment)s, {GROUP}, %(sign)s * count(*) FROM roll_up_units WHERE is_new
GROUP BY {GROUP}
ON CONFLICT (experiment_id, {GROUP}) DO UPDATE SET units = cell.units + excluded.units
"""  # noqa: S608 - names only

ALL_FRESH = f"INSERT INTO roll_up_changes SELECT 1, {ROW} FROM roll_up_fresh"  # noqa: S608 - names only

CHANGED = f"""
WITH old AS (
    SELECT o.* FROM roll_up_units u CROSS JOIN LATERAL (
        SELECT {ROW} FROM experiments_unitoutcome
        WHERE unit_id = u.unit_id AND metric_id = ANY(u.metrics)
        -- Keeps the planner from reading the table once rather than looking the units up.
        OFFSET 0
    ) o
),
paired AS (
    SELECT f.metric_id IS NOT NULL AS is_fresh, o.metric_id IS NOT NULL AS is_old,
        {", ".join(f"f.{name} AS fresh_{name}, o.{name} AS old_{name}" for name in ROW.split(", "))}
    FROM roll_up_fresh f FULL JOIN old o ON o.metric_id = f.metric_id AND o.unit_id = f.unit_id
    WHERE ({", ".join(f"f.{name}" for name in FIGURES)})
        IS DISTINCT FROM ({", ".join(f"o.{name}" for name in FIGURES)})
)
INSERT INTO roll_up_changes
SELECT 1, {", ".join(f"fresh_{name}" for name in ROW.split(", "))} FROM paired WHERE is_fresh
UNION ALL
SELECT -1, {", ".join(f"old_{name}" for name in ROW.split(", "))} FROM paired WHERE is_old
"""  # noqa: S608 - names only

DELETE_OUTCOMES = """
DELETE FROM experiments_unitoutcome o USING roll_up_changes c
WHERE c.sign = -1 AND o.metric_id = c.metric_id AND o.unit_id = c.unit_id
"""

STORE_OUTCOMES = f"""
INSERT INTO experiments_unitoutcome ({ROW})
SELECT {ROW} FROM roll_up_changes WHERE sign = 1
"""  # noqa: S608 - names only

EARLIEST_AHEAD = """
SELECT min(transaction_id) FROM events_event
WHERE transaction_id >= %(watermark)s AND kind = 'track' AND name = ANY(%(names)s)
    AND occurred_at > %(until)s
"""

CAPS = """
SELECT o.metric_id, percentile_disc(w.quantile) WITHIN GROUP (ORDER BY o.value)
FROM unnest(%(metrics)s::bigint[], %(quantiles)s::float8[]) AS w (metric_id, quantile)
JOIN experiments_unitoutcome o ON o.metric_id = w.metric_id
WHERE o.value <> 0
GROUP BY o.metric_id, w.quantile
"""

DELETE_CELLS = """
DELETE FROM experiments_outcomecell
WHERE metric_id = ANY(%(metrics)s) AND is_capped = %(is_capped)s
"""


def add_cells(names: Sequence[str], *, source: str = "roll_up_changes") -> str:
    """Add the changes of metrics with these columns to the sums.

    A capped sum takes the value, and the value before, at most. What a refresh leaves without any
    figure stays as a row of zeros: it weighs nothing.

    Args:
        names: The columns the metrics have; the others' sums are zeros, and not worth adding.
        source: Where the changes are.
    """
    totals = {"doers": "sum(sign * (value <> 0)::int)"}
    totals |= {f"sum_{name}": f"sum(sign * {name})" for name in names}
    totals |= {
        f"product_{one}_{other}": f"sum(sign * {one} * {other})"
        for one, other in combinations_with_replacement(names, 2)
    }
    added = ", ".join(f"{name} = cell.{name} + excluded.{name}" for name in totals)
    zeros = [name for name in _SUMS if name not in totals]
    return f"""
WITH caps AS (
    SELECT * FROM unnest(%(capped)s::bigint[], %(caps)s::numeric[]) AS caps (metric_id, cap)
),
changes AS (
    SELECT c.sign, c.metric_id, c.arm_id, c.stratum, c.day, c.period,
        least(c.value, caps.cap) AS value, c.denominator,
        least(c.before, caps.cap) AS before, c.denominator_before
    FROM {source} c LEFT JOIN caps USING (metric_id)
    WHERE c.metric_id = ANY(%(metrics)s) AND (caps.cap IS NOT NULL OR NOT %(is_capped)s)
)
INSERT INTO experiments_outcomecell AS cell
    (metric_id, is_capped, {GROUP}, {", ".join([*totals, *zeros])})
SELECT metric_id, %(is_capped)s, {GROUP}, {", ".join([*totals.values(), *("0" for _ in zeros)])}
FROM changes GROUP BY metric_id, {GROUP}
ON CONFLICT (metric_id, is_capped, {GROUP}) DO UPDATE SET {added}
"""  # noqa: S608 - names only


_SUMS = (
    *(f"sum_{name}" for name in FIGURES),
    *(f"product_{one}_{other}" for one, other in PAIRS),
)
KEPT_OUTCOMES = "(SELECT 1 AS sign, * FROM experiments_unitoutcome)"


def fresh_outcomes(unit_outcomes: str, metrics: Sequence[MetricSpec]) -> str:
    """Compute the units of `roll_up_units` from the log, and keep every figure that is not zero.

    Args:
        unit_outcomes: The compiled definition; it reads tables named `exposures` and `events`.
        metrics: In its order.
    """
    rows = ", ".join(
        f"(%(metric_{at})s::bigint, {', '.join(_columns(at, metric))})"
        for at, metric in enumerate(metrics)
    )
    return f"""
WITH exposures AS (
    SELECT unit_id, arm_id AS arm, stratum, assigned_at, day, period FROM roll_up_units
),
events AS (
    SELECT unit_id, name, occurred_at, value FROM events_event
    WHERE kind = 'track' AND name = ANY(%(names)s) AND occurred_at <= %(until)s
        AND bot_reasons = '{{}}'
),
wide AS ({unit_outcomes.replace("%", "%%")})
INSERT INTO roll_up_fresh
SELECT m.metric_id, w.unit_id, w.arm, w.stratum, w.day, w.period,
    m.value, m.denominator, m.before, m.denominator_before
FROM wide w CROSS JOIN LATERAL (VALUES {rows})
    AS m (metric_id, value, denominator, before, denominator_before)
JOIN roll_up_units u ON u.unit_id = w.unit_id AND m.metric_id = ANY(u.metrics)
WHERE (m.value, m.denominator, m.before, m.denominator_before) <> (0, 0, 0, 0)
"""  # noqa: S608 - names only


def _columns(at: int, metric: MetricSpec) -> list[str]:
    kept = columns_of(metric).names
    return [f"w.m{at}_{name}::numeric" if name in kept else "0::numeric" for name in FIGURES]
