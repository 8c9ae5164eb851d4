import pytest

from campaigns.erasure import CampaignsHolder
from campaigns.models import PlanContact
from tests.factories import audience as audience_make
from tests.factories import plans as make

pytestmark = pytest.mark.django_db


def test_what_a_plan_decided_is_exported_and_erased():
    ann, ben = audience_make.contact("ann"), audience_make.contact("ben")
    plan = make.draft()
    plan.save()
    for contact in (ann, ben):
        PlanContact.objects.create(
            plan=plan, contact=contact, position=0, expected_profit=0.0, cost=0.0, place=0,
            is_held_out=False,
        )  # fmt: skip
    holder = CampaignsHolder()
    assert holder.export(ann.subject_id) == {
        "plans": [
            {
                "plan": "Summer", "action": "left alone", "expected_profit": 0.0,
                "is_held_out": False,
            }
        ]
    }  # fmt: skip
    assert holder.erase(ann.subject_id) == 1
    assert holder.export(ann.subject_id) == {"plans": []}
    assert PlanContact.objects.get().contact == ben
