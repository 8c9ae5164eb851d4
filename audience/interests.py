"""Which of a contact's phrases stand for their interests. Pure.

Class-based TF-IDF proposes (`audience.phrases`); the vector of each phrase then says how near it is
to what the contact writes about as a whole, and maximal marginal relevance (Carbonell and
Goldstein, 1998) keeps phrases that say different things.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from audience.phrases import WeightedPhrase

Vectors = NDArray[np.float32]
Encode = Callable[[Sequence[str]], Vectors]

# How many phrases are proposed for each that is kept.
POOL = 2
# The part of a choice that is relevance; the rest is being unlike what was chosen before.
RELEVANCE = 0.6
# Phrases as near as this say the same: the second comes only when nothing else is left.
SAME = 0.9


class PhraseVectors:
    """Vectors of phrases, encoded once per process; the longest unused ones are forgotten.

    Encoding every candidate of every text is what makes KeyBERT slow: most phrases come again.
    """

    def __init__(self, encode: Encode, *, most: int = 50_000) -> None:
        self._encode = encode
        self._most = most
        self._known: OrderedDict[str, Vectors] = OrderedDict()

    def of(self, phrases: Iterable[str]) -> Mapping[str, Vectors]:
        """The unit vector of each phrase; those not yet known are encoded together."""
        wanted = list(dict.fromkeys(phrases))
        missing = [phrase for phrase in wanted if phrase not in self._known]
        if missing:
            self._known.update(zip(missing, self._encode(missing), strict=True))
        for phrase in wanted:
            self._known.move_to_end(phrase)
        found = {phrase: self._known[phrase] for phrase in wanted}
        while len(self._known) > self._most:
            self._known.popitem(last=False)
        return found


def choose_interests(
    candidates: Sequence[WeightedPhrase],
    vectors: Mapping[str, Vectors],
    about: Vectors,
    *,
    limit: int,
) -> list[WeightedPhrase]:
    """The phrases that say most of what a contact writes about, each something else.

    Args:
        candidates: By class-based TF-IDF.
        vectors: Unit vector of each candidate.
        about: Unit vector of the contact.
        limit: Most phrases to return.

    Returns:
        Strongest first; weight is TF-IDF times (1 + cosine to the contact) / 2.
    """
    if not candidates:
        return []
    rows = np.stack([vectors[one.phrase] for one in candidates])
    nearness = (1 + rows @ about) / 2
    weights = nearness * np.array([one.weight for one in candidates])
    chosen = _diverse(weights / max(weights.max(), 1e-12), rows @ rows.T, limit=limit)
    kept = [replace(candidates[row], weight=float(weights[row])) for row in chosen]
    return sorted(kept, key=lambda found: (-found.weight, found.phrase))


def categories_of(
    phrases: Iterable[str], texts: Sequence[tuple[Sequence[str], str]]
) -> dict[str, str]:
    """The category most of the texts with a phrase are about; phrases without one are left out.

    Args:
        phrases: Which to tie to a category.
        texts: Phrases and category of each text; an empty category says nothing.

    >>> categories_of(["wool", "silk"], [(["wool"], "Knits"), (["wool", "silk"], "")])
    {'wool': 'Knits'}
    """
    found = {}
    for phrase in phrases:
        named = Counter(category for said, category in texts if category and phrase in said)
        if named:
            found[phrase] = named.most_common(1)[0][0]
    return found


def _diverse(relevance: NDArray[np.float64], alike: Vectors, *, limit: int) -> list[int]:
    chosen: list[int] = []
    nearest = np.zeros(len(relevance))
    for _ in range(min(limit, len(relevance))):
        value = RELEVANCE * relevance - (1 - RELEVANCE) * nearest - (nearest >= SAME)
        value[chosen] = -np.inf
        best = int(np.argmax(value))
        chosen.append(best)
        nearest = np.maximum(nearest, alike[best])
    return chosen
