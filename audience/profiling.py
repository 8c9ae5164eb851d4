"""From one contact's texts to what they say together. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from audience.aspects import View, views
from audience.interests import POOL, Vectors, choose_interests
from audience.phrases import Background, WeightedPhrase, distinctive_phrases
from audience.sensitive import is_sensitive

HALF_LIFE_DAYS = 180.0
INTERESTS = 8
# A phrase that fewer texts of everybody's hold is a slip of the pen, not an interest one can
# address.
LEAST_TEXTS = 3
SEARCH = "search"
SOURCE_WEIGHTS = {"review": 1.0, SEARCH: 0.5}
OTHER_SOURCE = 0.8


@dataclass(frozen=True, slots=True)
class ReadText:
    """A text that was cleaned and encoded, with its sentiment; `text_id` 0 where it has no row."""

    occurred_at: datetime
    category: str
    phrases: tuple[str, ...]
    vector: NDArray[np.float32]
    sentiment: float
    text_id: int = 0
    kind: str = "review"
    opinions: Mapping[str, float] = field(default_factory=dict)

    @property
    def says_a_mood(self) -> bool:
        """A search says what somebody looks for, not how they feel."""
        return self.kind != SEARCH


@dataclass(frozen=True, slots=True)
class Portrayed:
    """What a contact's texts say together: the values of their profile."""

    vector: NDArray[np.float32]
    interests: tuple[WeightedPhrase, ...]
    categories: Mapping[str, float]
    sentiment: float | None
    text_count: int
    last_text_at: datetime
    aspects: Mapping[str, View]


def interest_candidates(texts: Sequence[ReadText], background: Background) -> list[WeightedPhrase]:
    """The phrases that set a contact's texts apart, before their vectors are looked at."""
    return distinctive_phrases(
        [text.phrases for text in texts],
        background,
        limit=POOL * INTERESTS,
        least_texts=min(LEAST_TEXTS, 1 + background.texts // 100),
    )


def portray(
    texts: Sequence[ReadText],
    candidates: Sequence[WeightedPhrase],
    vectors: Mapping[str, Vectors],
) -> Portrayed:
    """Put a contact's texts together, recent and telling ones weighing more.

    Args:
        texts: At least one.
        candidates: Their `interest_candidates`.
        vectors: Unit vector of each candidate.

    Raises:
        ValueError: There are no texts.
    """
    if not texts:
        raise ValueError("a profile rests on at least one text")
    last = max(text.occurred_at for text in texts)
    ages = np.array([(last - text.occurred_at).total_seconds() / 86_400 for text in texts])
    weights = recency_weights(ages) * source_weights([text.kind for text in texts])
    vector = mean_direction(np.stack([text.vector for text in texts]), weights)
    return Portrayed(
        vector=vector,
        interests=tuple(choose_interests(candidates, vectors, vector, limit=INTERESTS)),
        categories=category_shares([text.category for text in texts]),
        sentiment=_mood(texts, weights),
        text_count=len(texts),
        last_text_at=last,
        aspects=views([text.opinions if text.says_a_mood else {} for text in texts]),
    )


def _mood(texts: Sequence[ReadText], weights: NDArray[np.float64]) -> float | None:
    """The weighted mean of what says a mood; None where nothing does."""
    telling = [place for place, text in enumerate(texts) if text.says_a_mood]
    if not telling:
        return None
    moods = [texts[place].sentiment for place in telling]
    return float(np.average(moods, weights=weights[telling]))


def source_weights(kinds: Sequence[str]) -> NDArray[np.float64]:
    """How much a text of a kind says of its writer; a search is soon typed.

    >>> source_weights(["review", "search", "question", "other"]).tolist()
    [1.0, 0.5, 0.8, 0.8]
    """
    return np.array([SOURCE_WEIGHTS.get(kind, OTHER_SOURCE) for kind in kinds])


def recency_weights(ages_in_days: NDArray[np.float64]) -> NDArray[np.float64]:
    """Half the weight for every 180 days of age.

    >>> recency_weights(np.array([0.0, 180.0, 360.0])).tolist()
    [1.0, 0.5, 0.25]
    """
    return np.asarray(0.5 ** (ages_in_days / HALF_LIFE_DAYS))


def mean_direction(
    vectors: NDArray[np.float32], weights: NDArray[np.float64]
) -> NDArray[np.float32]:
    """The weighted mean of unit vectors (rows), at unit length.

    >>> mean_direction(np.eye(2, dtype=np.float32), np.array([3.0, 4.0])).round(3).tolist()
    [0.6000000238418579, 0.800000011920929]
    """
    mean = weights @ vectors
    length = np.linalg.norm(mean)
    # Opposite texts cancel out; the newest then stands for the person.
    return (mean / length if length > 1e-9 else vectors[np.argmax(weights)]).astype(np.float32)


def category_shares(categories: Sequence[str]) -> dict[str, float]:
    """Share of the texts that name a category, per category, largest first.

    Categories that touch a sensitive trait count for nothing.

    >>> category_shares(["Dresses", "Knits", "Dresses", ""])
    {'Dresses': 0.6667, 'Knits': 0.3333}
    """
    named = Counter(one for one in categories if one and not is_sensitive(one))
    return {name: round(count / named.total(), 4) for name, count in named.most_common()}
