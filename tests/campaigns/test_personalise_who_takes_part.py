"""Forced, sticky, holdouts, layer, coverage, hash: what each of them makes of an answer."""

import pytest
from django.test import override_settings

from campaigns import live_plans, services
from campaigns.personalise import decide
from experiments.models import Exposure, UnknownArm
from experiments.services import (
    experiment_reweigh,
    experiment_slice_set,
    forced_arm_set,
    holdout_create,
    layer_create,
)
from tests.factories import campaigns as make

pytestmark = pytest.mark.django_db
NOW = make.NOON
# A layer has a thousand places: between this one and 1 lies none.
NOBODYS = 0.9999


@pytest.fixture
def knits():
    return make.segment("knits")


@pytest.fixture
def people(knits):
    return [make.contact(segments=[knits], first_name="Grace").external_id for _ in range(40)]


def launched(owner, knits, **settings):
    return make.live_campaign(owner, segments=[knits], launch=settings)


def answers(campaign, people, **asked):
    live_plans.forget_all()
    return [decide(campaign.key, person, now=NOW, **asked) for person in people]


def assert_control_and_not_exposed(decision, *, reason, holdout):
    assert (decision.arm, decision.reason, decision.holdout) == ("control", reason, holdout)
    assert (decision.fallback, decision.assignment, decision.segment) == (False, "", "knits")
    assert decision.content.subject == "Grace, your spring dress is here"
    assert not Exposure.objects.exists()


def test_the_global_holdout_gets_the_control_and_is_told(owner, knits, people):
    live = launched(owner, knits)
    holdout_create(key="2026", name="Year", share=1.0, actor=owner)
    (decision,) = answers(live, people[:1])
    assert_control_and_not_exposed(decision, reason="global_holdout", holdout=True)


def test_the_experiments_own_holdout_gets_the_control_and_is_told(owner, knits, people):
    live = launched(owner, knits, holdout_share=1.0)
    (decision,) = answers(live, people[:1])
    assert_control_and_not_exposed(decision, reason="holdout", holdout=True)


def test_who_is_outside_the_slice_of_the_layer_gets_the_control(owner, knits, people):
    layer = layer_create(key="inbox", name="Inbox", actor=owner)
    live = launched(owner, knits, layer=layer, layer_start=NOBODYS)
    (decision,) = answers(live, people[:1])
    assert_control_and_not_exposed(decision, reason="outside_layer", holdout=False)


def test_who_does_not_take_part_yet_gets_the_control(owner, knits, people):
    live = launched(owner, knits, coverage=0.0)
    (decision,) = answers(live, people[:1])
    assert_control_and_not_exposed(decision, reason="not_covered", holdout=False)


def test_the_first_that_applies_ends_the_matter(owner, knits, people):
    layer = layer_create(key="inbox", name="Inbox", actor=owner)
    live = launched(owner, knits, layer=layer, layer_start=NOBODYS, holdout_share=1.0, coverage=0.0)
    (own,) = answers(live, people[:1])
    holdout_create(key="2026", name="Year", share=1.0, actor=owner)
    (everybodys,) = answers(live, people[:1])
    forced_arm_set(live.experiment, people[0], arm_key="curiosity", actor=owner)
    (forced,) = answers(live, people[:1])
    assert [own.reason, everybodys.reason, forced.reason] == [
        "holdout",
        "global_holdout",
        "forced",
    ]


def test_a_ramp_lets_people_in_and_moves_nobody(owner, knits, people):
    live = launched(owner, knits, coverage=0.3)
    few = {one.assignment: one.arm for one in answers(live, people) if one.assignment}
    services.campaign_ramp(live, coverage=1.0, actor=owner, now=NOW)
    everybody = {one.assignment: one.arm for one in answers(live, people)}
    assert 0 < len(few) < len(everybody) == len(people)
    assert few.items() <= everybody.items()
    assert set(Exposure.objects.values_list("period", flat=True)) == {0, 1}


def test_who_was_given_a_copy_keeps_it_through_weights_holdout_layer_and_ramp(owner, knits, people):
    live = launched(owner, knits)
    before = answers(live, people)
    experiment_reweigh(
        live.experiment,
        weights={"control": 0.0, "urgency": 0.0, "curiosity": 1.0},
        reason="a test",
        now=NOW,
        actor=owner,
    )
    services.campaign_ramp(live, coverage=0.0, actor=owner, now=NOW)
    holdout_create(key="2026", name="Year", share=1.0, actor=owner)
    layer = layer_create(key="inbox", name="Inbox", actor=owner)
    experiment_slice_set(live.experiment, layer=layer, start=NOBODYS, actor=owner)
    assert answers(live, people) == before
    assert len({one.arm for one in before}) == 3


def test_a_forced_contact_sees_the_arm_and_is_never_counted(owner, knits, people):
    live = launched(owner, knits)
    forced_arm_set(live.experiment, people[0], arm_key="curiosity", actor=owner)
    first, again = answers(live, [people[0]] * 2)
    assert (first.arm, first.reason, first.assignment) == ("curiosity", "forced", "")
    assert (first.fallback, first.segment) == (False, "knits")
    assert first == again
    assert not Exposure.objects.exists()


def test_a_forced_contact_in_no_segment_sees_the_wording_of_the_first(owner, knits):
    live = launched(owner, knits)
    tester = make.contact().external_id
    forced_arm_set(live.experiment, tester, arm_key="urgency", actor=owner)
    (decision,) = answers(live, [tester])
    assert (decision.arm, decision.segment, decision.reason) == ("urgency", "knits", "forced")


@override_settings(DECIDE_PLAN_SECONDS=60)
def test_a_contact_forced_since_the_plan_was_read_is_not_counted(owner, knits, people):
    live = launched(owner, knits)
    live_plans.current(live.key)
    forced_arm_set(live.experiment, people[0], arm_key="curiosity", actor=owner)
    decisions = [decide(live.key, people[0], now=NOW) for _ in range(2)]
    assert [one.reason for one in decisions] == ["experiment_not_running", "forced"]
    assert not Exposure.objects.exists()


@pytest.mark.parametrize("is_told", [True, False])
def test_a_tool_that_splits_is_held_out_too(owner, knits, people, is_told):
    live = launched(owner, knits, assignment="external", holdout_share=1.0)
    (decision,) = answers(live, people[:1], arm="urgency" if is_told else None)
    assert_control_and_not_exposed(decision, reason="holdout", holdout=True)


def test_an_arm_nobody_has_is_counted_for_the_check_of_arms(owner, knits, people):
    live = launched(owner, knits, assignment="external")
    answers(live, people[:3], arm="nonsense")
    assert UnknownArm.objects.values_list("experiment__key", "key", "times").get() == (
        live.key,
        "nonsense",
        3,
    )


def test_another_arm_than_the_stored_one_is_noted_and_changes_nothing(owner, knits, people):
    live = launched(owner, knits, assignment="external")
    (first,) = answers(live, people[:1], arm="urgency")
    (second,) = answers(live, people[:1], arm="curiosity")
    assert (second.arm, second.variant_id) == (first.arm, first.variant_id)
    assert Exposure.objects.get().has_other_arm


@override_settings(DECIDE_PLAN_SECONDS=60)
def test_an_arm_is_noted_once_and_the_normal_case_asks_the_database_once(
    owner, knits, people, django_assert_num_queries
):
    live = launched(owner, knits, assignment="external")
    decide(live.key, people[0], now=NOW, arm="urgency")
    with django_assert_num_queries(1):
        decide(live.key, people[0], now=NOW, arm="urgency")
    with django_assert_num_queries(2):
        decide(live.key, people[0], now=NOW, arm="control")
    with django_assert_num_queries(1):
        decide(live.key, people[0], now=NOW, arm="control")


@override_settings(DECIDE_PLAN_SECONDS=60)
def test_who_is_kept_out_costs_one_round_trip(owner, knits, people, django_assert_num_queries):
    live = launched(owner, knits, coverage=0.0)
    live_plans.current(live.key)
    with django_assert_num_queries(1):
        decide(live.key, people[0], now=NOW)
