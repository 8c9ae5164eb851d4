import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from campaigns.strategy import Attribute, FairnessRule, is_fair, mend, report_treatment
from campaigns.strategy.fairness import UNKNOWN, fill_quotas
from core.errors import InputRefused

DISCOUNTS = np.array([0.0, 0.2])


def unequal(people=6000, seed=1):
    """Women gain more by the discount than men; the old more by the letter."""
    rng = np.random.default_rng(seed)
    gender = Attribute.of("gender", rng.choice(["f", "m", "m"], people).tolist())
    age = Attribute.of("age", rng.choice(["18-24", "25-34", "65+"], people).tolist())
    profit = rng.normal(0, 1, (people, 2))
    profit[:, 1] += 1.0 * (gender.codes == 0) - 0.5
    profit[:, 0] += 0.8 * (age.codes == 2) - 0.5
    best = profit.argmax(axis=1)
    return profit, np.where(profit.max(axis=1) > 0, best + 1, 0), (gender, age)


def test_a_mended_plan_is_within_the_rule_and_loses_little():
    profit, actions, attributes = unequal()
    rule = FairnessRule(reached_tolerance=0.04, discount_tolerance=0.01)
    before = report_treatment(actions, DISCOUNTS, attributes, rule)
    assert not is_fair(before)
    assert any(group.is_beyond_chance for group in before)
    mended = mend(profit, actions, DISCOUNTS, attributes, rule)
    assert is_fair(report_treatment(mended, DISCOUNTS, attributes, rule))
    earned = [
        np.hstack([np.zeros((len(profit), 1)), profit])[np.arange(len(profit)), one].sum()
        for one in (actions, mended)
    ]
    assert 0.8 * earned[0] < earned[1] <= earned[0]


def test_a_fair_choice_is_left_as_it_is():
    rng = np.random.default_rng(3)
    profit = rng.normal(size=(5000, 2))
    actions = np.where(profit.max(axis=1) > 0, profit.argmax(axis=1) + 1, 0)
    attribute = Attribute.of("gender", rng.choice(["f", "m"], 5000).tolist())
    rule = FairnessRule(reached_tolerance=0.2, discount_tolerance=0.05)
    assert np.array_equal(mend(profit, actions, DISCOUNTS, [attribute], rule), actions)


def test_blind_picking_is_seldom_called_beyond_chance():
    found = []
    for seed in range(100):
        rng = np.random.default_rng(seed)
        actions = rng.permutation(np.repeat([0, 1, 2], [600, 200, 200]))
        attribute = Attribute.of("region", rng.choice(list("abcd"), 1000).tolist())
        report = report_treatment(actions, DISCOUNTS, [attribute], FairnessRule())
        found.append(any(group.is_beyond_chance for group in report))
    assert sum(found) <= 10


def test_small_and_unknown_groups_are_shown_and_not_judged():
    labels = ["f"] * 500 + ["m"] * 500 + ["x"] * 20 + [UNKNOWN] * 500
    actions = np.array([1] * 1000 + [0] * 520)
    report = report_treatment(
        actions, np.array([0.1]), [Attribute.of("gender", labels)],
        FairnessRule(reached_tolerance=0.4, discount_tolerance=0.05),
    )  # fmt: skip
    judged = {group.group: group.is_judged for group in report}
    assert judged == {"f": True, "m": True, "x": False, UNKNOWN: False}
    assert is_fair(report)


def test_quotas_are_kept_to_the_letter():
    rng = np.random.default_rng(1)
    chosen = fill_quotas(rng.normal(size=(500, 3)), np.array([100, 250, 7]))
    assert np.bincount(chosen).tolist() == [143, 100, 250, 7]


@pytest.mark.parametrize("seed", range(8))
def test_quotas_lose_little_against_the_best_assignment(seed):
    rng = np.random.default_rng(seed)
    profit, quotas = rng.normal(1, 1, (60, 3)), np.array([15, 10, 5])
    slots = np.repeat([0, 1, 2], quotas)
    table = np.hstack([profit[:, slots], np.zeros((60, 30))])
    rows, columns = linear_sum_assignment(-table)
    best = table[rows, columns].sum()
    chosen = fill_quotas(profit, quotas)
    ours = profit[chosen > 0, chosen[chosen > 0] - 1].sum()
    assert 0.95 * best <= ours <= best + 1e-9


def test_a_tolerance_is_a_share():
    with pytest.raises(InputRefused) as refused:
        FairnessRule(reached_tolerance=5)
    assert refused.value.field == "reached_tolerance"
