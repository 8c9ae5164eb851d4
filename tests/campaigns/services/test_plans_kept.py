"""Plans that are copied, deleted before they began, and archived after they ended."""

from datetime import timedelta
from decimal import Decimal

import pytest

from audience.models import Segment
from campaigns import services
from campaigns.errors import NotPermitted, PlanClosed
from campaigns.models import Plan, PlanAction, PlanContact
from core.models import AuditEntry
from tests.campaigns.services.test_plans import drafted, proposed, running
from tests.factories import catalog as catalog_make
from tests.factories import plans as make

pytestmark = pytest.mark.django_db
LATER = make.NOW + timedelta(days=9)


@pytest.fixture
def source():
    return make.experiment(make.people())


def facts(plan):
    """What a person decided of a plan; not its name, nor what came of it."""
    own = {"id", "key", "name", "status", "created_at", "updated_at"}
    made = {field.attname for field in Plan._meta.fields if not field.editable} | own
    return {
        field.attname: getattr(plan, field.attname)
        for field in Plan._meta.fields
        if field.attname not in made
    }


def actions_of(plan):
    return list(
        plan.actions.values_list(
            "position", "arm", "name", "kind", "offer", "discount", "category", "message_cost"
        )
    )


def test_a_copy_has_the_terms_and_actions_and_nothing_that_came_of_them(source, owner):
    plan = drafted(
        source, owner, budget=Decimal(90), most_contacts=70, most_messages=2, message_days=3,
        holdout_share=0.2, reached_tolerance=0.3, discount_tolerance=0.2, is_mended=False,
        attribute_names=["club"], value_per_conversion=Decimal(12), control_is_message=True,
        learner="dr", channel="sms",
    )  # fmt: skip
    letter = plan.actions.get(arm__key="letter")
    letter.offer, letter.kind = (
        catalog_make.offer(kind="percent", percent=Decimal(5), text="5% off"),
        "offer",
    )
    services.plan_change(plan, [letter], actor=owner)
    copied = services.plan_copy(plan, actor=owner)
    assert facts(copied) == facts(plan)
    assert actions_of(copied) == actions_of(plan)
    assert (copied.name, copied.key, copied.status) == ("Summer (copy)", "summer-copy", "draft")
    again = services.plan_copy(plan, actor=owner)
    assert again.key == "summer-copy-2"


def test_a_copy_of_a_finished_plan_begins_anew(source, owner):
    plan = running(source, owner)
    services.plan_prove(plan, actor=owner, now=LATER)
    copied = services.plan_copy(plan, actor=owner)
    assert (copied.status, copied.results, copied.experiment) == ("draft", {}, None)
    assert not copied.contacts.exists()
    assert set(copied.actions.values_list("people", "segment", "campaign")) == {(None, None, None)}
    services.plan_propose(copied, actor=owner, now=LATER, random_state=1)
    services.plan_work(copied.pk, now=LATER)
    copied.refresh_from_db()
    assert copied.status == "proposed"


def test_what_never_began_can_be_deleted(source, owner):
    plan = proposed(source, owner)
    services.plan_approve(plan, actor=owner, now=make.NOW)
    services.plan_delete(plan, actor=owner)
    assert not Plan.objects.exists()
    assert not PlanAction.objects.exists()
    assert not PlanContact.objects.exists()
    assert AuditEntry.objects.get(action="plan_delete").detail["name"] == "Summer"
    assert Segment.objects.filter(key="newcomers").exists()


def test_what_began_is_a_record_and_stays(source, owner):
    plan = running(source, owner)
    with pytest.raises(PlanClosed, match="is running; to delete it it must be draft or proposed"):
        services.plan_delete(plan, actor=owner)
    services.plan_prove(plan, actor=owner, now=LATER)
    with pytest.raises(PlanClosed, match="is proven"):
        services.plan_delete(plan, actor=owner)


def test_what_a_worker_has_is_not_taken_from_it(source, owner):
    plan = drafted(source, owner)
    services.plan_propose(plan, actor=owner, now=make.NOW)
    with pytest.raises(PlanClosed, match="wait until that is over"):
        services.plan_delete(plan, actor=owner)


def test_a_plan_is_archived_after_its_proof_and_brought_back(source, owner):
    plan = running(source, owner)
    with pytest.raises(PlanClosed, match="to archive it it must be proven"):
        services.plan_archive(plan, actor=owner, now=LATER)
    services.plan_prove(plan, actor=owner, now=LATER)
    services.plan_archive(plan, actor=owner, now=LATER)
    plan.refresh_from_db()
    assert plan.archived_at == LATER
    with pytest.raises(PlanClosed, match="archived already"):
        services.plan_archive(plan, actor=owner, now=LATER)
    services.plan_restore(plan, actor=owner)
    plan.refresh_from_db()
    assert plan.archived_at is None
    with pytest.raises(PlanClosed, match="is not archived"):
        services.plan_restore(plan, actor=owner)


def test_each_takes_its_right(source, owner, teammate):
    plan = drafted(source, owner)
    teammate.user_permissions.clear()
    teammate.groups.clear()
    nobody = type(teammate).objects.get(pk=teammate.pk)
    for ask in (
        lambda: services.plan_copy(plan, actor=nobody),
        lambda: services.plan_delete(plan, actor=nobody),
        lambda: services.plan_archive(plan, actor=nobody, now=LATER),
        lambda: services.plan_restore(plan, actor=nobody),
    ):
        with pytest.raises(NotPermitted):
            ask()
    assert Plan.objects.count() == 1
