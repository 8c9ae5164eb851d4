"""Texts read once: their vectors, and what each says of fit, price, delivery and the like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from audience.aspects import Lexicon, Mention, opinions_in
from audience.sentiment import SentimentModel
from inference.encoders import Progress, TextEncoder, encode_with_parts

Opinions = dict[str, float]


class Reader:
    """Encodes texts and judges their clauses in one pass.

    Attributes:
        key: Changes with what it would say of aspects.
    """

    def __init__(
        self, encoder: TextEncoder, sentiment: SentimentModel, lexicon: Lexicon | None = None
    ) -> None:
        self.encoder = encoder
        self.sentiment = sentiment
        self._lexicon = lexicon or Lexicon()
        self.key = f"{self._lexicon.key}/{sentiment.key}"

    def read(
        self, bodies: Sequence[str], *, progress: Progress | None = None
    ) -> tuple[NDArray[np.float32], list[Opinions]]:
        """Vectors, shape (texts, size), and of each text the sentiment of each aspect it names."""
        mentions = [self._lexicon.mentions(body) for body in bodies]
        spans = [list(dict.fromkeys((one.start, one.end) for one in own)) for own in mentions]
        read = spans if self.sentiment.reads_vectors else [[] for _ in bodies]
        vectors, parts = encode_with_parts(self.encoder, bodies, read, progress=progress)
        said = [
            body[start:end] for body, own in zip(bodies, spans, strict=True) for start, end in own
        ]
        scores = iter(self.sentiment.score_clauses(said, parts).tolist())
        judged = [{span: next(scores) for span in own} for own in spans]
        return vectors, list(_opinions(mentions, judged))


def _opinions(
    mentions: Sequence[Sequence[Mention]], judged: Sequence[dict[tuple[int, int], float]]
) -> Iterator[Opinions]:
    for own, scores in zip(mentions, judged, strict=True):
        yield opinions_in(own, [scores[one.start, one.end] for one in own])
