import numpy as np
import pytest

from audience.sentiment import (
    HeadSentiment,
    LexiconSentiment,
    fit_sentiment,
    rating_sentiment,
)


def lexicon(text):
    return LexiconSentiment().score([text], np.empty((1, 0)))[0]


@pytest.fixture
def rated():
    """Vectors whose first number says how happy the rating is, with noise."""
    rng = np.random.default_rng(3)
    ratings = rng.integers(1, 6, 2_000)
    vectors = rng.normal(0, 0.3, (2_000, 8)).astype(np.float32)
    vectors[:, 0] += (ratings - 3) / 2
    return vectors, ratings


@pytest.mark.parametrize("text", ["I love it", "Great quality, so soft", "not bad"])
def test_happy_words_score_above_zero(text):
    assert lexicon(text) > 0


@pytest.mark.parametrize("text", ["It itched and tore. Poor quality, ugly", "never happy with it"])
def test_unhappy_words_score_below_zero(text):
    assert lexicon(text) < 0


def test_words_that_say_neither_score_zero():
    assert lexicon("A coat with two pockets") == 0


def test_a_negation_ends_with_its_sentence():
    assert lexicon("No. Love it") > 0


def test_few_ratings_are_not_learnt_from(rated):
    vectors, ratings = rated

    assert fit_sentiment([""] * 300, vectors[:300], ratings[:300]) is None


def test_one_sided_ratings_are_not_learnt_from(rated):
    vectors, ratings = rated
    kept = ratings > 2

    assert fit_sentiment([""] * int(kept.sum()), vectors[kept], ratings[kept]) is None


def test_no_ratings_are_not_learnt_from():
    assert fit_sentiment([], np.empty((0, 8), np.float32), np.empty(0, dtype=int)) is None


def test_enough_ratings_are_learnt_from(rated):
    vectors, ratings = rated
    texts = ["loved" if rating > 3 else "tore" for rating in ratings]

    model = HeadSentiment(fit_sentiment(texts, vectors, ratings), name="own")

    scores = model.score(texts, vectors)
    assert scores[ratings == 5].mean() > 0.7
    assert scores[ratings == 1].mean() < -0.7
    assert np.abs(model.score(texts, vectors * 100)).max() <= 1


def test_ratings_span_the_whole_scale():
    assert [rating_sentiment(rating) for rating in range(1, 6)] == [-1, -0.5, 0, 0.5, 1]
