"""The Hillstrom e-mail test, put into the tables and read back: every figure equals pandas'."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest
from django.db import transaction

from events.models import Event
from experiments.services import (
    ArmSpec,
    MetricSpec,
    UnitArm,
    analysis_refresh,
    units_assign_bulk,
)
from tests.factories.experiments import LATER, STARTED_AT, arm, running

pytestmark = pytest.mark.realdata

ARMS = {"No E-Mail": "control", "Mens E-Mail": "mens", "Womens E-Mail": "womens"}
SPECS = [
    ArmSpec(key="control", name="No e-mail", weight=1 / 3, is_control=True),
    ArmSpec(key="mens", name="Men's e-mail", weight=1 / 3),
    ArmSpec(key="womens", name="Women's e-mail", weight=1 / 3),
]
METRICS = [
    MetricSpec(key="visit", name="Visits", kind="conversion", role="goal", event_name="Visited"),
    MetricSpec(key="buy", name="Orders", kind="conversion", event_name="Order Completed"),
    MetricSpec(key="spend", name="Spend", kind="sum", event_name="Order Completed"),
]


@pytest.fixture(scope="module")
def customers(data_folder):
    frame = pd.read_csv(
        data_folder / "hillstrom" / "hillstrom.csv.gz", dtype={"spend": str}
    ).assign(
        unit=lambda rows: [f"c{number}" for number in rows.index],
        arm=lambda rows: rows.treatment.map(ARMS),
    )
    return frame.assign(money=frame.spend.map(Decimal))


def event(unit, name, value=None):
    return Event(
        source="hillstrom",
        message_id=f"{name}-{unit}",
        kind=Event.Kind.TRACK,
        name=name,
        unit_id=unit,
        occurred_at=STARTED_AT + timedelta(days=1),
        value=value,
    )


@pytest.fixture(scope="module")
def results(customers, django_db_setup, django_db_blocker):
    """Computed once: the rows are put in, read and rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        found = replay(customers)
        transaction.set_rollback(True)
    return found


def replay(customers):
    experiment = running(arms=SPECS, metrics=METRICS, looks="fixed")
    arms = {key: arm(experiment, key) for key in ARMS.values()}
    units = [
        UnitArm(unit_id=row.unit, arm_id=arms[row.arm].pk, stratum=row.zip_code)
        for row in customers.itertuples()
    ]
    units_assign_bulk(experiment.pk, units, now=STARTED_AT)
    visits = customers[customers.visit == 1]
    bought = customers[customers.conversion == 1]
    Event.objects.bulk_create(event(unit, "Visited") for unit in visits.unit)
    Event.objects.bulk_create(
        event(row.unit, "Order Completed", row.money) for row in bought.itertuples()
    )
    return analysis_refresh(experiment, now=LATER).results


def tables(results, position):
    metric = results["metrics"][position]
    yield "overall", metric["overall"]
    yield from ((part["stratum"], part["table"]) for part in metric["strata"])


def expected(customers, where, key):
    here = customers if where == "overall" else customers[customers.zip_code == where]
    return here[here.arm == key]


def test_counts_rates_sums_and_lifts_equal_pandas_to_the_last_digit(customers, results):
    for position, column in ((0, "visit"), (1, "conversion")):
        for where, table in tables(results, position):
            base = expected(customers, where, "control")[column]
            for key, cell in table["arms"].items():
                rows = expected(customers, where, key)[column]
                assert (cell["units"], cell["converters"]) == (len(rows), rows.sum())
                assert cell["mean"] == rows.sum() / len(rows)
            for key, comparison in table["comparisons"].items():
                rows = expected(customers, where, key)[column]
                rate, before = rows.sum() / len(rows), base.sum() / len(base)
                assert comparison["difference"]["estimate"] == rate - before
                assert comparison["lift"]["estimate"] == rate / before - 1
    for where, table in tables(results, 2):
        for key, cell in table["arms"].items():
            rows = expected(customers, where, key).money
            assert Decimal(cell["total"]) == rows.sum()
            assert cell["mean"] == float(Fraction(rows.sum()) / len(rows))


def test_tests_and_intervals_equal_scipy_and_statsmodels(customers, results):
    from scipy import stats as scipy_stats
    from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest

    base, mens = (expected(customers, "overall", key) for key in ("control", "mens"))
    visit = results["metrics"][0]["overall"]["comparisons"]["mens"]
    hits, sizes = [mens.visit.sum(), base.visit.sum()], [len(mens), len(base)]
    assert visit["difference"]["p_value"] == pytest.approx(proportions_ztest(hits, sizes)[1])
    low, high = confint_proportions_2indep(
        hits[0], sizes[0], hits[1], sizes[1], compare="ratio", method="log"
    )
    assert (visit["lift"]["low"], visit["lift"]["high"]) == pytest.approx((low - 1, high - 1))
    spend = results["metrics"][2]["overall"]["comparisons"]["mens"]
    welch = scipy_stats.ttest_ind(
        mens.money.astype(float), base.money.astype(float), equal_var=False
    )
    interval = welch.confidence_interval(0.95)
    assert spend["difference"]["p_value"] == pytest.approx(welch.pvalue)
    assert (spend["difference"]["low"], spend["difference"]["high"]) == pytest.approx(
        (interval.low, interval.high)
    )


def test_the_men_s_e_mail_is_shipped(results):
    assert not results["balance"]["is_mismatch"]
    assert (results["verdict"]["kind"], results["verdict"]["arm"]) == ("ship", "mens")
