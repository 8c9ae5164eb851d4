from datetime import timedelta

import numpy as np
import pytest

from audience import selectors
from audience.models import Membership, Text
from core.errors import InputRefused
from tests.factories.audience import (
    NOON,
    clustering,
    contact,
    profile,
    read_text,
    rule_segment,
    text,
)

pytestmark = pytest.mark.django_db


def join(segment, *contacts):
    Membership.objects.bulk_create(Membership(segment=segment, contact=one) for one in contacts)


def test_rule_count_counts_who_a_rule_describes():
    contact("ann", attributes={"age": 30})
    contact("ben", attributes={"age": 50})

    assert selectors.rule_count({"attribute": "age", "lt": 40}) == 1


def test_rule_count_refuses_what_is_no_rule():
    with pytest.raises(InputRefused):
        selectors.rule_count({"age": 3})


def test_segment_members_are_those_of_the_last_build():
    ann, _ = contact("ann"), contact("ben")
    segment = rule_segment({"everyone": True})
    join(segment, ann)

    assert list(selectors.segment_members(segment)) == [ann]


def test_overview_lists_segments_largest_first(django_assert_num_queries):
    for _ in range(4):
        contact()
    rule_segment({"everyone": True}, "all", size=4)
    rule_segment({"everyone": True}, "half", size=2)
    rule_segment({"everyone": True}, "new")

    with django_assert_num_queries(2):
        rows = selectors.segments_overview()

    assert [(row.key, row.size, row.share) for row in rows] == [
        ("all", 4, 1.0),
        ("half", 2, 0.5),
        ("new", None, None),
    ]


def test_the_newest_finished_clustering_counts():
    clustering(0, at=NOON)
    newest = clustering(0, 1, at=NOON + timedelta(days=1))
    unfinished = clustering(0, at=NOON + timedelta(days=2))
    unfinished.finished_at = None
    unfinished.save()

    assert selectors.latest_clustering() == newest


def test_share_of_profiles_made_since_a_fit():
    fitted = clustering(0, at=NOON)
    profile(updated_at=NOON)
    profile(updated_at=NOON + timedelta(seconds=1))

    assert selectors.share_of_profiles_since(fitted) == 0.5


def test_counts_of_what_waits_and_what_was_dropped():
    text("new")
    text("x", status=Text.Status.DROPPED, drop_reason="too_short")
    read_text("Soft wool")

    assert (selectors.texts_to_read(), selectors.profiles_due()) == (1, 1)
    assert selectors.drop_reasons() == {"too_short": 1}


def test_rated_texts_come_with_their_vectors():
    read_text("Soft wool", axis=3, rating=5)
    read_text("No rating")

    texts, vectors, ratings = selectors.newest_rated_texts()

    assert texts == ["Soft wool"]
    assert (ratings.tolist(), np.flatnonzero(vectors[0]).tolist()) == ([5], [3])


def test_no_rated_texts_make_empty_arrays():
    texts, vectors, ratings = selectors.newest_rated_texts()

    assert texts == []
    assert (vectors.shape, ratings.shape) == ((0, 384), (0,))
