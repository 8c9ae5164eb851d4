from experiments.health.multiple_exposure import check_multiple_exposure
from tests.experiments.health.contexts import context, pair


def test_more_than_one_percent_and_ten_units_is_a_warning():
    found = check_multiple_exposure(
        context(cells=pair(500, 500), other_arm={"control": 8, "urgency": 3})
    )
    assert (found.severity, found.stage) == ("warning", "execution")
    assert found.evidence["with_other_arm"] == 11
    assert "11 people (1.1 %)" in found.sentence


def test_exactly_one_percent_is_none():
    assert check_multiple_exposure(context(cells=pair(500, 500), other_arm={"control": 10})) is None


def test_fewer_than_ten_units_are_none_however_few_there_are():
    assert check_multiple_exposure(context(cells=pair(20, 20), other_arm={"control": 9})) is None


def test_no_second_arm_is_no_finding():
    assert check_multiple_exposure(context()) is None
