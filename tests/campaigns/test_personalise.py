import itertools

import pytest
from django.test import override_settings
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from audience.models import Membership
from campaigns import live_plans, services
from campaigns.models import Campaign, Variant
from campaigns.personalise import NO_COPY, decide, rendered
from core.models import AuditEntry
from experiments.models import Exposure
from generation.briefs import Copy
from privacy.services import suppression_add
from tests.factories import campaigns as make
from tests.factories.core import owner as make_owner

pytestmark = pytest.mark.django_db
NOW = make.NOON


@pytest.fixture
def knits():
    return make.segment("knits")


@pytest.fixture
def live(owner, knits):
    return make.live_campaign(owner, segments=[knits])


def answer(campaign, contact_id, **asked):
    return decide(campaign.key, contact_id, now=NOW, **asked)


def test_a_contact_gets_the_approved_text_of_their_arm_and_segment(live, knits):
    contact = make.contact(segments=[knits], first_name="Grace")
    decision = answer(live, contact.external_id)
    variant = Variant.objects.get(pk=decision.variant_id)
    assert (variant.angle, variant.status) == (decision.arm, "approved")
    assert decision.content.subject.startswith("Grace, ")
    assert (decision.segment, decision.fallback, decision.reason) == ("knits", False, "")
    assert (decision.campaign, decision.experiment) == (live.key, live.experiment.key)


def test_deciding_assigns_the_contact_once_to_the_arm_it_was_told(live, knits):
    contact = make.contact(segments=[knits])
    decision = answer(live, contact.external_id)
    exposure = Exposure.objects.get()
    assert (exposure.unit_id, exposure.stratum, exposure.assigned_at) == (
        contact.external_id,
        "knits",
        NOW,
    )
    assert exposure.arm.key == decision.arm


def test_every_arm_is_given_to_somebody(live, knits):
    contacts = [make.contact(segments=[knits]) for _ in range(40)]
    arms = {answer(live, contact.external_id).arm for contact in contacts}
    assert arms == {"control", "urgency", "curiosity"}


def test_asking_again_gives_the_same_answer_and_no_second_exposure(live, knits):
    contact = make.contact(segments=[knits])
    first = answer(live, contact.external_id)
    live_plans.forget_all()
    assert [answer(live, contact.external_id) for _ in range(3)] == [first] * 3
    assert Exposure.objects.count() == 1


def test_what_was_given_first_stays_when_the_contact_changes_segment(owner, knits):
    other = make.segment("bargains")
    live = make.live_campaign(owner, segments=[knits, other])
    contact = make.contact(segments=[other])
    first = answer(live, contact.external_id)
    Membership.objects.create(contact=contact, segment=knits)
    again = answer(live, contact.external_id)
    assert (again.segment, again.arm, again.variant_id) == ("bargains", first.arm, first.variant_id)


def test_who_leaves_every_segment_keeps_the_copy_they_were_given(live, knits):
    contact = make.contact(segments=[knits])
    first = answer(live, contact.external_id)
    Membership.objects.all().delete()
    again = answer(live, contact.external_id)
    assert (again.variant_id, again.content) == (first.variant_id, first.content)


def test_a_contact_in_two_segments_belongs_to_the_one_that_stands_first(owner):
    first, second = make.segment("z-first"), make.segment("a-second")
    live = make.live_campaign(owner, segments=[first, second])
    contact = make.contact(segments=[second, first])
    assert answer(live, contact.external_id).segment == "z-first"


def test_a_contact_in_no_segment_gets_the_control_and_is_not_in_the_test(live):
    contact = make.contact(first_name="Grace")
    decision = answer(live, contact.external_id)
    assert (decision.arm, decision.reason, decision.fallback) == ("control", "no_segment", False)
    assert decision.content.subject == "Grace, your spring dress is here"
    assert decision.assignment == ""
    assert not Exposure.objects.exists()


def test_a_campaign_without_segments_tests_on_everyone(owner):
    live = make.live_campaign(owner, segments=[])
    decision = answer(live, make.contact().external_id)
    assert (decision.segment, decision.reason) == ("", "")
    assert Exposure.objects.get().stratum == ""


def test_an_unknown_contact_gets_the_control_without_a_name(live):
    decision = answer(live, "nobody-knows")
    assert (decision.arm, decision.reason) == ("control", "unknown_contact")
    assert decision.content.subject == "Hello, your spring dress is here"
    assert not Exposure.objects.exists()


def test_a_suppressed_contact_is_said_to_be_and_not_tested_on(live, knits):
    contact = make.contact(segments=[knits])
    suppression_add(contact.subject_id, reason="unsubscribed")
    decision = answer(live, contact.external_id)
    assert (decision.suppressed, decision.reason, decision.arm) == (True, "suppressed", "control")
    assert not Exposure.objects.exists()


def test_an_unknown_campaign_has_nothing_to_say():
    decision = decide("no-such-campaign", "c-1", now=NOW)
    assert (decision.content, decision.fallback, decision.reason) == (
        NO_COPY,
        True,
        "unknown_campaign",
    )


def test_a_paused_campaign_gives_everyone_the_control(owner, live, knits):
    contact = make.contact(segments=[knits])
    services.campaign_pause(live, actor=owner, now=NOW)
    live_plans.forget_all()
    decision = answer(live, contact.external_id)
    assert (decision.arm, decision.fallback, decision.reason) == (
        "control",
        True,
        "campaign_paused",
    )
    assert not Exposure.objects.exists()


def test_a_draft_never_speaks_unapproved_copy(owner):
    campaign = make.campaign()
    cell = make.angle_cells(campaign)[0]
    services.variant_create(campaign, cell.segment, cell.angle, make.human_copy(), actor=owner)
    assert answer(campaign, make.contact().external_id).content == NO_COPY


def test_a_segments_own_control_stands_before_the_campaigns(owner, knits):
    campaign = make.reviewed_campaign(owner, segments=[knits])
    own = services.variant_create(
        campaign, knits, "control", make.human_copy("only for knit lovers"), actor=owner
    )
    services.variant_approve(own, actor=owner, now=NOW)
    services.campaign_launch(
        campaign, actor=owner, now=NOW, weights={"control": 1.0, "urgency": 0.0, "curiosity": 0.0}
    )
    decision = answer(campaign, make.contact(segments=[knits]).external_id)
    assert (decision.variant_id, decision.content.subject) == (own.pk, "Ada, only for knit lovers")


def test_an_email_tool_that_splits_by_itself_tells_the_arm(owner, knits):
    live = make.live_campaign(owner, segments=[knits], launch={"assignment": "external"})
    contact = make.contact(segments=[knits])
    decision = answer(live, contact.external_id, arm="curiosity")
    assert (decision.arm, decision.fallback) == ("curiosity", False)
    assert Exposure.objects.get().arm.key == "curiosity"


@pytest.mark.parametrize(("arm", "reason"), [("nonsense", "unknown_arm"), (None, "arm_missing")])
def test_an_arm_that_is_unknown_or_missing_gives_the_control(owner, knits, arm, reason):
    live = make.live_campaign(owner, segments=[knits], launch={"assignment": "external"})
    contact = make.contact(segments=[knits])
    decision = answer(live, contact.external_id, arm=arm)
    assert (decision.arm, decision.fallback, decision.reason) == ("control", True, reason)
    assert not Exposure.objects.exists()


def test_an_arm_the_tool_tells_is_ignored_where_copylift_splits(live, knits):
    contacts = [make.contact(segments=[knits]) for _ in range(25)]
    decisions = [answer(live, contact.external_id, arm="urgency") for contact in contacts]
    assert {decision.reason for decision in decisions} == {"arm_ignored"}
    assert {decision.arm for decision in decisions} == {"control", "urgency", "curiosity"}


def test_a_text_that_does_not_render_gives_the_control(live, knits):
    broken = live.variants.exclude(angle="control")
    broken.update(subject="{{ first_name | nonsense }}")
    live_plans.forget_all()
    contacts = [make.contact(segments=[knits]) for _ in range(25)]
    decisions = [answer(live, contact.external_id) for contact in contacts]
    assert {(one.arm, one.reason) for one in decisions} == {
        ("control", ""),
        ("control", "render_failed"),
    }


def test_a_control_that_does_not_render_gives_no_copy_rather_than_raw_tags(live):
    live.variants.filter(angle="control").update(body="{% nonsense %}")
    live_plans.forget_all()
    assert answer(live, make.contact().external_id).content == NO_COPY


def test_an_arm_without_a_text_gives_the_control_and_says_so(live, knits):
    live.variants.exclude(angle="control").delete()
    live_plans.forget_all()
    contacts = [make.contact(segments=[knits]) for _ in range(25)]
    decisions = [answer(live, contact.external_id) for contact in contacts]
    assert {(one.arm, one.reason) for one in decisions} == {
        ("control", ""),
        ("control", "text_missing"),
    }


def test_a_finished_test_gives_everyone_the_control(owner, live, knits):
    services.campaign_finish(live, actor=owner, now=NOW)
    live_plans.forget_all()
    decision = answer(live, make.contact(segments=[knits]).external_id)
    assert (decision.arm, decision.reason) == ("control", "campaign_finished")


def test_the_assignment_is_stable_and_does_not_tell_who_it_is(live, knits):
    contact = make.contact("secret-id", segments=[knits])
    decision = answer(live, "secret-id")
    assert decision.assignment.startswith("asg_")
    assert decision.assignment == answer(live, "secret-id").assignment
    assert "secret" not in decision.assignment
    assert (
        decision.assignment != answer(live, make.contact(segments=[knits]).external_id).assignment
    )
    assert str(contact.subject_id)[:8] not in decision.assignment


def test_values_are_escaped_in_the_body_which_is_html():
    copy = Copy("{{ first_name }}", "", "<b>{{ first_name }}</b>", "Go")
    content = rendered(copy, {"first_name": "<script>"})
    assert content.body == "<b>&lt;script&gt;</b>"
    assert content.subject == "<script>"


def test_a_line_break_in_a_name_starts_no_header():
    copy = Copy("Hi {{ first_name }}", "", "", "Go")
    assert rendered(copy, {"first_name": "Eve\r\nBcc: all@x"}).subject == "Hi Eve Bcc: all@x"


def test_merge_tags_know_the_contact_the_offer_and_the_brand(owner, knits):
    template = make.template(
        subject="{{ first_name | default: 'Hello' }}, {{ brand }} has news",
        body="<p>{{ last_name }} {{ attributes.city }} {{ offer }} {{ code }} {{ url }}</p>",
    )
    campaign = make.campaign(segments=[knits], template=template, offer=make.offer())
    Variant.objects.create(
        campaign=campaign,
        angle="control",
        origin="human",
        status="approved",
        reviewed_at=NOW,
        subject=template.subject,
        body=template.body,
        call_to_action="Go",
    )
    make.contact("c-x", segments=[], attributes={"city": "York"})
    plan = live_plans.read(campaign.key)
    assert plan.shop["offer"] == "15% off dresses"
    decision = decide(campaign.key, "c-x", now=NOW)
    assert decision.content.subject == "Hello, Fern & Finch has news"
    assert "15% off dresses SPRING15 https://shop.example/dresses" in decision.content.body


@override_settings(DECIDE_PLAN_SECONDS=60)
def test_a_first_decision_asks_the_database_twice_and_a_repeated_one_once(
    live, knits, django_assert_num_queries
):
    answer(live, make.contact(segments=[knits]).external_id)
    contact = make.contact(segments=[knits])
    with django_assert_num_queries(2):
        answer(live, contact.external_id)
    with django_assert_num_queries(1):
        answer(live, contact.external_id)


def test_a_test_that_ended_since_the_plan_was_read_gives_the_control(live, knits, settings):
    settings.DECIDE_PLAN_SECONDS = 60
    live_plans.current(live.key)
    type(live.experiment).objects.update(status="paused")
    decision = answer(live, make.contact(segments=[knits], first_name="Grace").external_id)
    assert (decision.arm, decision.reason) == ("control", "experiment_not_running")
    assert decision.content.subject.startswith("Grace, ")


def test_the_answer_names_no_person_in_the_audit_trail(live, knits):
    before = AuditEntry.objects.count()
    answer(live, make.contact(segments=[knits]).external_id)
    assert AuditEntry.objects.count() == before


class Stickiness(TestCase):
    @settings(max_examples=15, deadline=None)
    @given(
        names=st.lists(
            st.text(
                st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=30
            ),
            min_size=1,
            max_size=4,
            unique=True,
        )
    )
    def test_whatever_the_id_the_answer_never_changes(self, names):
        live_plans.forget_all()
        knits = make.segment("knits")
        live = make.live_campaign(make_owner(), segments=[knits])
        for name in names:
            make.contact(name, segments=[knits])
        first = {name: decide(live.key, name, now=NOW) for name in names}
        Campaign.objects.filter(pk=live.pk).update(name="Renamed")
        live_plans.forget_all()
        for name, _ in itertools.product(names, range(2)):
            assert decide(live.key, name, now=NOW) == first[name]
        assert Exposure.objects.count() == len(names)
