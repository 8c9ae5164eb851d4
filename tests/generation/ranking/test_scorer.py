"""Laws that any weights obey, and the shipped ones."""

import numpy as np
import pytest

from generation.ranking.features import FEATURES
from generation.ranking.scorer import WEIGHTS, Scorer, WeightsUnusable, shipped_scorer

TEXTS = ["Why do runners love these socks?", "Wool blankets", "20% off, {{ first_name }}", ""]


@pytest.fixture
def vectors():
    return np.random.default_rng(3).standard_normal((len(TEXTS), 384)) / 10


def test_the_reasons_add_up_to_the_score(vectors):
    for score in shipped_scorer().scores(TEXTS, vectors):
        assert score.value == pytest.approx(sum(score.parts.values()))


def test_the_parts_hide_nothing_of_the_linear_model(vectors):
    model = shipped_scorer()
    plain = np.clip((np.zeros(len(FEATURES)) - model.centre) / model.scale, -4, 4)
    one = model.scores([""], vectors[:1])[0]
    features = {feature.name: part for feature, part in zip(FEATURES, plain, strict=True)}
    assert set(one.parts) == set(features) | {"wording"}


def test_win_probabilities_of_both_orders_add_up_to_one(vectors):
    model = shipped_scorer()
    one, other, *_ = model.scores(TEXTS, vectors)
    forth, back = model.win_probability(one, other), model.win_probability(other, one)
    assert forth + back == pytest.approx(1)
    assert 0 < forth < 1


def test_a_text_against_itself_is_a_toss_up(vectors):
    one = shipped_scorer().scores(TEXTS, vectors)[0]
    assert shipped_scorer().win_probability(one, one) == 0.5


def test_a_score_does_not_depend_on_order_or_company(vectors):
    model = shipped_scorer()
    together = model.scores(TEXTS, vectors)
    backwards = model.scores(TEXTS[::-1], vectors[::-1])[::-1]
    alone = [model.scores([text], vectors[[row]])[0] for row, text in enumerate(TEXTS)]
    for one, two, three in zip(together, backwards, alone, strict=True):
        assert one.value == pytest.approx(two.value)
        assert one.value == pytest.approx(three.value)


def test_without_an_encoder_the_features_score_alone_and_say_so():
    scores = shipped_scorer().scores(TEXTS, None)
    assert not any(score.is_complete for score in scores)
    assert all("wording" not in score.parts for score in scores)


def test_the_reasons_read_as_words():
    assert "question -" in shipped_scorer().scores(["Is this wool?"], None)[0].why()


def test_weights_survive_a_round_trip(tmp_path, vectors):
    model = shipped_scorer()
    model.save(tmp_path / "w.npz")
    again = Scorer.load(tmp_path / "w.npz")
    before, after = model.scores(TEXTS, vectors), again.scores(TEXTS, vectors)
    assert [s.value for s in after] == pytest.approx([s.value for s in before])


def test_shipped_weights_are_small_and_hold_no_pickle():
    assert WEIGHTS.stat().st_size < 300_000
    with np.load(WEIGHTS, allow_pickle=False) as stored:
        assert all(stored[name].dtype != object for name in stored.files)


def test_shipped_weights_say_where_they_come_from():
    about = shipped_scorer().provenance
    assert len(about["digest"]) == 64
    assert about["command"] == "manage.py train_ranker"
    assert about["quality"]["ranker"]["p<.05"] > 0.7


def test_what_is_no_file_of_weights_is_refused_by_name(tmp_path):
    (tmp_path / "w.npz").write_bytes(b"no weights")
    with pytest.raises(WeightsUnusable, match=r"w\.npz"):
        Scorer.load(tmp_path / "w.npz")
