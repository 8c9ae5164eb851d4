from experiments.health import StrangeArm
from experiments.health.mismatched_arms import check_mismatched_arms
from tests.experiments.health.contexts import NOW, cell, context

STRANGE = StrangeArm(key="urgancy", times=1200, last_seen_at=NOW)


def test_an_arm_that_does_not_exist_is_named_with_the_ones_that_do():
    found = check_mismatched_arms(context(strange_arms=(STRANGE,)))
    assert found.severity == "warning"
    assert "'urgancy' (1,200 times), last on 13 March 2025" in found.sentence
    assert "control and urgency" in found.cure
    assert found.evidence["times.urgancy"] == 1200


def test_an_arm_that_nobody_was_given_is_named():
    found = check_mismatched_arms(context(cells=(cell("control", 20),)))
    assert "Nobody was given Urgency" in found.sentence
    assert found.evidence["missing_arms"] == 1


def test_an_arm_is_not_missing_before_ten_people_should_have_it():
    assert check_mismatched_arms(context(cells=(cell("control", 19),))) is None


def test_an_arm_without_traffic_is_not_missing():
    weights = {0: {"control": 1.0, "urgency": 0.0}}
    assert check_mismatched_arms(context(cells=(cell("control", 500),), weights=weights)) is None


def test_arms_as_planned_are_no_finding():
    assert check_mismatched_arms(context()) is None
