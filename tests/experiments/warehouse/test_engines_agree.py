"""The same rows and the same expressions in each engine: the same figures as the oracle's."""

from __future__ import annotations

import os
import shutil
from datetime import timedelta
from importlib.util import find_spec

import numpy as np
import pyarrow.parquet as pq
import pytest

from events.models import Event
from experiments.models import Exposure
from experiments.plans import ArmSpec
from experiments.warehouse.ages import ages, ages_exposed, moments_by_age
from experiments.warehouse.aggregates import unit_moments
from experiments.warehouse.analysis import analyse
from experiments.warehouse.assembly import moments_of
from experiments.warehouse.declaration import declaration_from
from experiments.warehouse.definitions import cap_thresholds, unit_counts, unit_outcomes
from experiments.warehouse.engines import fetch
from experiments.warehouse.postgres import ages_in_database, analyse_in_database
from experiments.warehouse.sources import open_engine, tables_of_folder
from experiments.warehouse.spark import Spark
from tests.experiments.warehouse import oracle, shop
from tests.experiments.warehouse.engines import arrow_tables, duckdb_with
from tests.experiments.warehouse.expected import (
    assert_same_figures,
    assert_same_moments,
    expected_figures,
    moments_of_table,
)
from tests.experiments.warehouse.leaves import numbers, texts
from tests.factories.experiments import running

DAYS = 5
DECLARED = declaration_from(
    {
        "exposures": {"stratum": "stratum"},
        "events": {"value": "value"},
        "arms": [{"key": "control", "is_control": True}, {"key": "urgency"}, {"key": "curiosity"}],
        "metrics": [
            {"key": "bought", "kind": "conversion", "event_name": shop.ORDER, "covariate_days": 7},
            {"key": "spent", "kind": "sum", "event_name": shop.ORDER, "cap_quantile": 0.9},
            {
                "key": "each",
                "kind": "ratio",
                "event_name": shop.ORDER,
                "denominator_event": shop.VISIT,
            },
            {"key": "most", "kind": "quantile", "event_name": shop.ORDER, "quantile": 0.75},
        ],
    }
)


@pytest.fixture(scope="module")
def shop_rows():
    exposed = shop.exposures()
    return exposed, shop.events(exposed)


@pytest.fixture(scope="module")
def folder(shop_rows, tmp_path_factory):
    """The shop as Parquet: exposures in one file, events in a folder of two."""
    path = tmp_path_factory.mktemp("warehouse")
    exposures, events = arrow_tables(*shop_rows)
    pq.write_table(exposures, path / "exposures.parquet")
    (path / "events").mkdir()
    half = len(events) // 2
    pq.write_table(events.slice(0, half), path / "events" / "first.parquet")
    pq.write_table(events.slice(half), path / "events" / "second.parquet")
    return path


@pytest.fixture(scope="module")
def spark(folder):
    if find_spec("pyspark") is None:
        pytest.skip("pyspark is not installed: pip install '.[warehouse]'")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("Spark needs Java 17, and there is none on this machine")
    settings = {
        "spark.master": "local[1]",
        "spark.sql.shuffle.partitions": "1",
        # For so few rows, compiling takes longer than running: plans, their parts, and Java itself.
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "spark.sql.warehouse.dir": str(folder / "spark"),
    }
    engine = Spark.local(**settings)
    tables_of_folder(engine, folder, ["exposures", "events"])
    yield engine
    engine.session.stop()


@pytest.fixture(
    # One worker runs all of Spark's, so that one session is started.
    params=["duckdb", "parquet", pytest.param("spark", marks=pytest.mark.xdist_group("spark"))]
)
def engine(request, shop_rows, folder):
    if request.param == "spark":
        return request.getfixturevalue("spark")
    if request.param == "duckdb":
        return duckdb_with(*arrow_tables(*shop_rows))
    return open_engine(str(folder), ["exposures", "events"])


def test_an_engine_gives_the_figures_of_the_oracle(engine, shop_rows):
    exposures, events = engine.table("exposures"), engine.table("events")
    units = unit_outcomes(exposures, events, shop.METRICS, until=shop.UNTIL)
    found = moments_of(
        fetch(engine, unit_moments(units, shop.METRICS)),
        fetch(engine, unit_counts(exposures, until=shop.UNTIL)),
        shop.METRICS,
    )
    assert_same_figures(found, expected_figures(*shop_rows))


def test_an_engine_finds_the_same_quantile_to_cap_at(engine, shop_rows):
    exposures, events = engine.table("exposures"), engine.table("events")
    specs = [shop.CAPPED_AT_QUANTILE]
    units = unit_outcomes(exposures, events, specs, until=shop.UNTIL)
    threshold = fetch(engine, cap_thresholds(units, specs))[0]["m0_cap"]
    assert threshold == pytest.approx(expected_threshold(shop_rows), rel=1e-9)


def test_an_engine_ages_units_as_the_oracle_does(engine, shop_rows):
    metric = shop.METRICS[4]
    exposures, events = engine.table("exposures"), engine.table("events")
    rows = ages(exposures, events, metric, until=shop.UNTIL, days=DAYS)
    counts = ages_exposed(exposures, until=shop.UNTIL, days=DAYS)
    found = moments_by_age(fetch(engine, rows), fetch(engine, counts), metric, days=DAYS)
    assert_same_ages(found, shop_rows, metric)


def test_engines_agree_on_every_figure_of_the_report(engine, shop_rows):
    own, other = (
        analyse(one, DECLARED, until=shop.UNTIL, now=shop.UNTIL)
        for one in (engine, duckdb_with(*arrow_tables(*shop_rows)))
    )
    assert (own.in_several_arms, own.undeclared) == (0, {})
    figures = [numbers(found.results) for found in (own, other)]
    assert len(figures[0]) > 900
    assert figures[0] == pytest.approx(figures[1], rel=1e-9, abs=1e-12)
    assert [texts(found.results) for found in (own, other)] == [texts(other.results)] * 2


@pytest.fixture
def in_postgres(db, shop_rows):
    exposed, log = shop_rows
    weights = {"control": 0.5, "urgency": 0.25, "curiosity": 0.25}
    arms = [
        ArmSpec(key=key, name=key, weight=weight, is_control=key == "control")
        for key, weight in weights.items()
    ]
    experiment, other = running(arms=arms), running(arms=arms)
    keys = {arm.key: arm for arm in experiment.arms.all()}
    Exposure.objects.bulk_create(
        Exposure(
            experiment=experiment,
            unit_id=row.unit_id,
            arm=keys[row.arm],
            stratum=row.stratum,
            assigned_at=row.assigned_at,
        )
        for row in exposed.itertuples()
    )
    elsewhere = other.arms.first()
    Exposure.objects.bulk_create(
        Exposure(experiment=other, unit_id=unit, arm=elsewhere, assigned_at=shop.STARTED_AT)
        for unit in exposed.unit_id
    )
    Event.objects.bulk_create(
        Event(source="test", message_id=f"{kind}-{number}", kind=kind, **row)
        for number, row in enumerate(log.to_dict("records"))
        for kind in ("track", "page")
    )
    return experiment


def test_postgresql_gives_the_figures_of_the_oracle(in_postgres, shop_rows):
    found = analyse_in_database(in_postgres, shop.METRICS, until=shop.UNTIL)
    assert_same_figures(found, expected_figures(*shop_rows))


def test_postgresql_answers_counts_and_figures_in_one_statement(
    in_postgres, django_assert_num_queries
):
    with django_assert_num_queries(1):
        analyse_in_database(in_postgres, shop.METRICS, until=shop.UNTIL)


def test_postgresql_caps_at_the_quantile_of_values_that_are_not_zero(in_postgres, shop_rows):
    metric = shop.CAPPED_AT_QUANTILE
    found = analyse_in_database(in_postgres, [metric], until=shop.UNTIL)
    frame = oracle.unit_columns(*shop_rows, metric, until=shop.UNTIL)
    values = np.minimum(frame["value "].astype(float), expected_threshold(shop_rows))
    for (stratum, arm), group in frame.assign(capped=values).groupby(["stratum", "arm"]):
        table = group[["capped"]].to_numpy(dtype=float)
        moments = found[metric.key, stratum, arm].capped
        np.testing.assert_allclose(moments.means, table.mean(axis=0), rtol=1e-5)


def test_postgresql_ages_units_as_the_oracle_does(in_postgres, shop_rows):
    metric = shop.METRICS[4]
    found = ages_in_database(in_postgres, metric, until=shop.UNTIL, days=DAYS)
    assert_same_ages(found, shop_rows, metric)


def test_postgresql_has_no_figures_of_an_experiment_without_units(db):
    assert analyse_in_database(running(), shop.METRICS, until=shop.UNTIL) == {}


def expected_threshold(shop_rows):
    frame = oracle.unit_columns(*shop_rows, shop.CAPPED_AT_QUANTILE, until=shop.UNTIL)
    values = [float(value) for value in frame["value "] if value != 0]
    return float(np.quantile(values, shop.CAPPED_AT_QUANTILE.cap_quantile))


def assert_same_ages(found, shop_rows, metric):
    exposed, log = shop_rows
    assert len(found) == DAYS * 3
    for day in range(DAYS):
        day_over = exposed[exposed.assigned_at + timedelta(days=day + 1) <= shop.UNTIL]
        daily = shop.of_day(metric, day)
        frame = oracle.unit_columns(day_over, log, daily, until=shop.UNTIL)
        for arm, group in frame.groupby("arm"):
            assert found[day, arm].units == len(group)
            expected = moments_of_table(oracle.table_of(group))
            assert_same_moments(found[day, arm], expected, (day, arm))
