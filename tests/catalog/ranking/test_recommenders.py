"""Every recommender, held against brute force and its own formula."""

import itertools

import numpy as np
import pytest

from catalog.ranking import (
    Content,
    CoPurchase,
    Ease,
    Histories,
    Hybrid,
    NotFitted,
    Popularity,
    Transitions,
    recommend,
)
from catalog.ranking.keeping import packed, unpacked

ITEMS = 12


@pytest.fixture
def sequences():
    rng = np.random.default_rng(4)
    return [rng.permutation(ITEMS)[: rng.integers(1, 8)].tolist() for _ in range(60)]


@pytest.fixture
def histories(sequences):
    return Histories.of(sequences, item_count=ITEMS)


def recommenders():
    vectors = np.random.default_rng(1).standard_normal((ITEMS, 5)).astype(np.float32)
    return [
        Popularity(),
        Transitions(),
        Transitions.first_order(),
        CoPurchase(),
        Ease(l2=5.0),
        Content([vectors]),
        Hybrid([Transitions(), CoPurchase(), Popularity()]),
    ]


@pytest.mark.parametrize("made", recommenders(), ids=lambda each: each.name)
def test_the_contract(made, histories):
    """Scores for every item, the same each time, none below 0, and kept without pickle."""
    scores = made.fit(histories).scores(histories)
    assert (scores.shape, scores.dtype) == ((60, ITEMS), np.float32)
    assert scores.min() >= 0
    assert np.isfinite(scores).all()
    np.testing.assert_array_equal(made.fit(histories).scores(histories), scores)
    kept = unpacked(packed(made.arrays()))
    again = next(each for each in recommenders() if each.name == made.name).restore(kept)
    np.testing.assert_allclose(again.scores(histories), scores, rtol=1e-6)


@pytest.mark.parametrize("made", recommenders(), ids=lambda each: each.name)
def test_reasons_are_what_the_score_is_made_of(made, histories):
    """What the items of a history pull adds up to the score, where history is all there is."""
    made.fit(histories)
    if isinstance(made, Hybrid):
        made.weights = {"next item": 1.0, "bought together": 0.5}
    history = np.array([3, 7, 1], dtype=np.int32)
    scores = made.scores(Histories.of([history], item_count=ITEMS))[0]
    reasons = made.reasons(history, np.arange(ITEMS))
    expected = np.zeros(ITEMS) if isinstance(made, Popularity) else scores
    np.testing.assert_allclose(reasons.sum(axis=0), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("made", recommenders()[:5], ids=lambda each: each.name)
def test_what_was_not_fitted_says_so(made, histories):
    with pytest.raises(NotFitted):
        made.scores(histories)


@pytest.mark.parametrize("made", recommenders(), ids=lambda each: each.name)
def test_an_empty_history_is_no_error(made, histories):
    nobody = Histories.of([[]], item_count=ITEMS)
    assert made.fit(histories).scores(nobody).shape == (1, ITEMS)


def test_the_plain_chain_counts_what_came_next(histories, sequences):
    counted = np.zeros((ITEMS, ITEMS))
    for sequence in sequences:
        for before, after in itertools.pairwise(sequence):
            counted[before, after] += 1
    chances = counted / np.maximum(counted.sum(axis=1, keepdims=True), 1)
    chain = Transitions.first_order().fit(histories)
    np.testing.assert_allclose(chain.table.toarray(), chances, atol=1e-6)
    np.testing.assert_allclose(
        chain.scores(histories), chances[[sequence[-1] for sequence in sequences]], atol=1e-6
    )


def test_the_longer_chain_is_its_formula(histories, sequences):
    counted, had = np.zeros((ITEMS, ITEMS)), np.zeros(ITEMS)
    for sequence in sequences:
        for place, before in enumerate(sequence):
            had[before] += 1
            for distance, after in enumerate(sequence[place + 1 : place + 4], start=1):
                counted[before, after] += 0.7 ** (distance - 1)
                counted[after, before] += 0.5 * 0.7 ** (distance - 1)
    table = counted / counted.sum(axis=1, keepdims=True) ** 0.5 / had**0.3
    chain = Transitions(window=3, decay=0.7, recency=0.6).fit(histories)
    np.testing.assert_allclose(chain.table.toarray(), table, rtol=1e-5)
    weights = np.zeros((len(sequences), ITEMS))
    for row, sequence in enumerate(sequences):
        for place, item in enumerate(sequence):
            weights[row, item] = 0.6 ** (len(sequence) - 1 - place)
    np.testing.assert_allclose(chain.scores(histories), weights @ table, rtol=1e-5)


def test_bought_together_is_the_cosine_of_scikit_learn(histories):
    from sklearn.metrics.pairwise import cosine_similarity

    had = histories.matrix(is_binary=True).toarray()
    expected = cosine_similarity(had.T)
    np.fill_diagonal(expected, 0)
    found = CoPurchase().fit(histories).table.toarray()
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_the_linear_model_is_the_constrained_least_squares_optimum(histories):
    """Steck's B minimises |X - XB|^2 + l2 |B|^2 with diag(B) = 0: solved column by column."""
    had = histories.matrix(is_binary=True).toarray().astype(float)
    found = Ease(l2=5.0, keep=None).fit(histories).table.toarray()
    for column in range(ITEMS):
        others = [item for item in range(ITEMS) if item != column]
        left = had[:, others]
        solved = np.linalg.solve(left.T @ left + 5.0 * np.eye(len(others)), left.T @ had[:, column])
        np.testing.assert_allclose(found[others, column], np.maximum(solved, 0), atol=1e-4)


def test_the_linear_model_in_bands_is_the_same(histories, monkeypatch):
    whole = Ease(l2=5.0, keep=None).fit(histories).table.toarray()
    monkeypatch.setattr("catalog.ranking.item_to_item.ROWS_AT_ONCE", 5)
    np.testing.assert_allclose(Ease(l2=5.0, keep=None).fit(histories).table.toarray(), whole)


def test_a_row_keeps_its_strongest_entries(histories):
    whole = CoPurchase().fit(histories).table.toarray()
    kept = CoPurchase(keep=3).fit(histories).table.toarray()
    for row in range(ITEMS):
        assert np.count_nonzero(kept[row]) <= 3
        strongest = np.sort(whole[row])[::-1][:3]
        np.testing.assert_allclose(np.sort(kept[row])[::-1][:3], strongest)


def test_recent_days_count_more():
    histories = Histories.of([[0, 0, 1]], item_count=2, ages=[[90, 60, 0]])
    found = Popularity(half_life_days=30).fit(histories).scores(histories)[0]
    np.testing.assert_allclose(found, [0.125 + 0.25, 1.0])


def test_content_finds_the_nearest_for_an_item_nobody_had():
    vectors = np.array([[1, 0], [0.9, 0.1], [0, 1], [0, 0]], dtype=np.float32)
    content = Content([vectors]).fit(Histories.of([], item_count=4))
    found = recommend(content, [0], k=3, item_count=4, exclude=[0])
    assert [item for item, _ in found] == [1]
    assert found[0][1] == pytest.approx(0.9 / np.hypot(0.9, 0.1))


def test_pictures_decide_where_words_are_alike():
    text = np.array([[1, 0], [1, 0], [1, 0]], dtype=np.float32)
    image = np.array([[1, 0], [0, 1], [1, 0.1]], dtype=np.float32)
    content = Content([text, image]).fit(Histories.of([], item_count=3))
    assert recommend(content, [0], k=1, item_count=3, exclude=[0])[0][0] == 2


def test_without_a_picture_words_alone_count():
    text = np.array([[1, 0], [1, 1]], dtype=np.float32)
    image = np.array([[1, 0], [0, 0]], dtype=np.float32)
    content = Content([text, image]).fit(Histories.of([], item_count=2))
    assert content.table[0, 1] == pytest.approx(np.sqrt(0.5))


def test_a_profile_finds_what_is_like_it():
    vectors = np.eye(3, dtype=np.float32)
    content = Content([vectors]).fit(Histories.of([], item_count=3))
    found = content.like_vectors(np.array([[0, 2, 0], [0, 0, 0]], dtype=np.float32))
    assert found.tolist() == [[0, 1, 0], [0, 0, 0]]


def test_weights_go_to_the_part_that_foresees():
    """One part is told by the data, the other is noise: what is learnt is the first."""
    rng = np.random.default_rng(3)
    sequences = []
    for _ in range(400):
        start = rng.integers(0, 20)
        sequences.append([(start + step) % 20 for step in range(4)])
    histories = Histories.of(sequences, item_count=20)
    noise = Content([rng.standard_normal((20, 8)).astype(np.float32)])
    hybrid = Hybrid([noise, Transitions.first_order()])
    hybrid.learn(histories, rng=np.random.default_rng(1))
    assert hybrid.weights.get("one step", 0) > hybrid.weights.get("alike", 0)
    assert recommend(hybrid, [5, 6], k=1, item_count=20)[0][0] == 7


def test_learning_never_sees_a_weight_less_hybrid():
    histories = Histories.of([[0], [1]], item_count=2)
    hybrid = Hybrid([Popularity()]).learn(histories, rng=np.random.default_rng(1))
    assert hybrid.weights == {"popularity": 1.0}


def test_what_pulled_most_is_the_reason():
    histories = Histories.of([[0, 2]] * 5 + [[1, 3]] * 5, item_count=4)
    hybrid = Hybrid([Transitions(), Popularity()], weights={"next item": 1.0, "popularity": 0.01})
    hybrid.fit(histories)
    history = np.array([0, 1], dtype=np.int32)
    given = hybrid.part_scores(Histories.of([history], item_count=4))
    found = hybrid.explain(given, history, np.array([2, 3]))
    assert [reason.place for reason in found] == [0, 1]
    assert all(0.5 < reason.share <= 1 for reason in found)


def test_for_a_stranger_the_reason_is_what_everybody_has():
    histories = Histories.of([[0, 2]] * 5 + [[1, 3]] * 5, item_count=4)
    hybrid = Hybrid([Transitions(), Popularity()]).fit(histories)
    nobody = Histories.of([[]], item_count=4)
    (found,) = hybrid.explain(hybrid.part_scores(nobody), nobody[0], np.array([2]))
    assert (found.part, found.place) == ("popularity", None)


def test_numbers_that_are_no_item_are_refused():
    with pytest.raises(ValueError, match="from 0 to 2"):
        Histories.of([[3]], item_count=3)
