import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from campaigns import services
from campaigns.briefs import copy_of
from campaigns.cells import angle_cells
from campaigns.errors import CampaignClosed, CopyBlocked, NotPermitted
from campaigns.models import Campaign, Variant, VariantEdit
from core.errors import InputRefused
from core.models import AuditEntry
from tests.factories import campaigns as make

pytestmark = pytest.mark.django_db
NOW = make.NOON
INVENTED = make.human_copy("90% off everything")


@pytest.fixture
def campaign():
    return make.campaign()


@pytest.fixture
def cell(campaign):
    return angle_cells(campaign)[0]


@pytest.fixture
def variant(campaign, cell, teammate):
    return services.variant_create(
        campaign, cell.segment, cell.angle, make.human_copy(), actor=teammate
    )


def generated(campaign, cell, copy=None, **fields):
    copy = copy or make.human_copy()
    return Variant.objects.create(
        campaign=campaign,
        segment=cell.segment,
        angle=cell.angle,
        origin="generated",
        **copy.to_json(),
        **fields,
    )


def test_copy_a_person_writes_is_in_review_and_opens_the_review(campaign, variant):
    assert (variant.status, variant.origin) == ("in_review", "human")
    assert campaign.status == "review"
    assert AuditEntry.objects.filter(action="variant_create", target_id=variant.pk).exists()


def test_the_first_copy_of_a_campaign_brings_the_control_from_the_template(campaign, variant):
    control = make.control_of(campaign)
    assert copy_of(control) == copy_of(campaign.template)
    assert (control.origin, control.status) == ("human", "in_review")


def test_a_control_written_by_hand_is_the_only_control(campaign, teammate):
    own = services.variant_create(campaign, None, "control", make.human_copy(), actor=teammate)
    assert make.control_of(campaign) == own


def test_copy_for_an_angle_the_campaign_does_not_have_is_refused(campaign, cell, teammate):
    with pytest.raises(InputRefused, match="“nonsense” is not one of control, urgency, curiosity"):
        services.variant_create(
            campaign, cell.segment, "nonsense", make.human_copy(), actor=teammate
        )


def test_copy_for_another_campaigns_segment_is_refused(campaign, teammate):
    foreign = make.segment("foreign")
    with pytest.raises(InputRefused, match="is not a segment of") as refused:
        services.variant_create(campaign, foreign, "urgency", make.human_copy(), actor=teammate)
    assert refused.value.field == "segment"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"subject": " "}, "subject"),
        ({"body": ""}, "body"),
        ({"subject": "x" * 301}, "subject"),
        ({"call_to_action": "x" * 101}, "call_to_action"),
        ({"body": "a\x00b"}, "body"),
    ],
)
def test_copy_that_cannot_be_kept_is_refused_by_field(campaign, cell, teammate, fields, field):
    with pytest.raises(InputRefused) as refused:
        services.variant_create(
            campaign, cell.segment, cell.angle, make.human_copy(**fields), actor=teammate
        )
    assert refused.value.field == field


def test_an_edit_goes_back_to_review_and_keeps_the_pair(variant, owner, teammate):
    services.variant_approve(variant, actor=owner, now=NOW)
    before, after = copy_of(variant), make.human_copy("better")
    services.variant_edit(variant, after, actor=teammate, now=NOW)
    variant.refresh_from_db()
    assert (variant.status, variant.reviewed_by, variant.reviewed_at) == ("in_review", None, None)
    edit = VariantEdit.objects.get()
    assert (edit.before, edit.after, edit.actor) == (before.to_json(), after.to_json(), teammate)


def test_generated_copy_that_was_edited_says_so(campaign, cell, teammate):
    variant = generated(campaign, cell)
    services.variant_edit(variant, make.human_copy("New words"), actor=teammate, now=NOW)
    variant.refresh_from_db()
    assert variant.origin == "edited"


def test_an_edit_that_changes_nothing_leaves_the_approval(variant, owner):
    services.variant_approve(variant, actor=owner, now=NOW)
    services.variant_edit(variant, copy_of(variant), actor=owner, now=NOW)
    variant.refresh_from_db()
    assert variant.status == "approved"
    assert not VariantEdit.objects.exists()


def test_the_guardrails_read_an_edit_again(variant, teammate):
    assert [finding for finding in variant.findings if finding["severity"] == "block"] == []
    services.variant_edit(variant, INVENTED, actor=teammate, now=NOW)
    variant.refresh_from_db()
    blocking = [finding for finding in variant.findings if finding["severity"] == "block"]
    assert [finding["field"] for finding in blocking] == ["subject"]


def test_approval_names_the_person_and_the_time(variant, owner):
    services.variant_approve(variant, actor=owner, now=NOW)
    variant.refresh_from_db()
    assert (variant.status, variant.reviewed_by, variant.reviewed_at) == ("approved", owner, NOW)


def test_approving_twice_is_approving_once(variant, owner):
    services.variant_approve(variant, actor=owner, now=NOW)
    services.variant_approve(variant, actor=owner, now=NOW)
    assert AuditEntry.objects.filter(action="variant_approve").count() == 1


def test_copy_the_guardrails_block_is_not_approved_and_the_message_says_why(
    variant, owner, teammate
):
    services.variant_edit(variant, INVENTED, actor=teammate, now=NOW)
    with pytest.raises(CopyBlocked, match=r"cannot be approved: subject: .*90") as blocked:
        services.variant_approve(variant, actor=owner, now=NOW)
    assert len(blocked.value.findings) == 1
    variant.refresh_from_db()
    assert variant.status == "in_review"


def test_the_second_approved_candidate_takes_the_cell_from_the_first(
    campaign, cell, variant, owner, teammate
):
    rival = services.variant_create(
        campaign, cell.segment, cell.angle, make.human_copy("Another one"), actor=teammate
    )
    services.variant_approve(variant, actor=owner, now=NOW)
    services.variant_approve(rival, actor=owner, now=NOW)
    variant.refresh_from_db()
    assert (variant.status, variant.reviewed_at, rival.status) == ("in_review", None, "approved")
    latest = AuditEntry.objects.filter(action="variant_approve").latest("id")
    assert latest.detail["replaced"] == [variant.pk]


def test_who_approves_their_own_words_is_recorded(campaign, cell, variant, owner):
    own = services.variant_create(
        campaign, cell.segment, "curiosity", make.human_copy(), actor=owner
    )
    services.variant_approve(own, actor=owner, now=NOW)
    services.variant_approve(variant, actor=owner, now=NOW)
    entries = AuditEntry.objects.filter(action="variant_approve").order_by("id")
    assert [entry.detail["is_own_copy"] for entry in entries] == [True, False]


def test_a_rejection_keeps_its_reason(variant, owner):
    services.variant_reject(variant, actor=owner, now=NOW, note="too loud")
    variant.refresh_from_db()
    assert (variant.status, variant.review_note, variant.reviewed_by) == (
        "rejected",
        "too loud",
        owner,
    )


def test_a_rejected_text_may_still_be_approved(variant, owner):
    services.variant_reject(variant, actor=owner, now=NOW, note="too loud")
    services.variant_approve(variant, actor=owner, now=NOW)
    variant.refresh_from_db()
    assert (variant.status, variant.review_note) == ("approved", "")


def test_a_note_that_is_too_long_is_refused(variant, owner):
    with pytest.raises(InputRefused, match="keep it to 300"):
        services.variant_reject(variant, actor=owner, now=NOW, note="x" * 301)


def test_rejecting_twice_is_refused(variant, owner):
    services.variant_reject(variant, actor=owner, now=NOW, note="")
    with pytest.raises(CampaignClosed, match="rejected already"):
        services.variant_reject(variant, actor=owner, now=NOW, note="")


def test_the_best_of_every_cell_is_approved(campaign, owner):
    for cell in angle_cells(campaign):
        services.variant_create(campaign, cell.segment, cell.angle, make.human_copy(), actor=owner)
    approved = services.variants_approve_best(campaign, actor=owner, now=NOW)
    assert len(approved) == len(angle_cells(campaign)) + 1
    assert services.variants_approve_best(campaign, actor=owner, now=NOW) == []


def test_the_best_is_never_one_the_guardrails_block(campaign, cell, owner):
    blocked = generated(campaign, cell, INVENTED)
    good = generated(campaign, cell)
    services.variants_approve_best(campaign, actor=owner, now=NOW)
    blocked.refresh_from_db()
    good.refresh_from_db()
    assert (blocked.status, good.status) == ("in_review", "approved")


def test_a_team_mate_writes_and_edits_but_does_not_review(campaign, variant, teammate):
    services.variant_edit(variant, make.human_copy("Mine"), actor=teammate, now=NOW)
    with pytest.raises(NotPermitted, match="theo may not approve copy"):
        services.variant_approve(variant, actor=teammate, now=NOW)
    with pytest.raises(NotPermitted, match="theo may not reject copy"):
        services.variant_reject(variant, actor=teammate, now=NOW, note="")
    with pytest.raises(NotPermitted, match="theo may not approve copy"):
        services.variants_approve_best(campaign, actor=teammate, now=NOW)


def test_a_stranger_does_nothing(campaign, cell, variant, stranger):
    with pytest.raises(PermissionDenied, match="sam may not write copy"):
        services.variant_create(
            campaign, cell.segment, cell.angle, make.human_copy(), actor=stranger
        )
    with pytest.raises(PermissionDenied, match="sam may not edit copy"):
        services.variant_edit(variant, make.human_copy("Mine"), actor=stranger, now=NOW)
    with pytest.raises(PermissionDenied, match="sam may not approve copy"):
        services.variant_approve(variant, actor=stranger, now=NOW)


def test_live_copy_is_frozen(owner):
    live = make.live_campaign(owner)
    variant = live.variants.exclude(angle="control").first()
    with pytest.raises(CampaignClosed, match="is live: its copy is frozen, so you cannot edit it"):
        services.variant_edit(variant, make.human_copy("New words"), actor=owner, now=NOW)
    with pytest.raises(CampaignClosed, match="you cannot reject a text"):
        services.variant_reject(variant, actor=owner, now=NOW, note="")
    with pytest.raises(CampaignClosed, match="you cannot add copy"):
        services.variant_create(
            live, variant.segment, variant.angle, make.human_copy(), actor=owner
        )


@pytest.mark.django_db(transaction=True)
def test_two_people_approving_two_candidates_of_one_cell_leave_one_approved(owner):
    campaign = make.campaign()
    cell = angle_cells(campaign)[0]
    rivals = [
        services.variant_create(
            campaign, cell.segment, cell.angle, make.human_copy(f"Number {n}"), actor=owner
        )
        for n in "ab"
    ]
    start, failures = threading.Barrier(2), []

    def approve(variant):
        start.wait()
        try:
            services.variant_approve(variant, actor=owner, now=NOW)
        except Exception as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=approve, args=[variant]) for variant in rivals]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    statuses = (
        Campaign.objects.get().variants.filter(angle=cell.angle).values_list("status", flat=True)
    )
    assert sorted(statuses) == ["approved", "in_review"]
