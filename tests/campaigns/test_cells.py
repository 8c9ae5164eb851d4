import pytest

from campaigns.cells import Cell, angle_cells, launch_cells, segments_of
from campaigns.models import CampaignSegment
from tests.factories import campaigns as make

pytestmark = pytest.mark.django_db


def test_segments_come_in_the_order_they_are_looked_at():
    first, second = make.segment("a-first"), make.segment("z-second")
    campaign = make.campaign(segments=[])
    CampaignSegment.objects.create(campaign=campaign, segment=second, position=2)
    CampaignSegment.objects.create(campaign=campaign, segment=first, position=1)
    assert segments_of(campaign) == [first, second]


def test_launch_needs_one_text_per_segment_and_angle_and_the_control():
    knits = make.segment("knits")
    campaign = make.campaign(segments=[knits], angles=["urgency", "curiosity"])
    assert launch_cells(campaign) == [
        Cell(None, "control"),
        Cell(knits, "urgency"),
        Cell(knits, "curiosity"),
    ]


def test_without_segments_the_cells_are_everyones():
    campaign = make.campaign(segments=[], angles=["urgency"])
    assert angle_cells(campaign) == [Cell(None, "urgency")]


def test_a_cell_has_a_key_no_segment_can_take_and_a_name_a_person_reads():
    assert (Cell(None, "urgency").key, Cell(None, "urgency").name) == (
        "*/urgency",
        "everyone × urgency",
    )
    knits = make.segment("knits", name="Knit lovers")
    assert (Cell(knits, "urgency").key, Cell(knits, "urgency").name) == (
        "knits/urgency",
        "Knit lovers × urgency",
    )
