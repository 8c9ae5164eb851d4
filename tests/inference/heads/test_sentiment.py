"""The sentiment head against scikit-learn's own pipeline, and its stored form."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from inference.heads.ngrams import Hashing, Ngrams
from inference.heads.sentiment import SentimentHead, shipped_sentiment
from inference.heads.storing import HeadUnusable, pack

HAPPY = ["love this soft knit", "great fit and lovely", "so soft, love it", "perfect fit"]
UNHAPPY = ["returned it, runs huge", "huge and itchy", "itchy, returned", "poor and huge"]
TEXTS = [f"{one} {number % 7}" for number in range(40) for one in (*HAPPY, *UNHAPPY)]
IS_HAPPY = np.array([one in HAPPY for _ in range(40) for one in (*HAPPY, *UNHAPPY)])


def vectors(seed=1, shift=0.5):
    rng = np.random.default_rng(seed)
    made = rng.normal(size=(len(TEXTS), 6)).astype(np.float32)
    made[:, 0] += np.where(IS_HAPPY, shift, -shift)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def test_ngrams_weigh_as_scikit_learns_tfidf_does():
    hashing = Hashing(words=(1, 2), size=2**18)
    counted = hashing.count(TEXTS)
    ours = Ngrams.fit(hashing, counted, least=1).weigh(counted)

    pattern = r"(?u)\b\w[\w'’]*\b|[!?]"
    theirs = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=pattern)
    expected = theirs.fit_transform(TEXTS)

    assert ours.shape == expected.shape
    assert (ours @ ours.T).toarray() == pytest.approx((expected @ expected.T).toarray(), abs=1e-9)


def test_log_odds_are_those_of_scikit_learn_over_both_parts():
    known = vectors()
    head = SentimentHead.fit(TEXTS, known, IS_HAPPY)

    both = hstack([csr_matrix(known * 2.0), head.ngrams.transform(TEXTS)])
    model = LogisticRegression(
        C=4.0, class_weight="balanced", solver="liblinear", random_state=0
    ).fit(both, IS_HAPPY)

    expected = model.decision_function(both)
    assert head.log_odds(TEXTS, known) == pytest.approx(expected, abs=1e-6)
    chances = model.predict_proba(both)[:, 1]
    assert head.score(TEXTS, known) == pytest.approx(2 * chances - 1, abs=1e-6)


def test_stored_and_read_it_scores_the_same():
    known = vectors()
    head = SentimentHead.fit(TEXTS, known, IS_HAPPY, about={"command": "a test"})

    again = SentimentHead.unpack(head.pack())

    assert again.score(TEXTS, known) == pytest.approx(head.score(TEXTS, known), abs=2e-3)
    assert again.about == {"command": "a test"}


def test_words_that_no_training_text_held_change_nothing():
    head = SentimentHead.fit(TEXTS, vectors(), IS_HAPPY)
    nothing = np.zeros((1, 6), dtype=np.float32)

    assert head.log_odds(["zyx wvu"], nothing) == pytest.approx([head.intercept])


def test_clauses_start_from_nothing_and_unknown_words_say_nothing():
    nothing = np.zeros((3, 384), dtype=np.float32)
    scores = shipped_sentiment().score_clauses(
        ["so comfortable", "poor quality", "zyx wvu"], nothing
    )

    assert scores[0] > 0.5
    assert scores[1] < -0.5
    assert scores[2] == 0


def test_no_texts_have_no_scores():
    head = SentimentHead.fit(TEXTS, vectors(), IS_HAPPY)

    assert head.score([], np.empty((0, 6), dtype=np.float32)).shape == (0,)


@pytest.mark.parametrize("stored", [b"", b"no archive", pack("intents", {}, {})])
def test_other_bytes_are_refused(stored):
    with pytest.raises(HeadUnusable, match="sentiment"):
        SentimentHead.unpack(stored)


def test_the_shipped_weights_tell_happy_from_unhappy_without_any_vector():
    head = shipped_sentiment()
    texts = ["Love it, fits perfectly", "So comfortable", "Had to return it", "Cheap and itchy"]
    nothing = np.zeros((4, 384), dtype=np.float32)

    assert roc_auc_score([1, 1, 0, 0], head.score(texts, nothing)) == 1


def test_the_shipped_weights_say_where_they_come_from_and_are_small():
    about = shipped_sentiment().about

    assert about["command"] == "manage.py train_heads"
    assert about["quality"]["auc"] > 0.95
    assert about["encoder"] == "all-MiniLM-L6-v2"
