from __future__ import annotations

import pytest

from experiments.stats import (
    Balance,
    Difference,
    Effect,
    Lift,
    Looking,
    Minimums,
    Progress,
    decide,
)

ENOUGH = Progress(smallest_arm=500, units=1000, days=7.0)


def effect(
    arm="urgency", estimate=0.02, p=0.01, *, lower=False, lift=0.2, metric="Orders", kept=None
):
    return Effect(
        arm=arm,
        arm_name=arm.title(),
        metric_name=metric,
        difference=Difference(
            estimate=estimate,
            low=estimate - 0.01,
            high=estimate + 0.01,
            p_value=p,
            confidence=0.95,
            alternative="two-sided",
            standard_error=0.005,
            degrees_of_freedom=float("inf"),
            method="score",
        ),
        p_adjusted=p,
        lift=lift
        and Lift(
            estimate=lift,
            low=lift - 0.1,
            high=lift + 0.1,
            confidence=0.95,
            alternative="two-sided",
        ),
        is_lower_better=lower,
        is_margin_kept=kept,
    )


def verdict(*goal, guardrails=(), balance=None, progress=ENOUGH, planned=None, **options):
    return decide(
        goal=goal,
        guardrails=guardrails,
        balance=balance,
        progress=progress,
        minimums=Minimums(units_per_arm=150, days=3, planned_units=planned),
        **options,
    )


def test_a_better_arm_is_shipped_with_its_lift():
    found = verdict(effect())
    assert (found.kind, found.arm) == ("ship", "urgency")
    assert found.sentence == (
        "Ship Urgency: Orders +20.0% against control for Urgency "
        "(95% interval +10.0% to +30.0%, p = 0.0100)."
    )


def test_without_a_plan_a_winner_comes_with_a_warning():
    assert "looking again and again" in verdict(effect()).reasons[1]
    assert len(verdict(effect(), planned=1000).reasons) == 1


def test_of_two_winners_the_one_that_gained_most_is_shipped():
    assert verdict(effect(), effect("curiosity", 0.05)).arm == "curiosity"


def test_lower_is_better_turns_the_gain():
    fewer = effect(estimate=-0.02, lower=True, lift=None)
    assert verdict(fewer).kind == "ship"
    assert "Orders -0.02 against control" in verdict(fewer).sentence


def test_a_tiny_p_value_is_not_written_out():
    assert "p < 0.0001" in verdict(effect(p=1e-9)).sentence


@pytest.mark.parametrize(
    ("progress", "planned", "said"),
    [
        (Progress(smallest_arm=149, units=400, days=9), None, "149 of 150 people"),
        (Progress(smallest_arm=500, units=1000, days=2.9), None, "2 of 3 days"),
        (Progress(smallest_arm=500, units=1000, days=9), 4000, "1,000 of the 4,000 people"),
    ],
)
def test_no_winner_is_named_before_the_minimum(progress, planned, said):
    found = verdict(effect(p=1e-12), progress=progress, planned=planned)
    assert found.kind == "keep_going"
    assert said in found.sentence


def test_a_failed_split_blocks_every_verdict():
    broken = Balance(p_value=1e-7, expected=(500, 500), is_mismatch=True, method="chi-square")
    found = verdict(effect(p=1e-12), balance=broken)
    assert (found.kind, found.arm) == ("invalid", None)


def test_a_sound_split_blocks_nothing():
    sound = Balance(p_value=0.4, expected=(500, 500), is_mismatch=False, method="chi-square")
    assert verdict(effect(), balance=sound).kind == "ship"


def test_clear_harm_stops_the_test_before_its_end():
    found = verdict(effect(estimate=-0.05, p=1e-5, lift=-0.5), planned=10_000)
    assert (found.kind, found.arm) == ("stop_for_harm", "urgency")


def test_doubtful_harm_does_not_stop_the_test_before_its_end():
    assert verdict(effect(estimate=-0.05, p=0.01), planned=10_000).kind == "keep_going"


def test_harm_among_a_handful_of_people_does_not_stop_the_test():
    few = Progress(smallest_arm=20, units=40, days=1)
    assert verdict(effect(estimate=-0.5, p=1e-6), progress=few).kind == "keep_going"


def test_harm_at_the_end_is_called_harm():
    assert verdict(effect(estimate=-0.02, p=0.01), planned=1000).kind == "stop_for_harm"


def test_a_harmful_arm_does_not_keep_a_winner_back():
    found = verdict(effect("curiosity", -0.03), effect("urgency", 0.03))
    assert (found.kind, found.arm) == ("ship", "urgency")


def test_a_winner_that_hurts_a_guardrail_is_not_shipped():
    unsubscribed = effect(estimate=0.01, p=0.01, lower=True, metric="Unsubscribes")
    found = verdict(effect(), guardrails=[unsubscribed])
    assert (found.kind, found.arm) == ("stop_for_harm", "urgency")
    assert "Unsubscribes" in found.sentence


def test_a_guardrail_that_gained_keeps_nothing_back():
    assert verdict(effect(), guardrails=[effect(metric="Visits")]).kind == "ship"


def test_nothing_found_at_the_planned_end_keeps_control():
    found = verdict(effect(p=0.6), planned=1000)
    assert (found.kind, found.arm) == ("keep_control", None)


def test_nothing_found_without_a_plan_keeps_going():
    assert verdict(effect(p=0.6)).kind == "keep_going"


def test_a_stricter_confidence_finds_less():
    assert verdict(effect(p=0.03), confidence=0.99).kind == "keep_going"


def test_cautions_end_up_among_the_reasons():
    assert verdict(effect(), cautions=["Mind the gap."]).reasons[-1] == "Mind the gap."


def test_trouble_found_elsewhere_blocks_every_verdict_too():
    found = verdict(effect(p=1e-12), blocked="the counting is broken.")
    assert (found.kind, found.sentence) == ("invalid", "No verdict: the counting is broken.")


def test_a_winner_that_may_pass_a_margin_waits_for_more_people():
    doubtful = effect(metric="Unsubscribes", p=0.9, lower=True, kept=False)
    found = verdict(effect(), guardrails=[doubtful])
    assert found.kind == "keep_going"
    assert "not yet shown to keep Unsubscribes within its margin" in found.sentence


def test_a_winner_that_may_pass_a_margin_is_not_shipped_at_the_end():
    doubtful = effect(metric="Unsubscribes", p=0.9, lower=True, kept=False)
    found = verdict(effect(), guardrails=[doubtful], planned=1000)
    assert (found.kind, "shown to do no harm" in found.sentence) == ("keep_control", True)


def test_a_winner_that_keeps_every_margin_is_shipped():
    kept = effect(metric="Unsubscribes", p=0.9, lower=True, kept=True)
    assert verdict(effect(), guardrails=[kept]).kind == "ship"


def test_gains_on_different_goals_are_not_compared():
    visits = effect("curiosity", 0.01, metric="Visits")
    revenue = effect("urgency", 12.0, metric="Revenue")
    assert verdict(visits, revenue).arm == "curiosity"


ANYTIME = Looking(rule="anytime")


def test_a_rule_for_any_time_ships_without_a_warning_before_the_planned_sample():
    found = verdict(effect(), planned=4000, looking=ANYTIME)
    assert (found.kind, len(found.reasons)) == ("ship", 1)


def test_a_rule_for_any_time_stops_harm_at_its_own_level():
    harm = effect(estimate=-0.02, p=0.04)
    early = Progress(smallest_arm=500, units=1000, days=1)
    assert verdict(harm, progress=early, looking=ANYTIME).kind == "stop_for_harm"


def test_a_rule_for_any_time_gives_up_at_the_planned_sample_only():
    assert verdict(effect(p=0.6), planned=4000, looking=ANYTIME).kind == "keep_going"
    assert verdict(effect(p=0.6), planned=1000, looking=ANYTIME).kind == "keep_control"


def test_between_planned_looks_nothing_is_decided():
    between = Looking(rule="group_sequential", is_look=False, next_look=2000)
    found = verdict(effect(p=1e-9), planned=10_000, looking=between)
    assert (found.kind, "1,000 of the 2,000 for the next look" in found.sentence) == (
        "keep_going",
        True,
    )
    harm = verdict(effect(estimate=-0.02, p=1e-9), planned=10_000, looking=between)
    assert harm.kind == "keep_going"


def test_a_planned_look_decides():
    look = Looking(rule="group_sequential", next_look=2000)
    assert verdict(effect(), planned=10_000, looking=look).kind == "ship"
