from datetime import timedelta

import numpy as np
import pytest

from audience.phrases import Background
from audience.profiling import (
    ReadText,
    category_shares,
    interest_candidates,
    mean_direction,
    portray,
    source_weights,
)
from inference.encoders import ScriptedEncoder
from tests.factories.audience import NOON, direction

BACKGROUND = Background.of([["wool coat"], ["linen"], ["linen"]])


def portrayed_of(texts):
    candidates = interest_candidates(texts, BACKGROUND)
    said = [one.phrase for one in candidates]
    vectors = dict(zip(said, ScriptedEncoder().encode(said), strict=True))
    return portray(texts, candidates, vectors)


def read(*, days_ago=0, axis=0, sentiment=1.0, category="", phrases=(), kind="review"):
    return ReadText(
        kind=kind,
        occurred_at=NOON - timedelta(days=days_ago),
        category=category,
        phrases=tuple(phrases),
        vector=direction(axis),
        sentiment=sentiment,
    )


def test_a_text_180_days_older_weighs_half():
    portrayed = portrayed_of([read(axis=0), read(axis=1, days_ago=180)])

    assert portrayed.vector[1] / portrayed.vector[0] == pytest.approx(0.5)


def test_a_search_weighs_half_of_a_review():
    portrayed = portrayed_of([read(axis=0), read(axis=1, kind="search")])

    assert portrayed.vector[1] / portrayed.vector[0] == pytest.approx(0.5)
    assert source_weights(["review", "search"]).tolist() == [1, 0.5]


def test_a_search_says_nothing_of_the_mood():
    both = portrayed_of([read(sentiment=0.8), read(sentiment=-0.6, kind="search")])
    assert both.sentiment == pytest.approx(0.8)
    assert portrayed_of([read(sentiment=-0.6, kind="search")]).sentiment is None


def test_vector_has_length_one():
    portrayed = portrayed_of([read(axis=0), read(axis=1), read(axis=2)])

    assert np.linalg.norm(portrayed.vector) == pytest.approx(1)


def test_sentiment_is_weighed_by_recency_too():
    portrayed = portrayed_of([read(sentiment=1.0), read(sentiment=-1.0, days_ago=180)])

    assert portrayed.sentiment == pytest.approx((1 - 0.5) / 1.5)


def test_last_text_and_count_are_kept():
    portrayed = portrayed_of([read(days_ago=3), read(days_ago=1)])

    assert (portrayed.text_count, portrayed.last_text_at) == (2, NOON - timedelta(days=1))


def test_rare_interests_come_first():
    portrayed = portrayed_of([read(phrases=["linen", "wool coat"])])

    assert [one.phrase for one in portrayed.interests] == ["wool coat", "linen"]


def test_texts_that_cancel_out_leave_the_newest():
    opposite = np.stack([direction(0), -direction(0)])

    assert mean_direction(opposite, np.array([1.0, 1.0])).tolist() == direction(0).tolist()


def test_texts_without_a_category_have_no_share():
    assert category_shares(["", ""]) == {}


def test_no_texts_make_no_profile():
    with pytest.raises(ValueError, match="at least one text"):
        portray([], [], {})
