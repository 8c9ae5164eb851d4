"""The intent head on questions made for the test, against scikit-learn where it does the same."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from core.errors import InputRefused
from inference.encoders import ScriptedEncoder
from inference.heads.intents import IntentHead
from inference.heads.storing import HeadUnusable

ABOUT = {
    "delivery": "parcel courier arrive shipping late tracking",
    "refund": "money back refund return paid",
    "size": "size fit large small waist",
}
FILLERS = ["my", "the", "when", "is", "how", "please", "can", "i", "you", "order", "it", "for"]


def question(rng, words):
    said = [*rng.choice(words.split(), 2), *rng.choice(FILLERS, 4)]
    return " ".join(rng.permutation(said))


def questions(count, seed):
    rng = np.random.default_rng(seed)
    labels = [list(ABOUT)[number % 3] for number in range(count)]
    texts = [question(rng, ABOUT[label]) for label in labels]
    return texts, ScriptedEncoder(64).encode(texts), labels


@pytest.fixture(scope="module")
def head():
    return IntentHead.fit(*questions(300, seed=1))


def test_questions_it_has_not_seen_get_their_label(head):
    texts, vectors, labels = questions(150, seed=2)

    found = head.judge(texts, vectors)

    assert np.mean([one.label == label for one, label in zip(found, labels, strict=True)]) > 0.95


def test_probabilities_sum_to_one_and_the_highest_is_the_confidence(head):
    texts, vectors, _ = questions(20, seed=3)

    chances = head.probabilities(texts, vectors)

    assert chances.sum(1) == pytest.approx(1)
    judged = [one.confidence for one in head.judge(texts, vectors)]
    assert judged == pytest.approx(chances.max(1))


def test_without_a_vote_it_is_scikit_learns_multinomial_regression(head):
    _, vectors, labels = questions(300, seed=1)
    model = LogisticRegression(C=20.0, max_iter=150).fit(vectors, labels)

    # Doubles, since in single precision CPUs differ by more than what is asked.
    doubles = vectors.astype(np.float64)
    logits = doubles @ head.weights.T + head.intercepts

    assert logits == pytest.approx(model.decision_function(doubles), abs=1e-6)


def test_two_labels_are_told_apart_as_scikit_learn_does():
    texts, vectors, labels = questions(300, seed=4)
    kept = [row for row, label in enumerate(labels) if label != "size"]
    head = IntentHead.fit(
        [texts[row] for row in kept], vectors[kept], [labels[row] for row in kept]
    )
    model = LogisticRegression(C=20.0, max_iter=150).fit(vectors[kept], np.array(labels)[kept])

    doubles = vectors.astype(np.float64)
    logits = doubles @ head.weights.T + head.intercepts

    expected = model.decision_function(doubles)
    assert logits[:, 1] - logits[:, 0] == pytest.approx(expected, abs=1e-6)


def test_the_threshold_refuses_no_larger_share_than_was_asked_for(head):
    texts, vectors, _ = questions(600, seed=5)
    scopes = np.array([one.scope for one in head.judge(texts, vectors)])

    refused = [np.mean(scopes < head.threshold(false_refusals=share)) for share in (0.05, 0.2, 0.5)]

    assert refused == sorted(refused)
    assert 0.01 < refused[0] < 0.1
    assert 0.1 < refused[1] < 0.25
    assert 0.4 < refused[2] < 0.6


def test_questions_about_something_else_are_below_the_threshold(head):
    rng = np.random.default_rng(6)
    other = "weather planet guitar volcano senate orchid"
    texts = [question(rng, other) for _ in range(100)]
    vectors = ScriptedEncoder(64).encode(texts)

    scopes = np.array([one.scope for one in head.judge(texts, vectors)])

    assert np.mean(scopes < head.threshold(false_refusals=0.05)) > 0.9


def test_two_examples_of_each_label_are_enough():
    texts, vectors, labels = questions(6, seed=7)

    head = IntentHead.fit(texts, vectors, labels)

    assert [one.label for one in head.judge(texts, vectors)] == labels


@pytest.mark.parametrize(
    ("count", "labels"), [(4, ["a", "a", "a", "a"]), (3, ["a", "a", "b"]), (2, ["a", "b"])]
)
def test_too_few_examples_are_refused(count, labels):
    texts, vectors, _ = questions(count, seed=8)

    with pytest.raises(InputRefused, match="two examples"):
        IntentHead.fit(texts, vectors, labels)


@pytest.mark.parametrize("share", [0, 1, -0.1])
def test_a_share_that_is_none_is_refused(head, share):
    with pytest.raises(InputRefused, match="false_refusals"):
        head.threshold(false_refusals=share)


def test_no_questions_have_no_labels(head):
    assert head.judge([], np.empty((0, 64), dtype=np.float32)) == []


def test_stored_and_read_it_judges_the_same(head):
    texts, vectors, _ = questions(30, seed=9)

    again = IntentHead.unpack(head.pack())

    assert again.judge(texts, vectors) == head.judge(texts, vectors)


def test_other_bytes_are_refused():
    with pytest.raises(HeadUnusable, match="intents"):
        IntentHead.unpack(b"nothing")
