from datetime import timedelta

import numpy as np
import pytest

from audience.models import Membership
from campaigns.selectors.plan_features import (
    BEHAVIOUR,
    UNKNOWN,
    encoding_for,
    known_at,
    protected_of,
)
from campaigns.selectors.plan_people import known_now, left_out, plannable
from campaigns.selectors.plan_trials import past_units
from campaigns.services import plan_create
from core.errors import DomainError
from events.models import Event
from privacy.models import Consent, ConsentPurpose
from privacy.services import suppression_add
from tests.factories import audience as audience_make
from tests.factories import plans as make

pytestmark = pytest.mark.django_db
NAMES = [feature.name for feature in BEHAVIOUR]


def behaviour(known, row, name):
    return known.behaviour[row, NAMES.index(name)]


@pytest.fixture
def contacts():
    return make.people(total=40)


@pytest.fixture
def plan(contacts, owner):
    source = make.experiment(contacts)
    return plan_create(make.draft(), [source], actor=owner)


def test_only_what_was_before_the_moment_counts():
    ann = audience_make.contact("ann")
    day = timedelta(days=1)
    Event.objects.bulk_create(
        [
            make.order("ann", make.NOW - 400 * day, "1000"),
            make.order("ann", make.NOW - 60 * day, "30"),
            make.order("ann", make.NOW - 10 * day, "12.5"),
            make.order("ann", make.NOW, "500"),
            make.order("ann", make.NOW + day, "500"),
        ]
    )
    audience_make.text("Lovely", by=ann, rating=5, occurred_at=make.NOW - day)
    audience_make.text("Awful", by=ann, rating=1, occurred_at=make.NOW + day)
    known = known_at(
        "SELECT %s::bigint AS contact_id, %s::timestamptz AS at, 1 AS place",
        (ann.pk, make.NOW), goal="Order Completed",
    )  # fmt: skip
    assert known.behaviour.tolist() == [
        [1.0, 2.0, 42.5, pytest.approx(10), 1.0, pytest.approx(10), 1.0, 5.0]
    ]


def test_who_did_nothing_has_ages_of_two_years():
    ann = audience_make.contact("ann")
    known = known_at(
        "SELECT %s::bigint AS contact_id, %s::timestamptz AS at, 1 AS place",
        (ann.pk, make.NOW), goal="Order Completed",
    )  # fmt: skip
    assert behaviour(known, 0, "days since the last order") == 730
    assert behaviour(known, 0, "stars given on average") == 3


def test_units_of_an_experiment_are_as_they_were_when_assigned(plan, contacts):
    experiment = plan.actions.first().arm.experiment
    arms = list(experiment.arms.order_by("position"))
    units = past_units(experiment, arms, plan, now=make.NOW)
    assert sorted(units.known.unit_ids) == sorted(one.external_id for one in contacts)
    by_unit = dict(experiment.exposures.values_list("unit_id", "arm__position"))
    assert units.arms.tolist() == [by_unit[unit] for unit in units.known.unit_ids]
    assert units.chances[0].tolist() == pytest.approx([0.4, 0.3, 0.3])
    paid = dict(
        Event.objects.filter(occurred_at__gt=make.STARTED_AT).values_list("unit_id", "value")
    )
    assert units.paid == pytest.approx([float(paid[unit]) for unit in units.known.unit_ids])
    before = Event.objects.filter(occurred_at__lt=make.STARTED_AT)
    ordered = [before.filter(unit_id=unit).count() for unit in units.known.unit_ids]
    row = NAMES.index("orders in the last year")
    assert units.known.behaviour[:, row].tolist() == ordered


def test_what_came_after_the_assignment_is_no_feature(plan, contacts):
    experiment = plan.actions.first().arm.experiment
    arms = list(experiment.arms.order_by("position"))
    before = past_units(experiment, arms, plan, now=make.NOW)
    Event.objects.bulk_create(
        make.order(one.external_id, make.STARTED_AT + timedelta(days=days), "999")
        for one in contacts
        for days in (0, 1, 8)
    )
    after = past_units(experiment, arms, plan, now=make.NOW)
    assert np.array_equal(after.known.behaviour, before.known.behaviour)
    assert after.paid - before.paid == pytest.approx(2 * 999)


def test_what_programs_did_counts_nowhere(plan, contacts):
    experiment = plan.actions.first().arm.experiment
    arms = list(experiment.arms.order_by("position"))
    asked = past_units(experiment, arms, plan, now=make.NOW)
    clicks = [
        make.order(one.external_id, make.STARTED_AT + timedelta(days=days), "999")
        for one in contacts
        for days in (-1, 1)
    ]
    for click in clicks:
        click.bot_reasons = ["opened_at_once"]
    Event.objects.bulk_create(clicks)

    again = past_units(experiment, arms, plan, now=make.NOW)

    assert np.array_equal(again.paid, asked.paid)
    assert np.array_equal(again.known.behaviour, asked.known.behaviour)


def test_a_goal_that_nobody_reached_is_named(plan):
    plan.goal_event = "Order completed"
    experiment = plan.actions.first().arm.experiment
    with pytest.raises(DomainError, match="nobody in “Spring” did “Order completed” within 7"):
        past_units(experiment, list(experiment.arms.all()), plan, now=make.NOW)


def test_a_conversion_may_have_a_value_of_its_own(plan):
    experiment = plan.actions.first().arm.experiment
    plan.value_per_conversion = 7
    units = past_units(experiment, list(experiment.arms.all()), plan, now=make.NOW)
    assert set(units.paid.tolist()) == {7.0}


def test_units_whose_window_is_open_are_left_out(plan):
    experiment = plan.actions.first().arm.experiment
    with pytest.raises(DomainError, match="wait, or shorten the window"):
        past_units(experiment, list(experiment.arms.all()), plan,
                   now=make.STARTED_AT + timedelta(days=6))  # fmt: skip


def test_chances_are_those_of_the_period(plan):
    experiment = plan.actions.first().arm.experiment
    experiment.weight_changes.create(
        period=1, weights={"control": 0.2, "letter": 0.2, "ten": 0.6}, reason="more",
        created_at=make.STARTED_AT,
    )  # fmt: skip
    late = experiment.exposures.order_by("pk")[:5]
    experiment.exposures.filter(pk__in=[one.pk for one in late]).update(period=1)
    units = past_units(experiment, list(experiment.arms.order_by("position")), plan, now=make.NOW)
    assert units.chances[:5].tolist() == [pytest.approx([0.2, 0.2, 0.6])] * 5
    assert units.chances[5:].tolist() == [pytest.approx([0.4, 0.3, 0.3])] * 35


def test_an_arm_without_traffic_is_no_source(plan):
    experiment = plan.actions.first().arm.experiment
    experiment.weight_changes.filter(period=0).update(
        weights={"control": 0.5, "letter": 0.5, "ten": 0}
    )
    with pytest.raises(DomainError, match="no traffic for a time"):
        past_units(experiment, list(experiment.arms.all()), plan, now=make.NOW)


def test_who_may_not_be_written_to_is_not_planned_for(plan, contacts, settings):
    settings.CONSENT_REQUIRED = ["profiling"]
    suppression_add(contacts[0].subject_id, reason="unsubscribed")
    suppression_add(contacts[1].subject_id, reason="bounced", channel="email")
    suppression_add(contacts[2].subject_id, reason="manual", channel="sms")
    Consent.objects.filter(subject_id=contacts[3].subject_id).delete()
    Consent.objects.create(
        subject_id=contacts[4].subject_id, purpose=ConsentPurpose.EMAIL, is_given=False,
        since=make.NOW,
    )  # fmt: skip
    left = {contacts[place].pk for place in (0, 1, 3, 4)}
    assert (
        set(plannable(plan, now=make.NOW).values_list("pk", flat=True))
        == {one.pk for one in contacts} - left
    )
    assert left_out(plan, now=make.NOW) == {
        "may not be written to": 2,
        "did not agree to email": 1,
        "did not agree to profiling": 1,
    }


def test_the_cap_on_messages_counts_deliveries_and_exposures(plan, contacts):
    plan.most_messages, plan.message_days = 2, 7
    for place, times in ((0, 1), (1, 2), (2, 3)):
        Event.objects.bulk_create(
            Event(
                source="tool", message_id=f"d{place}-{number}", kind="track",
                name="Email Delivered", unit_id=contacts[place].external_id,
                occurred_at=make.NOW - timedelta(days=number + 1),
            )
            for number in range(times)
        )  # fmt: skip
    found = set(plannable(plan, now=make.NOW).values_list("pk", flat=True))
    assert {one.pk for one in contacts} - found == {contacts[1].pk, contacts[2].pk}
    plan.most_messages = 1
    assert plannable(plan, now=make.STARTED_AT + timedelta(days=1)).count() == 0


def test_a_segment_bounds_a_plan(plan, contacts):
    segment = audience_make.rule_segment({"attribute": "club", "is": "gold"})
    Membership.objects.create(segment=segment, contact=contacts[5])
    plan.segment = segment
    known = known_now(plan, now=make.NOW)
    assert known.contact_ids.tolist() == [contacts[5].pk]


def test_attributes_become_numbers_or_yes_and_no(plan):
    known = known_now(plan, now=make.NOW)
    encoding = encoding_for(known, ["club", "visits", "nothing"])
    names = [feature.name for feature in encoding.names]
    assert names[len(BEHAVIOUR) :] == ["visits", "club is gold", "club is none"]
    table = encoding.table(known)
    assert table[:, -3].tolist() == [each["visits"] for each in known.attributes]
    assert np.array_equal(table[:, -2], 1 - table[:, -1])


def test_protected_attributes_come_in_groups(plan, contacts):
    contacts[0].attributes = {"age": 70}
    contacts[0].save()
    known = known_now(plan, now=make.NOW)
    age, gender = protected_of(known, ["age", "gender", "religion"])
    assert age.name == "age"
    assert set(age.labels) <= {
        "24 or younger", "25 to 34", "35 to 44", "45 to 54", "55 to 64", "65 and over",
    }  # fmt: skip
    assert age.labels[age.codes[0]] == "65 and over"
    assert set(gender.labels) == {"man", "woman", UNKNOWN}
