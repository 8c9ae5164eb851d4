import pytest

from audience.models import Segment
from core.free_keys import free_key
from tests.factories.audience import rule_segment

pytestmark = pytest.mark.django_db


def test_a_key_that_nobody_has_is_taken_as_it_is():
    rule_segment({"everyone": True}, key="runners-up")
    assert free_key(Segment, "runners") == "runners"


def test_a_taken_one_is_numbered():
    for key in ("runners", "runners-2", "runners-4"):
        rule_segment({"everyone": True}, key=key)
    assert free_key(Segment, "runners") == "runners-3"


def test_the_number_fits_the_field():
    long = "r" * 90
    first = free_key(Segment, long)
    assert first == "r" * 80
    rule_segment({"everyone": True}, key=first)
    assert free_key(Segment, long) == "r" * 78 + "-2"
