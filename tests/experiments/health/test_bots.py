from __future__ import annotations

from experiments.health import Doers
from experiments.health.bots import check_bots
from tests.experiments.health.contexts import CURIOSITY, TWO, context


def doers(control, urgency):
    """Doers and the robots among them, of each arm."""
    return {
        "control": Doers(units=control[0], bot_like=control[1]),
        "urgency": Doers(units=urgency[0], bot_like=urgency[1]),
    }


def test_more_than_one_percent_of_robots_is_a_note():
    found = check_bots(context(doers=doers((1000, 14), (1000, 15))))
    assert (found.severity, found.stage) == ("note", "log")
    assert "Of 2,000 people" in found.sentence
    assert "29 (1.5 %)" in found.sentence


def test_more_than_five_percent_is_a_warning():
    assert check_bots(context(doers=doers((1000, 51), (1000, 51)))).severity == "warning"
    assert check_bots(context(doers=doers((1000, 50), (1000, 50)))).severity == "note"


def test_more_robots_in_one_arm_than_in_control_is_a_warning():
    # 2 % against 0.2 %: z = 3.9 in a pooled test.
    found = check_bots(context(doers=doers((1000, 2), (1000, 20))))
    assert found.severity == "warning"
    assert "Urgency and control have different shares" in found.sentence


def test_up_to_one_percent_is_no_finding():
    assert check_bots(context(doers=doers((1000, 10), (1000, 10)))) is None


def test_fewer_than_ten_robots_are_no_finding():
    assert check_bots(context(doers=doers((20, 5), (20, 4)))) is None


def test_a_log_that_was_not_read_has_no_robots():
    assert check_bots(context()) is None


def test_arms_in_which_all_are_robots_do_not_differ():
    found = check_bots(context(doers=doers((20, 20), (20, 20))))
    assert "the same in every arm" in found.sentence


def test_an_arm_without_doers_is_left_out():
    found = check_bots(
        context(arms=(*TWO, CURIOSITY), doers={"urgency": Doers(units=50, bot_like=20)})
    )
    assert found.evidence["bot_like"] == 20
