from __future__ import annotations

from datetime import timedelta

import pytest

from experiments.selectors import latest_analysis
from experiments.services import analysis_refresh, experiment_decide
from tests.factories.experiments import (
    LATER,
    STARTED_AT,
    draft,
    expose,
    order,
    orders,
    running,
)

pytestmark = pytest.mark.django_db


def people(prefix: str, count: int) -> list[str]:
    return [f"{prefix}{number}" for number in range(count)]


def filled(*, control=20, urgency=40, size=200, stratum="", **options):
    """A test with `control` and `urgency` orders among `size` people an arm."""
    experiment = running(**options)
    for key, count in (("control", control), ("urgency", urgency)):
        units = people(key, size)
        expose(experiment, key, *units, stratum=stratum)
        orders(*units[:count], at=STARTED_AT)
    return experiment


def test_the_results_have_the_shape_that_pages_and_reports_read():
    results = analysis_refresh(filled(stratum="loyal"), now=LATER).results
    assert set(results) == {"confidence", "arms", "balance", "metrics", "verdict"}
    assert set(results["arms"][0]) == {"key", "name", "is_control", "weight", "units"}
    assert set(results["balance"]) == {
        "p_value",
        "observed",
        "expected",
        "is_mismatch",
        "note",
    }
    assert set(results["verdict"]) == {"kind", "arm", "sentence", "reasons"}
    metric = results["metrics"][0]
    assert set(metric) == {
        "key",
        "name",
        "kind",
        "role",
        "is_lower_better",
        "overall",
        "strata",
    }
    assert metric["strata"][0]["stratum"] == "loyal"
    for table in (metric["overall"], metric["strata"][0]["table"]):
        assert set(table["arms"]["control"]) == {
            "units",
            "converters",
            "total",
            "mean",
            "low",
            "high",
        }
        comparison = table["comparisons"]["urgency"]
        assert set(comparison) == {"difference", "lift", "bayes", "error"}
        assert set(comparison["difference"]) == {
            "estimate",
            "low",
            "high",
            "p_value",
            "p_adjusted",
        }
        assert set(comparison["lift"]) == {"estimate", "low", "high"}
        assert set(comparison["bayes"]) == {"beats_control", "is_best", "expected_loss"}


def test_a_conversion_has_converters_and_no_total():
    analysis = analysis_refresh(filled(), now=LATER)
    cell = analysis.results["metrics"][0]["overall"]["arms"]["urgency"]
    assert (cell["units"], cell["converters"], cell["total"], cell["mean"]) == (200, 40, None, 0.2)


def test_a_sum_has_an_exact_total():
    experiment = filled()
    order("control199", "0.1")
    order("control199", "0.2")
    revenue = analysis_refresh(experiment, now=LATER).results["metrics"][1]
    assert revenue["overall"]["arms"]["control"]["total"] == "200.3"


def test_a_count_counts_events():
    experiment = filled()
    order("control0")
    counted = analysis_refresh(experiment, now=LATER).results["metrics"][2]
    assert counted["overall"]["arms"]["control"]["total"] == "21"


def test_a_clear_winner_is_shipped():
    analysis = analysis_refresh(filled(control=20, urgency=40), now=LATER)
    assert (analysis.verdict, analysis.results["verdict"]["arm"]) == ("ship", "urgency")
    assert analysis.sentence.startswith("Ship Urgency: Orders +100.0% against control")


def test_no_winner_is_named_before_the_days_are_over():
    analysis = analysis_refresh(filled(), now=STARTED_AT + timedelta(days=2))
    assert analysis.verdict == "keep_going"
    assert "2 of 3 days" in analysis.sentence


def test_a_broken_split_blocks_the_verdict():
    experiment = filled()
    expose(experiment, "control", *people("more", 200))
    analysis = analysis_refresh(experiment, now=LATER)
    assert analysis.verdict == "invalid"
    assert analysis.results["balance"]["is_mismatch"]


def test_an_experiment_without_anyone_has_no_numbers_and_says_why():
    analysis = analysis_refresh(running(), now=LATER)
    assert analysis.results["balance"]["p_value"] is None
    table = analysis.results["metrics"][0]["overall"]
    assert table["arms"]["control"] == {
        "units": 0,
        "converters": 0,
        "total": None,
        "mean": None,
        "low": None,
        "high": None,
    }
    comparison = table["comparisons"]["urgency"]
    assert comparison["difference"]["estimate"] is None
    assert "has 0 units" in comparison["error"]
    assert analysis.verdict == "keep_going"


def test_a_draft_can_be_looked_at():
    assert analysis_refresh(draft(), now=LATER).verdict == "keep_going"


def test_equal_inputs_give_the_same_snapshot():
    experiment = filled()
    first = analysis_refresh(experiment, now=LATER)
    assert analysis_refresh(experiment, now=LATER + timedelta(days=30)).pk == first.pk


def test_a_new_event_gives_a_new_snapshot():
    experiment = filled()
    first = analysis_refresh(experiment, now=LATER)
    order("control199")
    second = analysis_refresh(experiment, now=LATER)
    assert second.pk != first.pk
    assert latest_analysis(experiment) == second


def test_an_experiment_nobody_looked_at_has_no_analysis():
    assert latest_analysis(running()) is None


def test_results_stand_still_after_the_decision():
    experiment = filled()
    experiment_decide(experiment, now=LATER, actor=None, reason="won")
    first = analysis_refresh(experiment, now=LATER)
    order("control199", at=LATER + timedelta(hours=1))
    assert analysis_refresh(experiment, now=LATER + timedelta(days=2)).pk == first.pk


def test_segments_add_up_to_the_whole():
    experiment = filled(stratum="loyal")
    expose(experiment, "control", *people("x", 50))
    expose(experiment, "urgency", *people("y", 50))
    orders("x1", "y1", "y2")
    metric = analysis_refresh(experiment, now=LATER).results["metrics"][0]
    parts = [part["table"]["arms"]["urgency"]["converters"] for part in metric["strata"]]
    assert parts == [2, 40]
    assert metric["overall"]["arms"]["urgency"]["converters"] == 42


def test_inputs_that_return_to_what_they_were_are_the_latest_again():
    experiment = filled()
    first = analysis_refresh(experiment, now=LATER)
    extra = order("urgency199", at=STARTED_AT)
    second = analysis_refresh(experiment, now=LATER)
    extra.delete()
    analysis_refresh(experiment, now=LATER)
    assert second != first
    assert latest_analysis(experiment) == first
