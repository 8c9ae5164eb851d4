"""The score of a text, why it has it, and how sure that makes us of one text over another."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generation.ranking.features import FEATURES, measure_texts

Floats = NDArray[np.float64]
FORMAT = 1
# A subject with ten emoji is not ten times what the headlines taught about one.
FURTHEST = 4.0
WEIGHTS = Path(__file__).parent / "weights" / "upworthy.npz"
WORDING = "wording"
WORDING_LABEL = "wording"


class WeightsUnusable(ValueError):
    """A file of weights that this version cannot score with."""


@dataclass(frozen=True)
class Belief:
    """What a difference of scores says about the difference of true log rates.

    Attributes:
        slope: True difference per difference of score; below 1 where the score is too bold.
        spread: Standard deviation, per text, of what the score does not know.
    """

    slope: float
    spread: float

    def win_probability(self, difference: float, *, noise: float = 0.0) -> float:
        """The chance that the first of two texts gets more clicks, `noise` the variance of luck.

        >>> Belief(slope=1.0, spread=0.2).win_probability(0.0)
        0.5
        """
        scale = math.sqrt(2 * self.spread**2 + noise)
        return 0.5 * (1 + math.erf(self.slope * difference / scale / math.sqrt(2)))


@dataclass(frozen=True)
class Score:
    """A text's score: log of its expected click rate against an average headline.

    Attributes:
        value: The sum of `parts`.
        parts: What each feature adds, by feature name; `wording` is what the encoder adds beyond.
        is_complete: Whether the encoder had its say; otherwise only the features had.
    """

    value: float
    parts: Mapping[str, float]
    is_complete: bool

    def why(self, top: int = 4) -> str:
        """The strongest contributions in words, “question +, length -”."""
        strongest = sorted(self.parts.items(), key=lambda part: -abs(part[1]))[:top]
        return ", ".join(
            f"{_LABELS[name]} {'+' if part > 0 else '-'}" for name, part in strongest if part
        )


@dataclass(frozen=True)
class Scorer:
    """Fitted weights. `alone` are the features' weights where there is no encoder.

    Attributes:
        centre: Mean of each feature in training.
        scale: Its standard deviation.
        weights: Weights of the features beside the encoder.
        shared: What of the encoder's part the features foretell; shown as theirs.
        wording_centre: Mean vector in training.
        wording: Weights of the encoder's numbers.
        alone: Weights of the features without the encoder.
        belief: Calibration with the encoder.
        belief_alone: Calibration without.
        provenance: Where the weights come from: command, digest, quality, encoder and layer.
    """

    centre: Floats
    scale: Floats
    weights: Floats
    shared: Floats
    wording_centre: Floats
    wording: Floats
    alone: Floats
    belief: Belief
    belief_alone: Belief
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def scores(self, texts: Sequence[str], vectors: Floats | None) -> list[Score]:
        """Score texts, each for itself.

        Args:
            texts: What to score.
            vectors: Their layer means from the encoder named in the provenance, or None.
        """
        features = standardise(measure_texts(texts), self.centre, self.scale)
        if vectors is None:
            return [_score(row * self.alone, None) for row in features]
        wording = (np.asarray(vectors, np.float64) - self.wording_centre) @ self.wording
        beyond = wording - features @ self.shared
        return [
            _score(row * (self.weights + self.shared), float(rest))
            for row, rest in zip(features, beyond, strict=True)
        ]

    def win_probability(self, one: Score, other: Score) -> float:
        """The chance that `one` truly draws more clicks than `other`, 0 to 1."""
        belief = self.belief if one.is_complete and other.is_complete else self.belief_alone
        return belief.win_probability(one.value - other.value)

    def save(self, place: Path) -> None:
        """Write an .npz without pickle: numbers, and the provenance as JSON text."""
        arrays = {name: getattr(self, name).astype(np.float32) for name in _ARRAYS}
        about = {
            "format": FORMAT,
            "features": [feature.name for feature in FEATURES],
            "belief": [self.belief.slope, self.belief.spread],
            "belief_alone": [self.belief_alone.slope, self.belief_alone.spread],
            "provenance": dict(self.provenance),
        }
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("wb") as handle:
            np.savez_compressed(handle, about=np.array(json.dumps(about)), **arrays)

    @classmethod
    def load(cls, place: Path) -> Scorer:
        try:
            with np.load(place, allow_pickle=False) as stored:
                about = json.loads(str(stored["about"]))
                arrays = {name: stored[name].astype(np.float64) for name in _ARRAYS}
        except (OSError, ValueError, KeyError) as error:
            raise WeightsUnusable(f"{place} holds no weights of a ranker: {error}") from error
        if about["format"] != FORMAT or about["features"] != [one.name for one in FEATURES]:
            raise WeightsUnusable(f"{place} was trained on other features: run train_ranker again")
        return cls(
            **arrays,
            belief=Belief(*about["belief"]),
            belief_alone=Belief(*about["belief_alone"]),
            provenance=about["provenance"],
        )


_ARRAYS = ("centre", "scale", "weights", "shared", "wording_centre", "wording", "alone")
_LABELS = {feature.name: feature.label for feature in FEATURES} | {WORDING: WORDING_LABEL}


def _score(parts: Floats, wording: float | None) -> Score:
    named = {feature.name: float(part) for feature, part in zip(FEATURES, parts, strict=True)}
    if wording is not None:
        named[WORDING] = wording
    return Score(math.fsum(named.values()), named, is_complete=wording is not None)


def standardise(features: Floats, centre: Floats, scale: Floats) -> Floats:
    """Features in standard deviations of the training texts, no further out than a text there."""
    return np.clip((features - centre) / scale, -FURTHEST, FURTHEST)


@cache
def shipped_scorer() -> Scorer:
    """The weights in the repository, read once per process."""
    return Scorer.load(WEIGHTS)
