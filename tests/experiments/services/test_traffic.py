from __future__ import annotations

import random
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection, transaction

from core.models import AuditEntry
from experiments import stats, tasks
from experiments.models import Experiment, RollUp
from experiments.results.balance import check_balance
from experiments.selectors import (
    experiment_plan,
    samples_by_arm,
    weight_history,
    weights_by_period,
)
from experiments.services import (
    experiment_pause,
    experiment_reweigh,
    roll_up_refresh,
    traffic,
    traffic_refresh,
    units_decide_bulk,
)
from tests.factories.experiments import (
    LATER,
    ORDERS,
    REVENUE,
    STARTED_AT,
    THREE_ARMS,
    expose,
    order,
    orders,
    running,
)
from tests.waiting import wait_until_blocked

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
AT_ONCE = replace(ORDERS, window_hours=None)


def bandit(**settings) -> Experiment:
    return running(**{"traffic": "thompson", "warm_up": 50} | settings)


def outcomes(experiment, *, control=(100, 5), urgency=(100, 30)) -> None:
    """Units and converters of each arm."""
    for key, (units, converters) in {"control": control, "urgency": urgency}.items():
        people = [f"{key}-{number}" for number in range(units)]
        expose(experiment, key, *people)
        orders(*people[:converters], at=STARTED_AT + HOUR)


def weights(experiment) -> dict[str, float]:
    return dict(experiment.arms.values_list("key", "weight"))


def test_the_better_arm_gets_the_traffic_and_control_keeps_its_floor():
    experiment = bandit(control_floor=0.2)
    outcomes(experiment)
    change = traffic_refresh(experiment, now=LATER)
    assert weights(experiment) == {
        "control": pytest.approx(0.2),
        "urgency": pytest.approx(0.8),
    }
    assert change.weights == weights(experiment)
    assert change.reason == "thompson: urgency is the best with 100.0%"
    assert AuditEntry.objects.get(action="experiment_reweigh").actor is None


def test_where_less_is_better_the_other_arm_gets_the_traffic():
    experiment = bandit(metrics=[replace(ORDERS, is_lower_better=True)])
    outcomes(experiment)
    traffic_refresh(experiment, now=LATER)
    assert weights(experiment)["control"] == pytest.approx(0.95)


def test_top_two_gives_nobody_more_than_half():
    experiment = bandit(traffic="top_two", floor=0.0, control_floor=0.0)
    outcomes(experiment)
    assert traffic_refresh(experiment, now=LATER) is None
    assert weights(experiment) == {"control": 0.5, "urgency": 0.5}


def test_a_mean_can_be_the_goal():
    experiment = bandit(metrics=[replace(REVENUE, role="goal")])
    outcomes(experiment, control=(60, 20), urgency=(60, 20))
    for number in range(20):
        order(f"urgency-{number}", str(50 + number), at=STARTED_AT + HOUR)
    traffic_refresh(experiment, now=LATER)
    assert weights(experiment)["urgency"] > 0.85


def test_a_sum_nobody_has_tells_nothing_yet():
    experiment = bandit(metrics=[replace(REVENUE, role="goal")])
    outcomes(experiment, control=(60, 0), urgency=(60, 0))
    assert traffic_refresh(experiment, now=LATER) is None


def test_until_every_arm_has_had_its_units_the_planned_weights_stand():
    planned = [replace(THREE_ARMS[0], weight=0.8), replace(THREE_ARMS[1], weight=0.2)]
    experiment = bandit(arms=planned, warm_up=101)
    outcomes(experiment)
    assert traffic_refresh(experiment, now=LATER) is None
    assert weights(experiment) == {"control": 0.8, "urgency": 0.2}


def test_weights_that_move_by_less_than_a_point_stay():
    experiment = bandit()
    outcomes(experiment)
    traffic_refresh(experiment, now=LATER)
    assert traffic_refresh(experiment, now=LATER + HOUR) is None
    assert len(weight_history(experiment)) == 2


@pytest.mark.parametrize("settings", [{"traffic": "fixed"}, {}])
def test_only_a_running_bandit_moves(settings):
    experiment = bandit(**settings)
    outcomes(experiment)
    if not settings:
        experiment_pause(experiment, now=LATER, actor=None)
    assert traffic_refresh(experiment, now=LATER) is None


@pytest.mark.django_db(transaction=True)
def test_weights_that_a_person_gave_meanwhile_are_not_overwritten():
    experiment = bandit()
    outcomes(experiment)
    roll_up_refresh(experiment, now=STARTED_AT)
    by_hand = {"control": 0.3, "urgency": 0.7}

    def hourly() -> None:
        tasks.traffic_refresh(experiment_id=experiment.pk)
        connection.close()

    rival = threading.Thread(target=hourly)
    with transaction.atomic():
        # The bandit has read its plan by the time it waits for the roll-up.
        RollUp.objects.select_for_update().get(experiment=experiment)
        rival.start()
        wait_until_blocked()
        experiment_reweigh(experiment, weights=by_hand, reason="by hand", now=LATER, actor=None)
    rival.join(timeout=10)
    assert weights(experiment) == by_hand
    assert [one.reason for one in weight_history(experiment)] == ["the start", "by hand"]


def test_beliefs_are_of_every_arm_of_which_something_is_known():
    experiment = bandit()
    outcomes(experiment, control=(80, 8), urgency=(70, 14))
    roll_up_refresh(experiment, now=LATER)
    found = traffic.goal_posteriors(samples_by_arm(experiment, now=LATER), ORDERS)
    assert found == {
        "control": stats.BetaPosterior(alpha=9, beta=73),
        "urgency": stats.BetaPosterior(alpha=15, beta=57),
    }


RATES = {"control": 0.10, "urgency": 0.12, "curiosity": 0.20}


def test_a_bandit_from_the_first_contact_to_the_best_arm():
    """Six hours of people: decided by hash, events, refresh; each hour's people are new."""
    experiment = bandit(arms=THREE_ARMS, metrics=[AT_ONCE, REVENUE], warm_up=60)
    # A salt of its own, so that the split is the same in whatever order the tests run.
    Experiment.objects.filter(pk=experiment.pk).update(salt="bandit")
    experiment.refresh_from_db()
    chance = random.Random(20260101)
    names = dict(experiment.arms.values_list("pk", "key"))
    first: dict[str, int] = {}
    for hour in range(6):
        now = STARTED_AT + hour * HOUR
        people = {f"h{hour}-{number}": "" for number in range(400)}
        decided = units_decide_bulk(experiment_plan(experiment), people, now=now)
        first |= {one.unit_id: one.arm_id for one in decided}
        orders(
            *(one.unit_id for one in decided if chance.random() < RATES[names[one.arm_id]]),
            at=now + HOUR / 4,
        )
        traffic_refresh(experiment, now=now + HOUR / 2)
    last = weights(experiment)
    assert last["curiosity"] > 0.8
    assert last["control"] == pytest.approx(0.1)
    assert min(last.values()) >= 0.05 - 1e-9
    # Whoever was exposed keeps the arm, however the weights have moved since.
    again = units_decide_bulk(experiment_plan(experiment), dict.fromkeys(first, ""), now=LATER)
    assert {one.unit_id: one.arm_id for one in again} == first
    assert_split_fits_its_periods(experiment)


def assert_split_fits_its_periods(experiment) -> None:
    samples, arms = samples_by_arm(experiment, now=LATER), experiment_plan(experiment).arms
    assert len({period for period, _ in samples.periods}) > 2
    balance, _ = check_balance(arms, samples, weights_by_period(experiment))
    assert not balance.is_mismatch
    # Against the last weights alone it would cry.
    assert check_balance(arms, samples, {})[0].is_mismatch
