"""The proof against SciPy's Welch test on people's own profits."""

from datetime import timedelta

import numpy as np
import pytest
from scipy import stats as scipy_stats

from campaigns.models import PlanContact
from campaigns.selectors.plan_proof import plan_proof
from campaigns.strategy import Action
from events.models import Event
from experiments.services import ArmSpec, experiment_create
from tests.factories import audience as audience_make
from tests.factories import plans as make
from tests.factories.experiments import ORDERS

pytestmark = pytest.mark.django_db
TEN = Action(key="ten", name="10 % off", margin=0.5, discount=0.1, contact_cost=0.1)


@pytest.fixture
def plan():
    experiment = experiment_create(
        key="proof", name="Proof", salt="proof", metrics=[ORDERS],
        arms=[
            ArmSpec(key="holdout", name="Kept", weight=0.1, is_control=True),
            ArmSpec(key="plan", name="Plan", weight=0.9),
        ],
    )  # fmt: skip
    made = make.draft(
        status="running", approved_at=make.NOW, started_at=make.NOW, experiment=experiment
    )
    made.save()
    return made


def bought(plan, *, people=60, seed=4):
    """(held out, position, paid) of each, with their rows and orders stored."""
    rng = np.random.default_rng(seed)
    found = []
    for number in range(people):
        is_held_out, position = number % 3 == 0, 0 if number % 3 == 0 else number % 2
        paid = [round(float(value), 2) for value in rng.uniform(1, 50, size=rng.integers(0, 3))]
        contact = audience_make.contact(f"p{number}")
        PlanContact.objects.create(
            plan=plan, contact=contact, position=position, expected_profit=1.0, cost=1.0, place=0,
            is_held_out=is_held_out,
        )  # fmt: skip
        late = make.order(contact.external_id, make.NOW + timedelta(days=99), "1000")
        early = make.order(contact.external_id, make.NOW - timedelta(days=1), "1000")
        orders = [
            make.order(contact.external_id, make.NOW + timedelta(days=2), str(value))
            for value in paid
        ]
        Event.objects.bulk_create([late, early, *orders])
        found.append((is_held_out, position, sum(paid)))
    return found


def test_the_gain_is_welch_s_of_people_s_own_profits(plan):
    found = bought(plan)
    profit = {
        is_held_out: [
            (TEN.kept * paid - 0.1) if position else 0.5 * paid
            for held, position, paid in found
            if held is is_held_out
        ]
        for is_held_out in (True, False)
    }
    theirs = scipy_stats.ttest_ind(profit[False], profit[True], equal_var=False)
    ours = plan_proof(plan, {1: TEN}, now=make.NOW + timedelta(days=30))
    assert (ours.people, ours.held_out, ours.days, ours.is_over) == (40, 20, 7, True)
    assert ours.per_person.estimate == pytest.approx(np.mean(profit[False]) - np.mean(profit[True]))
    assert ours.per_person.p_value == pytest.approx(theirs.pvalue)
    interval = theirs.confidence_interval(0.95)
    assert (ours.low, ours.high) == pytest.approx((40 * interval.low, 40 * interval.high))


def test_what_programs_did_proves_nothing(plan):
    bought(plan)
    before = plan_proof(plan, {1: TEN}, now=make.NOW + timedelta(days=30))
    click = make.order("p1", make.NOW + timedelta(days=2), "1000")
    click.bot_reasons = ["opened_at_once"]
    click.save()
    assert plan_proof(plan, {1: TEN}, now=make.NOW + timedelta(days=30)) == before


def test_a_sale_may_have_a_worth_of_its_own(plan):
    plan.value_per_conversion = 10
    found = bought(plan)
    ours = plan_proof(plan, {1: TEN}, now=make.NOW + timedelta(days=30))
    held = [0.5 * 10 * (paid > 0) for is_held_out, _, paid in found if is_held_out]
    acted = [
        TEN.kept * 10 * (paid > 0) - 0.1 if position else 0.5 * 10 * (paid > 0)
        for is_held_out, position, paid in found
        if not is_held_out
    ]
    assert ours.per_person.estimate == pytest.approx(np.mean(acted) - np.mean(held))


def test_without_a_sale_there_is_nothing_to_compare(plan):
    PlanContact.objects.create(
        plan=plan, contact=audience_make.contact(), position=0, expected_profit=0, cost=0, place=0,
        is_held_out=True,
    )  # fmt: skip
    assert plan_proof(plan, {1: TEN}, now=make.NOW + timedelta(days=3)).per_person is None


def test_costs_alone_prove_nothing(plan):
    for number in range(30):
        PlanContact.objects.create(
            plan=plan, contact=audience_make.contact(f"p{number}"), position=number % 2,
            expected_profit=0, cost=0, place=0, is_held_out=number % 3 == 0,
        )  # fmt: skip
    assert plan_proof(plan, {1: TEN}, now=make.NOW + timedelta(days=1)).per_person is None


def test_before_the_start_there_is_no_proof():
    plan = make.draft()
    plan.save()
    assert plan_proof(plan, {}, now=make.NOW) is None
