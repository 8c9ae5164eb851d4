import pytest

from campaigns import services
from campaigns.cells import angle_cells
from campaigns.selectors import review_board
from campaigns.selectors.review import RUNS_ON_CONTROL
from generation.models import BriefRecord, GenerationJob
from tests.factories import campaigns as make

pytestmark = pytest.mark.django_db
NOW = make.NOON


@pytest.fixture
def campaign():
    segments = [make.segment("knits", name="Knit lovers", size=12), make.segment("bargains")]
    return make.campaign(segments=segments)


def test_the_board_is_a_grid_of_segments_and_angles_control_first(campaign):
    board = review_board(campaign)
    assert [key for key, _ in board.angles] == ["control", "urgency", "curiosity"]
    assert [row.segment_name for row in board.rows] == ["Knit lovers", "Bargains"]
    assert [cell.angle for cell in board.rows[0].cells] == ["control", "urgency", "curiosity"]
    assert (board.rows[0].size, board.rows[0].portrait[:9]) == (12, "They love")


def test_the_board_names_what_keeps_the_campaign_from_going_live(campaign, owner):
    cell = angle_cells(campaign)[0]
    variant = services.variant_create(
        campaign, cell.segment, cell.angle, make.human_copy(), actor=owner
    )
    services.variant_approve(variant, actor=owner, now=NOW)
    board = review_board(campaign)
    assert board.missing == (
        "everyone × control",
        "Knit lovers × curiosity",
        "Bargains × urgency",
        "Bargains × curiosity",
    )
    assert not board.is_ready


def test_a_segments_own_control_is_welcome_but_not_required(campaign):
    assert [cell.is_required for cell in review_board(campaign).rows[0].cells] == [
        False,
        True,
        True,
    ]


def test_a_candidate_tells_its_state_and_who_decided(campaign, owner):
    cell = angle_cells(campaign)[0]
    variant = services.variant_create(
        campaign, cell.segment, cell.angle, make.human_copy(), actor=owner
    )
    services.variant_reject(variant, actor=owner, now=NOW, note="too loud")
    (candidate,) = review_board(campaign).rows[0].cells[1].candidates
    assert (candidate.status_name, candidate.origin_name) == ("Rejected", "written by a person")
    assert (candidate.reviewed_by, candidate.reviewed_at, candidate.note) == (
        "olivia",
        NOW,
        "too loud",
    )
    assert candidate.text == make.human_copy()


def test_a_blocking_finding_shows(campaign, owner):
    cell = angle_cells(campaign)[0]
    copy = make.human_copy("90% off everything")
    services.variant_create(campaign, cell.segment, cell.angle, copy, actor=owner)
    (candidate,) = review_board(campaign).rows[0].cells[1].candidates
    assert candidate.is_blocked
    assert "90" in candidate.findings[0].message


def test_a_reviewed_campaign_is_ready_and_a_live_one_closed(owner):
    campaign = make.reviewed_campaign(owner)
    assert (review_board(campaign).is_ready, review_board(campaign).can_change) == (True, True)
    services.campaign_launch(campaign, actor=owner, now=NOW)
    assert not review_board(campaign).can_change


def test_a_failed_job_is_a_notice_with_its_reason(campaign, owner):
    services.campaign_generate(campaign, actor=owner, now=NOW, seed=7)
    GenerationJob.objects.update(status="failed", finished_at=NOW, error="the model is gone")
    campaign.refresh_from_db()
    board = review_board(campaign)
    assert board.notices == (
        "Writing failed, so there is only the control copy: the model is gone",
        RUNS_ON_CONTROL,
    )
    assert (board.writing.status, board.writing.total) == ("failed", 4)


def test_a_brief_that_fell_short_is_a_notice(campaign, owner):
    services.campaign_generate(campaign, actor=owner, now=NOW, seed=7)
    BriefRecord.objects.filter(key="knits/urgency").update(shortfall="1 of 3 passed")
    campaign.refresh_from_db()
    assert review_board(campaign).notices == (
        "knits/urgency got fewer candidates than asked for: 1 of 3 passed",
    )


def test_a_segment_nobody_built_is_a_notice():
    campaign = make.campaign(segments=[make.segment("knits", name="Knit lovers", built_at=None)])
    assert review_board(campaign).notices == (
        "Segment “Knit lovers” has not been built yet: nobody belongs to it.",
    )


def test_a_campaign_for_everyone_has_one_row():
    (row,) = review_board(make.campaign(segments=[])).rows
    assert (row.segment_name, row.segment_id, len(row.cells)) == ("everyone", None, 3)


def test_more_cells_cost_no_more_queries(owner, django_assert_max_num_queries):
    segments = [make.segment(f"s-{number}") for number in range(6)]
    campaign = make.reviewed_campaign(owner, segments=segments)
    with django_assert_max_num_queries(8):
        review_board(campaign)
