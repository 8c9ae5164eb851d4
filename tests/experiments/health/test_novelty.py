from __future__ import annotations

import math

import pytest

from experiments.health import Slice
from experiments.health.novelty import check_novelty
from experiments.stats import Mean
from tests.experiments.health.contexts import CURIOSITY, TWO, context


def share(rate, units=20_000):
    return Mean(units=units, mean=rate, centred_squares=units * rate * (1 - rate))


def ages(baseline, lift, *, days=14, arm="urgency", period=0):
    """Rates of both arms on each day since exposure: `baseline(day)` times 1 + `lift(day)`."""
    return {
        Slice(of=day, arm=key, period=period): share(rate)
        for day in range(days)
        for key, rate in (
            ("control", baseline(day)),
            (arm, baseline(day) * (1 + lift(day))),
        )
    }


def early(day):
    return 0.5 if day < 3 else 0.0


def flat(day):
    return 0.05


def test_an_effect_that_wears_off_is_a_note():
    found = check_novelty(context(ages=ages(flat, early)))
    assert (found.severity, found.stage) == ("note", "analysis")
    assert "Urgency: 50 % on people's first 3 days, 0 % on later ones" in found.sentence
    assert "wears off" in found.sentence
    assert found.evidence["first.urgency"] == pytest.approx(0.5)
    assert found.evidence["later.urgency"] == pytest.approx(0.0, abs=1e-12)


def test_an_effect_that_grows_is_said_to_grow():
    found = check_novelty(context(ages=ages(flat, lambda day: 0.0 if day < 3 else 0.5)))
    assert "The effect grows" in found.sentence


def test_an_effect_that_turns_promises_nothing():
    found = check_novelty(context(ages=ages(flat, lambda day: 0.2 if day < 3 else -0.3)))
    assert "do not say what comes later" in found.sentence


def test_the_same_lift_on_ever_fewer_orders_is_no_novelty():
    # After a mail the difference shrinks from 2 points to 0.1 and the lift stays 20 %.
    found = check_novelty(context(ages=ages(lambda day: 0.1 / (1 + day) ** 1.15, lambda day: 0.2)))
    assert found is None


def test_the_p_value_is_that_of_two_independent_means():
    found = check_novelty(context(ages=ages(flat, lambda day: 0.3 if day < 3 else 0.1)))

    def variance(lift):
        # Of the log of a rate r of n units: (1 - r) / r / n, with n / (n - 1) for the sample's.
        rates = (0.05, 0.05 * (1 + lift))
        return sum((1 - rate) / rate / 19_999 for rate in rates)

    error = math.sqrt(variance(0.3) / 3 + variance(0.1) / 11)
    z = math.log(1.3 / 1.1) / error
    assert found.evidence["p_value.urgency"] == pytest.approx(math.erfc(z / 2**0.5), rel=1e-9)


def test_less_than_a_week_of_days_says_nothing():
    assert check_novelty(context(ages=ages(flat, early, days=6))) is None
    assert check_novelty(context(ages=ages(flat, early, days=7))) is not None


def test_days_with_hardly_an_event_do_not_count():
    # Eight events of 20,000 units: a relative error of 0.35.
    rare = ages(lambda day: 0.05 if day < 6 else 0.0004, early, days=14)
    assert check_novelty(context(ages=rare)) is None


def test_more_arms_need_a_stronger_sign():
    # z = log(1.1 / 1.0067) / 0.0328 = 2.7, p = 0.0069: below 1 %, not below half of it.
    one = ages(flat, lambda day: 0.1 if day < 3 else 0.0067, days=7)
    two = one | ages(flat, lambda day: 0.0, days=7, arm="curiosity")
    assert check_novelty(context(ages=one)).evidence["p_value.urgency"] == pytest.approx(
        0.0069, abs=0.0002
    )
    assert check_novelty(context(arms=(*TWO, CURIOSITY), ages=two)) is None


def test_arms_are_compared_within_periods_of_equal_weights():
    # Each period has a lift of nothing; pooled, the arm of the later period would look better.
    weights = {0: {"control": 0.9, "urgency": 0.1}, 1: {"control": 0.1, "urgency": 0.9}}
    samples = {
        Slice(of=day, arm=arm, period=period): share(rate, units)
        for day in range(14)
        for period, rate, sizes in (
            (0, 0.05 if day < 3 else 0.02, (90_000, 10_000)),
            (1, 0.05 if day < 3 else 0.08, (10_000, 90_000)),
        )
        for arm, units in zip(("control", "urgency"), sizes, strict=True)
    }
    assert check_novelty(context(ages=samples, weights=weights)) is None
    assert check_novelty(context(ages=samples)) is not None


def test_no_days_at_all_are_no_finding():
    assert check_novelty(context()) is None
