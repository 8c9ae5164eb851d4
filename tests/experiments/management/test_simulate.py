from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from manage import needs_services
from tests.factories.experiments import draft, order

QUICK = ["--repetitions", "200"]


def simulate(*arguments):
    out = io.StringIO()
    call_command("simulate", *arguments, *QUICK, stdout=out)
    return out.getvalue()


@pytest.fixture
def sales(tmp_path):
    path = tmp_path / "sales.csv"
    rows = [f"{number % 7},{1 + number % 2},{number % 7 + number % 3}" for number in range(300)]
    path.write_text("\n".join(["revenue,orders,before", *rows, ",1,"]) + "\n")
    return str(path)


@pytest.fixture
def log(db):
    for number in range(60):
        at = timezone.now() - timedelta(days=2)
        order(f"unit-{number}", str(number % 9), at=at, name="Order Completed")
        order(f"idle-{number}", None, at=at, name="Visited")


def test_a_file_is_tried_out_without_a_database(sales):
    text = simulate("--csv", sales, "--column", "revenue", "--units", "400", "--effect", "30%")
    assert "false positives" in text
    assert "A true effect of +30 %" in text
    assert "the design is safe" in text


def test_the_figures_come_as_json_and_the_same_each_time(sales):
    arguments = ["--csv", sales, "--column", "revenue", "--denominator", "orders", "--json"]
    arguments += ["--covariate", "before", "--cuped", "--arms", "3", "--looks", "anytime"]
    document = json.loads(simulate(*arguments))
    assert document["design"]["kind"] == "ratio"
    assert document["design"]["looks"] == 10
    assert document["aa"]["rejected"]["value"] < 0.05
    assert document["power"] is None
    assert document == json.loads(simulate(*arguments))


def test_peeking_with_the_fixed_rule_is_called_unsafe(sales):
    text = simulate("--csv", sales, "--column", "revenue", "--times", "20", "--units", "4000")
    assert "would find winners that are none" in text


def test_the_log_is_tried_out(log):
    text = simulate("--event", "Order Completed", "--kind", "sum", "--cuped", "--effect", "0.5")
    assert "120 units" in text
    assert "A true effect of +0.5" in text


def test_an_experiment_brings_its_goal_arms_and_planned_units(log):
    experiment = draft(planned_units=240)
    document = json.loads(simulate("--experiment", experiment.key, "--json"))
    assert document["metric"] == "Share of units with Order Completed"
    assert document["design"]["units"] == 240
    assert document["design"]["weights"] == [0.5, 0.5]
    assert document["design"]["kind"] == "proportion"


@pytest.mark.parametrize(
    ("arguments", "cure"),
    [
        ([], "--experiment KEY"),
        (["--event", "Bought"], "--kind conversion"),
        (["--event", "Bought", "--kind", "sum"], "The log has: Order Completed, Visited"),
        (["--event", "Bought", "--kind", "sum", "--days", "0"], "--days must be"),
        (["--experiment", "nothing"], "known: none yet"),
    ],
)
def test_what_the_log_cannot_say_names_its_cure(log, arguments, cure):
    with pytest.raises(CommandError, match=cure):
        simulate(*arguments)


def test_a_metric_the_experiment_has_not_is_named(log):
    with pytest.raises(CommandError, match="it has: orders, revenue, order_count"):
        simulate("--experiment", draft().key, "--metric", "visits")


@pytest.mark.parametrize(
    ("arguments", "cure"),
    [
        ([], "--column NAME"),
        (["--column", "profit"], "there are: revenue, orders, before"),
        (["--column", "revenue", "--effect", "large"], "write 5%"),
        (["--column", "revenue", "--arms", "1"], "--arms must be"),
        (["--column", "revenue", "--units", "2"], "see --units"),
        (["--column", "revenue", "--cuped"], "no covariate"),
    ],
)
def test_what_a_file_or_a_design_lacks_names_its_cure(sales, arguments, cure):
    with pytest.raises(CommandError, match=cure):
        simulate("--csv", sales, *arguments)


def test_a_cell_that_is_no_number_is_named_by_its_line(tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text("revenue\n1\nmuch\n")
    with pytest.raises(CommandError, match="line 3, column revenue: 'much'"):
        simulate("--csv", str(path), "--column", "revenue")


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        (["simulate", "--csv", "sales.csv"], False),
        (["simulate", "--event", "Bought"], True),
        (["check"], False),
        ([], False),
        (["migrate"], True),
    ],
)
def test_services_are_started_for_those_alone_who_need_them(arguments, needed):
    assert needs_services(arguments) == needed
