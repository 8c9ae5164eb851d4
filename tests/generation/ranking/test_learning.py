"""Learning on made-up tests where the truth is known, and judging it."""

import numpy as np
import pytest

from generation.ranking.fitting import design, fit, story_folds, train, values
from generation.ranking.judging import judge
from generation.ranking.trials import Trials, TrialsRefused, pairs_within, trials_from_pairs


@pytest.fixture(scope="module")
def trials():
    """120 stories in which a question costs half of the clicks and nothing else matters."""
    rng = np.random.default_rng(5)
    texts = tuple(
        f"Plain words {story} {'?' if arm else '.'}" for story in range(120) for arm in (0, 1)
    )
    rates = np.array([0.02 if text.endswith("?") else 0.04 for text in texts])
    shown = np.full(len(texts), 3000)
    stories = np.repeat(np.arange(120), 2)
    return Trials(texts, stories, stories, shown.astype(float), rng.binomial(shown, rates) * 1.0)


@pytest.fixture(scope="module")
def known(trials):
    return design(trials, np.random.default_rng(1).standard_normal((len(trials.texts), 8)))


def test_what_a_question_costs_is_learnt(known):
    question, plain = fit(known).scores(["Wool?", "Wool."], None)
    assert question.value < plain.value
    assert "question -" in question.why()


def test_judging_finds_the_truth_and_the_gain(known):
    ranker = judge(known, None).verdicts[0]
    assert ranker.accuracy["p<.05"].estimate > 0.95
    # The better of 4 % and 2 % over their mean, 3 %.
    assert ranker.gain.estimate == pytest.approx(1 / 3, abs=0.03)
    assert ranker.gain.low < ranker.gain.estimate < ranker.gain.high


def test_training_says_how_far_to_trust_it(known):
    assert train(known, provenance={}).belief.slope > 0.5


def test_the_order_of_the_arms_changes_nothing(known):
    back = np.arange(len(known.features))[::-1]
    turned = design(
        Trials(
            tuple(known.trials.texts[i] for i in back), known.trials.groups[back],
            known.trials.stories[back], known.trials.shown[back], known.trials.clicked[back],
        ),
        known.vectors[back],
    )  # fmt: skip
    assert values(fit(turned), known) == pytest.approx(values(fit(known), known), abs=1e-8)


def test_a_story_is_never_split_between_folds():
    folds = story_folds(np.array([4, 4, 9, 9, 4, 1]))
    assert folds[0] == folds[1] == folds[4]
    assert folds[2] == folds[3]


def test_a_faulty_split_is_noticed():
    stories = np.array([0, 0, 1, 1])
    uneven = Trials(("a", "b", "c", "d"), stories, stories, np.array([3000.0, 2000, 3000, 3010]),
                    np.zeros(4))  # fmt: skip
    assert uneven.fair().tolist() == [False, False, True, True]


def test_a_shops_own_duels_come_in_the_same_shape():
    own = trials_from_pairs([("One", "Two"), ("Six", "Ten")], [(9, 1, 9, 2), (8, 0, 8, 3)], [1, 1])
    assert pairs_within(own).first.tolist() == [0, 2]
    assert own.shown.tolist() == [9, 9, 8, 8]


def test_more_clicks_than_impressions_are_refused():
    with pytest.raises(TrialsRefused, match="more often"):
        trials_from_pairs([("One", "Two")], [(1, 2, 5, 0)], [1])
