"""Sentiment on real reviews, beside words alone and vectors alone. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audience.behaviour.purchase import folds
from audience.evaluation.measures import Floats, auc, resampled
from audience.evaluation.reading import Reviews, has, read_reviews
from core.evaluation import Figure, Section
from inference.heads.sentiment import SentimentHead

Encode = Callable[[Sequence[str]], NDArray[np.float32]]

FOLDS = 5
SEED = 0
PARTS = ("words and vectors", "words", "vectors")


def sentiment_section(train: Path, test: Path | None, encode: Encode) -> Section:
    """The head beside a TF-IDF logit and a logit of vectors, on the same rows."""
    if test is not None and has(test, "womens_reviews"):
        known, asked = read_reviews(train), read_reviews(test)
        vectors = encode(known.texts), encode(asked.texts)
        scores = _scores(known, vectors[0], asked.texts, vectors[1])
        how = "Learnt on --train, judged on --test"
        return _section(asked.recommends, scores, f"{how}, {len(asked.texts):,} reviews.")
    reviews = read_reviews(train)
    scores = out_of_fold(reviews, encode(reviews.texts))
    how = f"{FOLDS}-fold cross-validation over {len(reviews.texts):,} reviews"
    return _section(reviews.recommends, scores, f"{how}: does the writer recommend it?")


def out_of_fold(
    reviews: Reviews, vectors: NDArray[np.float32], *, parts: Sequence[str] = PARTS
) -> dict[str, Floats]:
    """Scores by models that had not seen the text, by part."""
    found = {name: np.zeros(len(reviews.texts)) for name in parts}
    for held_out in folds(len(reviews.texts), count=FOLDS, seed=SEED):
        known = Reviews(_rows(reviews.texts, ~held_out), reviews.recommends[~held_out])
        asked = _rows(reviews.texts, held_out)
        scores = _scores(known, vectors[~held_out], asked, vectors[held_out], parts)
        for name, own in scores.items():
            found[name][held_out] = own
    return found


def _rows(texts: Sequence[str], kept: NDArray[np.bool_]) -> tuple[str, ...]:
    return tuple(texts[row] for row in np.flatnonzero(kept).tolist())


def _scores(
    known: Reviews,
    known_vectors: NDArray[np.float32],
    asked: Sequence[str],
    vectors: NDArray[np.float32],
    parts: Sequence[str] = PARTS,
) -> dict[str, Floats]:
    def both() -> Floats:
        head = SentimentHead.fit(known.texts, known_vectors, known.recommends)
        return head.log_odds(asked, vectors)

    judges: dict[str, Callable[[], Floats]] = {
        "words and vectors": both,
        "words": lambda: _tfidf_logit(known, asked),
        "vectors": lambda: _vector_logit(known_vectors, known.recommends, vectors),
    }
    return {name: judges[name]() for name in parts}


def _tfidf_logit(known: Reviews, asked: Sequence[str]) -> Floats:
    """What most would try first: TF-IDF of one and two words, and a logistic regression."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    model = LogisticRegression(C=4.0, solver="liblinear", random_state=SEED)
    model.fit(words.fit_transform(known.texts), known.recommends)
    return np.asarray(model.decision_function(words.transform(asked)))


def _vector_logit(
    known: NDArray[np.float32], is_positive: NDArray[np.bool_], asked: NDArray[np.float32]
) -> Floats:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=4.0, max_iter=300).fit(known, is_positive)
    return np.asarray(model.decision_function(asked))


def _section(recommends: NDArray[np.bool_], scores: dict[str, Floats], how: str) -> Section:
    return Section("Sentiment (womens_reviews)", how, list(_figures(recommends, scores)))


def _figures(recommends: NDArray[np.bool_], scores: dict[str, Floats]) -> Iterator[Figure]:
    rng = np.random.default_rng(SEED)
    rows = len(recommends)
    ours, words = scores["words and vectors"], scores["words"]
    words_auc = auc(recommends, words)
    low, high = resampled(lambda own: auc(recommends[own], ours[own]), rows, rng=rng)
    yield Figure("AUC, words and vectors", auc(recommends, ours), low, high, least=words_auc)
    yield Figure("AUC, TF-IDF logit", words_auc, note="known on the whole set: .958")
    yield Figure("AUC, logit of vectors", auc(recommends, scores["vectors"]))

    def gain(own: NDArray[np.intp]) -> float:
        return auc(recommends[own], ours[own]) - auc(recommends[own], words[own])

    low, high = resampled(gain, rows, rng=rng)
    yield Figure("AUC above the TF-IDF logit", gain(np.arange(rows)), low, high, least=0.0)
