"""The pages of a plan, from the form to the proof, on a real experiment."""

import pytest
from django.urls import reverse

from campaigns import services
from campaigns.models import Campaign, Plan
from tests.factories import campaigns as campaign_make
from tests.factories import plans as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def source():
    return make.experiment(make.people())


@pytest.fixture
def manager(client, owner):
    client.force_login(owner)
    return client


def typed(**changes):
    return {
        "name": "Summer sale", "channel": "email", "goal_event": "Order Completed",
        "window_days": "7", "margin": "50", "message_cost": "0.1", "message_days": "7",
        "holdout_share": "10", "reached_tolerance": "5", "discount_tolerance": "1",
        "is_mended": "on", "learner": "s", "attribute_names": ["club"], **changes,
    }  # fmt: skip


def row(position, **changes):
    given = {"name": f"Action {position}", "kind": "angle", "message_cost": "0.1", "percent": "0"}
    return {f"action-{position}-{name}": value for name, value in (given | changes).items()}


def made(manager, source):
    answer = manager.post(reverse("web:plan_new"), typed(experiments=[source.pk]))
    plan = Plan.objects.get()
    assert answer["Location"] == reverse("web:plan_edit", args=[plan.pk])
    return plan


def worked_out(manager, source):
    plan = made(manager, source)
    manager.post(
        reverse("web:plan_edit", args=[plan.pk]),
        typed() | row(1, name="A letter") | row(2, name="Ten off", percent="10"),
    )
    manager.post(reverse("web:plan_propose", args=[plan.pk]))
    services.plan_work(plan.pk, now=make.NOW)
    plan.refresh_from_db()
    return plan


def shown(manager, name, plan, **query):
    answer = manager.get(reverse(f"web:{name}", args=[plan.pk]), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_form_offers_finished_experiments_and_no_protected_attribute(manager, source):
    text = manager.get(reverse("web:plan_new")).content.decode()
    assert "Spring" in text
    assert 'value="club"' in text
    assert 'value="gender"' not in text
    assert 'value="age"' not in text


def test_a_plan_goes_all_the_way(manager, source):
    plan = worked_out(manager, source)
    assert (plan.status, plan.margin, plan.key) == ("proposed", 0.5, "summer-sale")
    text = shown(manager, "plan", plan)
    for words in ("Expected profit", "Who gets what", "A letter", "Ten off", "10%", "gender: man",
                  "Are groups treated alike?", "Approve"):  # fmt: skip
        assert words in text
    assert "expected to bring" in text
    manager.post(reverse("web:plan_approve", args=[plan.pk]))
    manager.post(reverse("web:plan_start", args=[plan.pk]))
    plan.refresh_from_db()
    assert plan.status == "running"
    chosen = {
        "template": campaign_make.template().pk,
        "brand_voice": campaign_make.brand_voice().pk,
    }
    manager.post(reverse("web:plan_campaigns", args=[plan.pk]), chosen)
    assert Campaign.objects.count() == plan.actions.exclude(people=0).count()
    text = shown(manager, "plan", plan)
    assert "2 campaigns are drafts" in text
    assert "Make campaigns from this plan" not in text
    for campaign in Campaign.objects.all():
        assert reverse("web:campaign", args=[campaign.pk]) in text
    answer = manager.post(reverse("web:plan_campaigns", args=[plan.pk]), chosen, follow=True)
    assert "every action has its campaign already" in answer.content.decode()
    assert Campaign.objects.count() == 2
    assert "Nobody bought yet" in shown(manager, "plan", plan)
    assert manager.get(reverse("web:experiment_results", args=[plan.experiment_id]))[
        "Location"
    ] == reverse("web:plan", args=[plan.pk])
    manager.post(reverse("web:plan_prove", args=[plan.pk]))
    assert "The proof is over" in shown(manager, "plan", plan)
    assert "Delete this plan" not in shown(manager, "plan", plan)
    assert "summer" in manager.get(reverse("web:plans")).content.decode().lower()


def test_what_counts_as_a_sale_is_suggested_from_the_log(manager, source):
    text = manager.get(reverse("web:plan_new")).content.decode()
    assert 'list="known-events-goal_event"' in text
    assert '<option value="Order Completed"></option>' in text


def test_campaigns_are_offered_templates_of_the_plan_s_channel(manager, source):
    plan = worked_out(manager, source)
    services.plan_approve(plan, actor=plan.owner, now=make.NOW)
    services.plan_start(plan, actor=plan.owner, now=make.NOW)
    campaign_make.template(name="A letter to all")
    assert "A letter to all" in shown(manager, "plan", plan)
    Plan.objects.filter(pk=plan.pk).update(channel="sms")
    text = shown(manager, "plan", plan)
    assert "A letter to all" not in text
    assert "There is no template for SMS yet." in text


def test_people_are_looked_up_with_their_reasons(manager, source):
    plan = worked_out(manager, source)
    letter = shown(manager, "plan_people", plan, action="1")
    assert "People like this bring" in letter
    first = plan.contacts.filter(position=1, is_held_out=False).latest("expected_profit").contact
    assert f'href="{reverse("web:portrait", args=[first.pk])}">{first.external_id}<' in letter
    held = plan.contacts.filter(is_held_out=True).first().contact.external_id
    assert "kept from the plan" in shown(manager, "plan_people", plan, contact=held)
    assert "Nobody." in shown(manager, "plan_people", plan, contact="nobody-knows")
    assert shown(manager, "plan_people", plan, action="²")


def test_a_discount_that_eats_the_margin_is_said_in_the_form(manager, source):
    plan = made(manager, source)
    answer = manager.post(
        reverse("web:plan_edit", args=[plan.pk]),
        typed(margin="20") | row(1) | row(2, percent="30"),
    )
    assert "Take a smaller discount" in answer.content.decode()
    assert plan.actions.get(position=2).discount == 0


def test_progress_is_told_while_it_is_worked_out(manager, source):
    plan = made(manager, source)
    manager.post(reverse("web:plan_propose", args=[plan.pk]))
    answer = manager.get(reverse("web:plan_progress", args=[plan.pk])).json()
    assert answer == {"is_working": True, "stage": "Waiting", "done": 0}
    assert "data-working" in shown(manager, "plan", plan)


def test_a_failure_is_shown_with_its_cure(manager, source):
    plan = made(manager, source)
    Plan.objects.filter(pk=plan.pk).update(window_days=300)
    manager.post(reverse("web:plan_propose", args=[plan.pk]))
    services.plan_work(plan.pk, now=make.NOW)
    assert "shorten the window" in shown(manager, "plan", plan)


def test_who_may_not_approve_sees_no_button(client, teammate, manager, source):
    plan = worked_out(manager, source)
    client.force_login(teammate)
    text = shown(client, "plan", plan)
    assert "Can approve and start a plan" in text
    assert reverse("web:plan_approve", args=[plan.pk]) not in text


def test_a_plan_without_a_source_is_sent_back(manager, source):
    answer = manager.post(reverse("web:plan_new"), typed())
    assert answer.status_code == 200
    assert not Plan.objects.exists()


def test_a_plan_is_copied_into_a_draft_that_is_open_for_changes(manager, source):
    plan = worked_out(manager, source)
    answer = manager.post(reverse("web:plan_copy", args=[plan.pk]), follow=True)
    text = answer.content.decode()
    assert "This is the copy" in text
    assert "Summer sale (copy)" in text
    assert 'value="Ten off"' in text


def test_a_plan_that_never_began_is_deleted(manager, source):
    plan = worked_out(manager, source)
    assert "Delete it for good" in shown(manager, "plan", plan)
    answer = manager.post(reverse("web:plan_delete", args=[plan.pk]), follow=True)
    assert "“Summer sale” is deleted." in answer.content.decode()
    assert not Plan.objects.exists()


def test_one_that_runs_is_not(manager, source):
    plan = worked_out(manager, source)
    services.plan_approve(plan, actor=plan.owner, now=make.NOW)
    services.plan_start(plan, actor=plan.owner, now=make.NOW)
    answer = manager.post(reverse("web:plan_delete", args=[plan.pk]), follow=True)
    assert "is running; to delete it it must be" in answer.content.decode()
    assert Plan.objects.exists()


def test_an_archived_plan_leaves_the_list_and_comes_back(manager, source):
    plan = worked_out(manager, source)
    services.plan_approve(plan, actor=plan.owner, now=make.NOW)
    services.plan_start(plan, actor=plan.owner, now=make.NOW)
    services.plan_prove(plan, actor=plan.owner, now=make.NOW)
    page, link = reverse("web:plans"), f'href="{reverse("web:plan", args=[plan.pk])}"'
    manager.post(reverse("web:plan_archive", args=[plan.pk]))
    listed = manager.get(page).content.decode()
    assert link not in listed
    assert "1 archived" in listed
    assert link in manager.get(f"{page}?archived").content.decode()
    assert "it was archived on" in shown(manager, "plan", plan)
    manager.post(reverse("web:plan_restore", args=[plan.pk]))
    assert link in manager.get(page).content.decode()
