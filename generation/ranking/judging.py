"""How good a ranking is on stories it has not seen, with intervals that respect the stories."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generation.ranking.fitting import Design, calibrate, cross_fit, fit, splits, values
from generation.ranking.scorer import Belief
from generation.ranking.trials import Floats, Integers, Pairs, Trials, TrialsRefused, pairs_within

THRESHOLDS = (1.0, 0.05, 0.01, 0.001)
RESAMPLES = 2000
CONFIDENCE = 0.95
BINS = 10


@dataclass(frozen=True)
class Figure:
    """An estimate with its bootstrap interval; stories are resampled, not pairs."""

    estimate: float
    low: float
    high: float
    standard_error: float
    count: int


@dataclass(frozen=True)
class Calibration:
    """Whether said probabilities happen. `slope` 1 and `error` (ECE) 0 are perfect."""

    slope: float
    error: float


@dataclass(frozen=True)
class Verdict:
    """One ranking's quality. `accuracy` is by the p-value below which a pair counts."""

    name: str
    accuracy: Mapping[str, Figure]
    gain: Figure
    calibration: Calibration | None = None


@dataclass(frozen=True)
class Report:
    """All that `eval_ranker` prints."""

    stories: int
    tests: int
    arms: int
    unfair_arms: int
    pairs: int
    verdicts: tuple[Verdict, ...]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def judge(known: Design, judged: Design | None, *, seed: int = 0) -> Report:
    """Train on one set and judge on the other, or cross-validate by story where there is one."""
    trials = (judged or known).trials
    if len(np.unique(known.trials.stories)) < 2 * 5:
        raise TrialsRefused("fewer than ten stories: too few to learn from")
    scored, beliefs = _scored(known, judged, seed=seed)
    verdicts = tuple(
        verdict(name, trials, scores, belief=beliefs.get(name), seed=seed)
        for name, scores in scored.items()
    )
    return Report(
        stories=len(np.unique(trials.stories)),
        tests=len(np.unique(trials.groups)),
        arms=len(trials.texts),
        unfair_arms=int((~trials.fair()).sum()),
        pairs=len(pairs_within(trials).first),
        verdicts=verdicts,
    )


def _scored(
    known: Design, judged: Design | None, *, seed: int
) -> tuple[dict[str, Floats], dict[str, Belief]]:
    own = cross_fit(known, seed=seed)
    beliefs = {
        "ranker": calibrate(known.trials, own.complete),
        "features only": calibrate(known.trials, own.alone),
    }
    if judged is None:
        complete, alone = own.complete, own.alone
        tfidf = np.zeros(len(complete))
        for held_out in splits(known.trials.stories, seed=seed):
            tfidf[held_out] = tfidf_scores(
                known.trials.subset(~held_out), known.trials.subset(held_out)
            )
        lengths = _lengths(known.trials)
    else:
        model = fit(known)
        complete, alone = values(model, judged), values(model, judged, is_alone=True)
        tfidf, lengths = tfidf_scores(known.trials, judged.trials), _lengths(judged.trials)
    scored = {"ranker": complete, "features only": alone}
    return scored | {"TF-IDF logit": tfidf, "longer wins": lengths}, beliefs


def _lengths(trials: Trials) -> Floats:
    return np.array([len(text) for text in trials.texts], dtype=np.float64)


def tfidf_scores(known: Trials, judged: Trials) -> Floats:
    """The baseline: logistic regression on differences of TF-IDF vectors, one row per pair."""
    from scipy.sparse import vstack
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    vectorizer = TfidfVectorizer(ngram_range=(1, 2), min_df=3, sublinear_tf=True)
    vectors = vectorizer.fit_transform(known.texts)
    pairs = pairs_within(known)
    outcome = z_scores(known, pairs)
    decided = outcome != 0
    rows = (vectors[pairs.first] - vectors[pairs.second])[decided]
    won = outcome[decided] > 0
    # Each pair in both orders, at half the weight: which arm comes first must teach nothing.
    model = LogisticRegression(C=0.5, fit_intercept=False, max_iter=500)
    model.fit(vstack([rows, -rows]), np.concatenate([won, ~won]))
    return vectorizer.transform(judged.texts) @ model.coef_[0]


def z_scores(trials: Trials, pairs: Pairs) -> Floats:
    """Pooled two-proportion z of first minus second; 0 where nobody clicked either."""
    shown_one, shown_two = trials.shown[pairs.first], trials.shown[pairs.second]
    clicked_one, clicked_two = trials.clicked[pairs.first], trials.clicked[pairs.second]
    pooled = (clicked_one + clicked_two) / (shown_one + shown_two)
    error = np.sqrt(pooled * (1 - pooled) * (1 / shown_one + 1 / shown_two))
    difference = clicked_one / shown_one - clicked_two / shown_two
    return np.divide(difference, error, out=np.zeros_like(error), where=error > 0)


def verdict(
    name: str, trials: Trials, scores: Floats, *, belief: Belief | None, seed: int = 0
) -> Verdict:
    """Judge any scores; `belief` turns differences into probabilities."""
    return Verdict(
        name=name,
        accuracy=accuracy(trials, scores, seed=seed),
        gain=gain(trials, scores, seed=seed),
        calibration=calibration(trials, scores, belief) if belief else None,
    )


def accuracy(trials: Trials, scores: Floats, *, seed: int = 0) -> dict[str, Figure]:
    """Share of pairs whose better headline has the higher score, a tie counting half."""
    from scipy.stats import norm

    pairs = pairs_within(trials)
    outcome = z_scores(trials, pairs)
    difference = scores[pairs.first] - scores[pairs.second]
    right = np.where(difference == 0, 0.5, (difference > 0) == (outcome > 0))
    p_values = 2 * norm.sf(np.abs(outcome))
    stories = trials.stories[pairs.first]
    return {
        _named(limit): _ratio(
            right[kept], np.ones(int(kept.sum())), stories[kept], seed=seed, minus=0.0
        )
        for limit in THRESHOLDS
        if (kept := (p_values < limit) & (outcome != 0)).any()
    }


def _named(limit: float) -> str:
    return "all pairs" if limit == 1.0 else f"p<{limit:g}".replace("0.", ".")


def gain(trials: Trials, scores: Floats, *, seed: int = 0) -> Figure:
    """Clicks gained by publishing each test's top score untested, over a random choice.

    Tests count by their impressions; both choices are given the test's whole traffic.
    """
    _, groups = np.unique(trials.groups, return_inverse=True)
    rates = trials.clicked / trials.shown
    sizes = np.bincount(groups)
    traffic = np.bincount(groups, trials.shown)
    # Last of a stable order by group, then score: the top of each group.
    order = np.lexsort((scores, groups))
    top = order[np.cumsum(sizes) - 1]
    chosen = traffic * rates[top]
    random = traffic * np.bincount(groups, rates) / sizes
    return _ratio(chosen, random, trials.stories[top], seed=seed, minus=1.0)


def _ratio(above: Floats, below: Floats, stories: Integers, *, seed: int, minus: float) -> Figure:
    """A ratio of sums less a constant, with a bootstrap over stories."""
    _, index = np.unique(stories, return_inverse=True)
    tops, bottoms = np.bincount(index, above), np.bincount(index, below)
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(len(tops), np.full(len(tops), 1 / len(tops)), size=RESAMPLES)
    resampled = (drawn @ tops) / (drawn @ bottoms) - minus
    low, high = np.quantile(resampled, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    estimate = float(tops.sum() / bottoms.sum() - minus)
    return Figure(estimate, float(low), float(high), float(resampled.std()), len(above))


def calibration(trials: Trials, scores: Floats, belief: Belief) -> Calibration:
    """Of the probability, said beforehand, that the first of a pair draws the higher rate.

    The luck of the test is part of that probability: both arms' traffic is known beforehand, their
    clicks are taken at the pair's mean rate.
    """
    pairs = pairs_within(trials)
    outcome = z_scores(trials, pairs)
    decided = outcome != 0
    shown_one, shown_two = trials.shown[pairs.first], trials.shown[pairs.second]
    rate = (trials.clicked[pairs.first] + trials.clicked[pairs.second] + 1) / (
        shown_one + shown_two
    )
    noise = 1 / (shown_one * rate) + 1 / (shown_two * rate)
    difference = scores[pairs.first] - scores[pairs.second]
    said = _vectorised(belief)(difference[decided], noise[decided])
    won = outcome[decided] > 0
    return Calibration(slope=_slope(said, won), error=_expected_error(said, won))


def _vectorised(belief: Belief) -> Callable[[Floats, Floats], Floats]:
    def said(differences: Floats, noise: Floats) -> Floats:
        return np.array(
            [
                belief.win_probability(one, noise=luck)
                for one, luck in zip(differences.tolist(), noise.tolist(), strict=True)
            ]
        )

    return said


def _slope(said: Floats, won: NDArray[np.bool_]) -> float:
    """Slope of a logistic regression of the outcome on the said log odds, without intercept."""
    odds = np.log(said / (1 - said))
    slope = 1.0
    for _ in range(25):
        expected = 1 / (1 + np.exp(-slope * odds))
        slope += float(odds @ (won - expected) / (odds**2 @ (expected * (1 - expected))))
    return slope


def _expected_error(said: Floats, won: NDArray[np.bool_]) -> float:
    """Expected calibration error in ten bins; which arm comes first must not matter."""
    said, won = np.concatenate([said, 1 - said]), np.concatenate([won, ~won])
    bins = np.minimum((said * BINS).astype(int), BINS - 1)
    gaps = np.bincount(bins, won - said, minlength=BINS)
    return float(np.abs(gaps).sum() / len(said))
