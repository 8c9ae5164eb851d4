"""The same figures by another way: pandas and numpy, unit by unit, with exact decimals."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import numpy as np
import pandas as pd

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def unit_columns(exposed, log, metric, *, until):
    """A frame of one row per exposed unit: the columns of the metric's moments."""
    known = exposed[exposed.assigned_at <= until]
    happened = log[log.occurred_at <= until].merge(known, on="unit_id")
    since = happened.occurred_at - happened.assigned_at
    after = since >= metric.window_starts_hours * HOUR
    if metric.window_hours is not None:
        after &= since < metric.window_hours * HOUR
    windows = {"": after}
    if metric.covariate_days:
        windows["before"] = (since >= -metric.covariate_days * DAY) & (since < 0 * HOUR)
    columns = {}
    for span, inside in windows.items():
        rows = happened[inside]
        columns[f"value {span}"] = _figure(known, rows, metric.event_name, _above(metric))
        if metric.kind == "ratio":
            columns[f"below {span}"] = _figure(
                known, rows, metric.denominator_event, metric.denominator
            )
    return known.reset_index(drop=True).assign(**columns)


def table_of(frame, *, cap=None):
    """Its figures as floats; with a cap on those above the line."""
    names = [name for name in frame.columns if name.startswith(("value ", "below "))]
    columns = [
        [float(min(value, cap) if cap is not None and name[0] == "v" else value) for value in col]
        for name, col in ((name, frame[name]) for name in names)
    ]
    return np.array(columns).T.reshape(len(frame), len(names))


def _figure(known, rows, event, how):
    own = rows[rows.name == event]
    grouped = dict(list(own.groupby("unit_id")))
    return [_of_unit(grouped.get(unit), how) for unit in known.unit_id]


def _of_unit(part, how):
    if part is None:
        return 0
    if how == "share":
        return 1
    if how == "count":
        return len(part)
    return sum((value for value in part.value if not pd.isna(value)), start=Decimal(0))


def _above(metric):
    if metric.kind == "ratio":
        return metric.numerator
    return {"conversion": "share", "retention": "share", "count": "count"}.get(metric.kind, "sum")
