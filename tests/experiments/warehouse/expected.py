"""What every engine must give for the shop, by the oracle."""

from __future__ import annotations

import numpy as np

from tests.experiments.warehouse import oracle, shop

RELATIVE = 1e-9


def expected_figures(exposed, log, metrics=shop.METRICS, *, until=shop.UNTIL):
    """(units, total, converters, means, products, capped means, capped products) by key."""
    return {
        (metric.key, stratum, arm): _figures(frame, metric)
        for metric in metrics
        for (stratum, arm), frame in oracle.unit_columns(exposed, log, metric, until=until).groupby(
            ["stratum", "arm"]
        )
    }


def assert_same_figures(found, expected):
    assert found.keys() == expected.keys()
    for key, wanted in expected.items():
        figures = found[key]
        assert figures.moments.units == wanted["units"], key
        assert figures.total == wanted["total"], key
        assert figures.converters == wanted["converters"], key
        assert_same_moments(figures.moments, wanted["raw"], key)
        assert (figures.capped is None) == (wanted["capped"] is None), key
        assert_same_moments(
            figures.capped or figures.moments, wanted["capped"] or wanted["raw"], key
        )


def assert_same_moments(moments, wanted, key):
    means, products = wanted
    np.testing.assert_allclose(moments.means, means, rtol=RELATIVE, atol=1e-12, err_msg=str(key))
    scale = np.sqrt(np.outer(np.diag(products), np.diag(products)))
    error = np.abs(np.subtract(moments.products, products))
    assert (error <= RELATIVE * scale + 1e-12).all(), (key, error)


def moments_of_table(table):
    means = table.mean(axis=0)
    return means, (table - means).T @ (table - means)


def _figures(frame, metric):
    values = list(frame["value "])
    return {
        "units": len(frame),
        "total": sum(values),
        "converters": sum(1 for value in values if value != 0),
        "raw": moments_of_table(oracle.table_of(frame)),
        "capped": None
        if metric.cap is None
        else moments_of_table(oracle.table_of(frame, cap=metric.cap)),
    }
