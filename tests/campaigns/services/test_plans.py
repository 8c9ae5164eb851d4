"""A plan from the experiment it learns from to the proof of what it brought."""

from datetime import timedelta
from decimal import Decimal

import numpy as np
import pytest

from audience.models import Contact, Segment
from campaigns import services, tasks
from campaigns.errors import NotPermitted, PlanClosed
from campaigns.models import Plan, PlanContact
from campaigns.selectors.plans import planned_people
from core.errors import InputRefused
from core.models import AuditEntry
from events.models import Event
from experiments.assignment import arms_for
from experiments.models import Exposure, Holdout
from tests.factories import catalog as catalog_make
from tests.factories import plans as make
from tests.factories.audience import rule_segment

pytestmark = pytest.mark.django_db


@pytest.fixture
def source():
    return make.experiment(make.people())


def drafted(source, actor, **fields):
    newcomers = Segment.objects.filter(key="newcomers").first() or make.newcomers()
    made = make.draft(**{"segment": newcomers, **fields})
    plan = services.plan_create(made, [source], actor=actor)
    ten = plan.actions.get(arm__key="ten")
    ten.discount = 0.1
    services.plan_change(plan, [ten], actor=actor)
    return plan


def proposed(source, actor, **fields):
    plan = drafted(source, actor, **fields)
    services.plan_propose(plan, actor=actor, now=make.NOW, random_state=1)
    services.plan_work(plan.pk, now=make.NOW)
    plan.refresh_from_db()
    return plan


def running(source, actor, **fields):
    plan = proposed(source, actor, **fields)
    services.plan_approve(plan, actor=actor, now=make.NOW)
    services.plan_start(plan, actor=actor, now=make.NOW)
    plan.refresh_from_db()
    return plan


def test_each_gets_what_moves_them(source, owner):
    plan = proposed(source, owner)
    assert (plan.status, plan.error, plan.done) == ("proposed", "", 100)
    rows = plan.contacts.filter(is_held_out=False).select_related("contact")
    right = [row.position == 2 - int(row.contact.external_id[1:]) % 2 for row in rows]
    assert np.mean(right) > 0.95
    value = plan.results["value"]
    # A letter keeps half of 30 less .10; the discount keeps 44 % of about 40, less half of 20.
    per_person = ((15 - 0.1) + (4 / 9 * 40 - 10 - 0.1)) / 2
    assert value["low"] < len(right) * per_person < value["high"]
    assert value["low"] > 0
    assert any("in the last year" in one["sentence"] for one in plan.results["segments"])
    assert plan.results["is_fair"]
    assert {one["attribute"] for one in plan.results["treatment"]} == {"age", "gender"}


def test_counts_add_up(source, owner):
    plan = proposed(source, owner, most_contacts=150)
    results, rows = plan.results, plan.contacts
    assert results["people"] + results["held_out"] == rows.count() == 300
    assert results["reached"] == 150 == rows.filter(position__gt=0).count()
    assert sum(action.people for action in plan.actions.all()) == 150
    assert sum(row.cost for row in rows.all()) == pytest.approx(results["spent"])
    assert sum(row.expected_profit for row in rows.all()) == pytest.approx(results["predicted"])
    assert not rows.filter(is_held_out=True, position__gt=0).exists()


def test_a_budget_holds(source, owner):
    plan = proposed(source, owner, budget=Decimal("100"))
    assert 95 < plan.results["spent"] <= 100


def test_the_same_state_makes_the_same_plan(source, owner):
    plan = proposed(source, owner, most_contacts=100)
    first = list(plan.contacts.order_by("contact").values_list("position", flat=True))
    services.plan_propose(plan, actor=owner, now=make.NOW, random_state=1)
    services.plan_work(plan.pk, now=make.NOW)
    again = list(plan.contacts.order_by("contact").values_list("position", flat=True))
    assert first == again


def test_the_holdout_is_a_share_by_the_experiment_s_own_hash(source, owner):
    plan = proposed(source, owner, holdout_share=0.2)
    rows = plan.contacts.values_list("contact__external_id", "is_held_out").order_by("pk")
    units, held = zip(*rows, strict=True)
    hashed = arms_for(list(units), salt=f"plan:{plan.key}:{plan.pk}", weights=[0.2, 0.8])
    assert [one == 0 for one in hashed] == list(held)
    assert np.mean(held) == pytest.approx(0.2, abs=0.05)


def test_whom_no_experiment_gets_the_plan_does_not_get_either(source, owner):
    Holdout.objects.create(key="all", name="All", share=0.5)
    plan = proposed(source, owner)
    assert plan.results["held_out"] > 0.4 * 300


def test_where_nobody_differs_the_plan_says_so(owner):
    source = make.experiment(make.people(), differs=False)
    plan = proposed(source, owner)
    assert "No difference between people was found" in plan.results["warnings"][0]
    positions = set(plan.contacts.filter(is_held_out=False).values_list("position", flat=True))
    assert len(positions) == 1


def test_a_discount_that_eats_the_margin_is_refused(source, owner):
    plan = services.plan_create(make.draft(margin=0.2), [source], actor=owner)
    ten = plan.actions.get(arm__key="ten")
    ten.offer = catalog_make.offer(kind="percent", percent=10, least_margin=Decimal("0.15"))
    with pytest.raises(InputRefused, match="Take a smaller discount"):
        services.plan_change(plan, [ten], actor=owner)


def test_an_offer_s_own_percent_is_the_discount(source, owner):
    plan = services.plan_create(make.draft(), [source], actor=owner)
    ten = plan.actions.get(arm__key="ten")
    ten.offer, ten.discount = catalog_make.offer(kind="percent", percent=10), 0.0
    services.plan_change(plan, [ten], actor=owner)
    services.plan_propose(plan, actor=owner, now=make.NOW)
    services.plan_work(plan.pk, now=make.NOW)
    row = plan.contacts.filter(position=2).first()
    assert row.cost > 3


def test_a_protected_attribute_is_no_feature(source, owner, settings):
    settings.PROTECTED_ATTRIBUTES = ["age", "club"]
    with pytest.raises(InputRefused, match="club is protected"):
        services.plan_create(make.draft(attribute_names=["visits", "club"]), [source], actor=owner)


def test_what_became_protected_since_the_draft_is_no_feature_either(source, owner, settings):
    plan = drafted(source, owner, attribute_names=["club"])
    settings.PROTECTED_ATTRIBUTES = ["club"]
    with pytest.raises(InputRefused, match="club is protected"):
        services.plan_propose(plan, actor=owner, now=make.NOW)


def test_only_finished_experiments_teach(owner, source):
    source.status = "running"
    source.save()
    with pytest.raises(InputRefused, match="finish it first"):
        services.plan_create(make.draft(), [source], actor=owner)
    with pytest.raises(InputRefused, match="choose one or more"):
        services.plan_create(make.draft(), [], actor=owner)


def test_what_cannot_be_worked_out_is_said_on_the_plan(source, owner):
    plan = drafted(source, owner, window_days=60)
    services.plan_propose(plan, actor=owner, now=make.NOW)
    tasks.plan_work(plan.pk)
    plan.refresh_from_db()
    assert plan.status == "proposed"
    services.plan_propose(plan, actor=owner, now=make.NOW)
    services.plan_work(plan.pk, now=make.NOW)
    plan.refresh_from_db()
    assert "shorten the window" in plan.error
    assert not plan.is_working


def failed(source, actor, **fields):
    plan = drafted(source, actor, **fields)
    services.plan_propose(plan, actor=actor, now=make.NOW)
    services.plan_work(plan.pk, now=make.NOW)
    plan.refresh_from_db()
    assert not plan.is_working
    return plan.error


def test_a_plan_for_nobody_says_why(source, owner, settings):
    empty = rule_segment({"attribute": "club", "is": "silver"}, key="empty")
    assert "nobody is in “Empty”: build the segment" in failed(source, owner, segment=empty)
    settings.CONSENT_REQUIRED = ["email"]
    assert failed(source, owner) == (
        "of 300 people none may be planned for: 300 did not agree to email"
    )
    Contact.objects.all().delete()
    assert failed(source, owner, segment=None) == "there are no contacts to plan for: import some"


def test_what_nobody_foresaw_ends_the_work_and_is_raised(source, owner, monkeypatch):
    def broken(*_args, **_options):
        raise ZeroDivisionError

    monkeypatch.setattr("campaigns.strategy.make_plan", broken)
    with pytest.raises(ZeroDivisionError):
        failed(source, owner)
    plan = Plan.objects.get()
    assert (plan.is_working, plan.done) == (False, 0)
    assert "the worker's log says what" in plan.error


def test_arms_of_one_name_are_told_apart(source, owner):
    other = make.experiment(list(Contact.objects.all()), key="autumn", seed=5)
    plan = services.plan_create(make.draft(), [source, other], actor=owner)
    names = list(plan.actions.order_by("position").values_list("name", flat=True))
    assert names == [
        "A letter (Spring)", "10 % off (Spring)", "A letter (Autumn)", "10 % off (Autumn)",
    ]  # fmt: skip
    last = plan.actions.get(position=4)
    last.name = "A letter (Spring)"
    with pytest.raises(InputRefused, match="2 actions are called “A letter"):
        services.plan_change(plan, [last], actor=owner)


def test_work_is_done_once(source, owner):
    plan = drafted(source, owner)
    services.plan_propose(plan, actor=owner, now=make.NOW)
    with pytest.raises(PlanClosed, match="already"):
        services.plan_propose(plan, actor=owner, now=make.NOW)
    Plan.objects.filter(pk=plan.pk).update(claimed_at=make.NOW)
    services.plan_work(plan.pk, now=make.NOW + timedelta(seconds=10))
    plan.refresh_from_db()
    assert plan.status == "draft"
    services.plan_work(plan.pk, now=make.NOW + timedelta(hours=1))
    plan.refresh_from_db()
    assert plan.status == "proposed"


def test_work_that_was_lost_is_woken_again(
    source, owner, django_capture_on_commit_callbacks, monkeypatch
):
    sent = []
    monkeypatch.setattr(
        "core.jobs.current_app.send_task", lambda name, kwargs: sent.append((name, kwargs))
    )
    plan = drafted(source, owner)
    with django_capture_on_commit_callbacks(execute=True):
        services.plan_propose(plan, actor=owner, now=make.NOW)
        services.plans_sweep(now=make.NOW)
    assert sent == [("campaigns.tasks.plan_work", {"plan_id": plan.pk})] * 2


def test_a_change_takes_back_what_was_proposed(source, owner):
    plan = proposed(source, owner)
    plan.most_contacts = 10
    services.plan_change(plan, [], actor=owner)
    plan.refresh_from_db()
    assert (plan.status, plan.results, plan.contacts.count()) == ("draft", {}, 0)


def test_approval_takes_a_right_and_fairness(source, owner, teammate):
    plan = proposed(source, owner)
    with pytest.raises(NotPermitted, match="approve_plan"):
        services.plan_approve(plan, actor=teammate, now=make.NOW)
    Plan.objects.filter(pk=plan.pk).update(results=plan.results | {"is_fair": False})
    with pytest.raises(PlanClosed, match="protected groups"):
        services.plan_approve(plan, actor=owner, now=make.NOW)
    Plan.objects.filter(pk=plan.pk).update(results=plan.results)
    services.plan_approve(plan, actor=owner, now=make.NOW)
    plan.refresh_from_db()
    assert (plan.status, plan.approved_by) == ("approved", owner)
    with pytest.raises(PlanClosed, match="must be proposed"):
        services.plan_approve(plan, actor=owner, now=make.NOW)


def test_an_unfair_plan_is_mended_or_said_to_be_unfair(owner):
    """Men order often, so the letter is for men, and few messages go to the best."""
    source = make.experiment(make.people())
    make.newcomers()
    contacts = list(Contact.objects.all())
    for one in contacts:
        one.attributes["gender"] = "man" if int(one.external_id[1:]) % 2 else "woman"
    Contact.objects.bulk_update(contacts, ["attributes"])
    unfair = proposed(source, owner, most_contacts=100, is_mended=False)
    assert not unfair.results["is_fair"]
    assert any("gender man" in warning for warning in unfair.results["warnings"])
    with pytest.raises(PlanClosed):
        services.plan_approve(unfair, actor=owner, now=make.NOW)
    mended = proposed(source, owner, most_contacts=100, is_mended=True)
    assert mended.results["is_fair"]
    assert mended.results["was_mended"]
    assert mended.results["price_of_fairness"] > 0
    groups = {
        one["group"]: one for one in mended.results["treatment"] if one["attribute"] == "gender"
    }
    assert groups["man"]["reached"] == pytest.approx(groups["woman"]["reached"], abs=0.1)


def test_a_start_makes_the_experiment_and_the_segments(source, owner):
    plan = running(source, owner)
    experiment = plan.experiment
    assert (plan.status, experiment.status) == ("running", "running")
    exposed = dict(
        Exposure.objects.filter(experiment=experiment).values_list("unit_id", "arm__key")
    )
    held = dict(plan.contacts.values_list("contact__external_id", "is_held_out"))
    assert exposed == {unit: "holdout" if is_held else "plan" for unit, is_held in held.items()}
    for action in plan.actions.all():
        members = set(action.segment.memberships.values_list("contact_id", flat=True))
        given = plan.contacts.filter(position=action.position)
        assert members == set(given.values_list("contact_id", flat=True))
        assert action.segment.size == action.people


def test_a_later_plan_takes_people_over(source, owner):
    first = running(source, owner)
    services.plan_prove(first, actor=owner, now=make.NOW + timedelta(days=9))
    second = running(source, owner, most_contacts=50)
    marks = [one.attributes.get("plan_action", "") for one in Contact.objects.all()]
    assert sum(mark.startswith(f"{second.key}/") for mark in marks) == 50
    assert sum(mark != "" for mark in marks) == 50


def test_a_start_finds_its_way_round_keys_that_are_taken(source, owner):
    plan = proposed(source, owner)
    rule_segment({"everyone": True}, key=f"plan-{plan.key}-1")
    make.experiment(make.people(20, prefix="other"), key=f"plan-{plan.key}")
    services.plan_approve(plan, actor=owner, now=make.NOW)
    experiment = services.plan_start(plan, actor=owner, now=make.NOW)
    assert experiment.key == f"plan-{plan.key}-2"
    assert {action.segment.key for action in plan.actions.all()} == {
        f"plan-{plan.key}-1-2",
        f"plan-{plan.key}-2",
    }


def test_where_the_control_was_a_message_nobody_is_left_alone(source, owner):
    plan = proposed(source, owner, control_is_message=True, most_contacts=50)
    told = " ".join(one["sentence"] for one in plan.results["segments"])
    assert "get the usual message" in told
    assert "left alone" not in told
    others = planned_people(plan, position=0)
    assert {one.action for one in others} == {"the usual message"}
    assert not any("alone" in one.reason for one in others)


def test_a_budget_of_nothing_reaches_nobody_whom_it_costs(source, owner):
    plan = proposed(source, owner, budget=Decimal(0))
    assert (plan.status, plan.results["reached"], plan.results["spent"]) == ("proposed", 0, 0)
    assert plan.results["value"]["value"] == 0


def test_a_proof_ends_with_figures_that_stand(source, owner):
    plan = running(source, owner)
    services.plan_prove(plan, actor=owner, now=make.NOW + timedelta(days=9))
    plan.refresh_from_db()
    assert (plan.status, plan.experiment.status) == ("proven", "decided")
    assert plan.experiment.analyses.count() == 1


def test_everything_is_in_the_audit_trail(source, owner):
    plan = running(source, owner)
    services.plan_prove(plan, actor=owner, now=make.NOW + timedelta(days=9))
    actions = set(
        AuditEntry.objects.filter(target_type="campaigns.plan").values_list("action", flat=True)
    )
    assert actions == {
        "plan_create", "plan_change", "plan_propose", "plan_approve", "plan_start", "plan_prove",
    }  # fmt: skip


def test_an_erased_contact_leaves_the_plan(source, owner):
    plan = proposed(source, owner)
    gone = plan.contacts.first()
    gone.contact.delete()
    assert not PlanContact.objects.filter(pk=gone.pk).exists()


def test_an_offer_is_planned_for_nobody_who_has_used_it(source, owner):
    plan = drafted(source, owner)
    ten = plan.actions.get(arm__key="ten")
    ten.offer = catalog_make.offer(kind="percent", percent=10, uses_per_contact=1, code="TEN")
    services.plan_change(plan, [ten], actor=owner)
    units = list(Contact.objects.order_by("pk").values_list("external_id", flat=True))
    spent = set(units[::3])
    Event.objects.bulk_create(
        Event(
            source="till", message_id=f"used-{unit}", kind="track", name="Order Completed",
            unit_id=unit, occurred_at=make.NOW, value=1, properties={"coupon": "ten"},
        )
        for unit in spent
    )  # fmt: skip

    services.plan_propose(plan, actor=owner, now=make.NOW, random_state=1)
    services.plan_work(plan.pk, now=make.NOW)

    plan.refresh_from_db()
    people = plan.contacts.filter(is_held_out=False)
    given = people.filter(position=ten.position).values_list("contact__external_id", flat=True)
    planned = set(people.values_list("contact__external_id", flat=True))
    assert given
    assert not spent & set(given)
    assert plan.results["barred"] == {ten.name: len(spent & planned)}
