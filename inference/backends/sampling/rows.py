"""The rows of a batch: own keys in fixed places, texts that come and go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from inference.backends.sampling.attention import Layers
from inference.backends.sampling.choosing import uniforms


@dataclass
class Text:
    """One text being sampled."""

    prompt: int
    position: int
    seed: int
    own: tuple[int, ...]
    limit: int
    tokens: list[int] = field(default_factory=list)
    state: Any = None

    @property
    def length(self) -> int:
        """Own tokens whose keys stand in the batch before the next step."""
        return len(self.own) - 1 + len(self.tokens)


def allocate(like: torch.Tensor, *, rows: int, length: int) -> torch.Tensor:
    """Room for the keys or values of one layer: where memory runs out first."""
    return like.new_zeros(rows, like.shape[1], length, like.shape[3])


class Rows:
    """A batch with room for so many texts of so many tokens.

    Live texts are the first rows, `texts[row]` each; `None` marks one that ended and has not been
    closed up yet. `next` holds the token to feed, `lengths` the own keys so far.
    """

    def __init__(self, *, room: int, length: int, limit: int, device: torch.device) -> None:
        self.room, self._length = room, length
        self.own = Layers()
        self.texts: list[Text | None] = []
        self.next = torch.zeros(room, dtype=torch.long, device=device)
        self.lengths = torch.zeros(room, dtype=torch.long, device=device)
        self.uniform = torch.zeros(room, limit, dtype=torch.float64, device=device)

    @property
    def live(self) -> int:
        return sum(text is not None for text in self.texts)

    def put(self, texts: Sequence[Text], computed: Layers, sources: Sequence[int]) -> None:
        """Take in texts whose prompts were computed; `sources` are their rows there."""
        start, end = len(self.texts), len(self.texts) + len(texts)
        if computed.keys:
            self._write(computed, slice(start, end), sources)
        self.texts += texts
        device = self.next.device
        self.next[start:end] = torch.tensor([text.own[-1] for text in texts], device=device)
        self.lengths[start:end] = torch.tensor([text.length for text in texts], device=device)
        numbers = np.zeros((len(texts), self.uniform.shape[1]))
        for row, text in enumerate(texts):
            numbers[row, : text.limit] = uniforms(text.seed, text.position, count=text.limit)
        self.uniform[start:end] = torch.from_numpy(numbers)

    def close_up(self) -> None:
        """Move the last texts into the rows of those that ended."""
        live = self.live
        holes = [row for row, text in enumerate(self.texts[:live]) if text is None]
        movers = [row for row, text in enumerate(self.texts) if row >= live and text is not None]
        if holes:
            for tensor in (*self.own.keys, *self.own.values):
                tensor[holes] = tensor[movers]
            for tensor in (self.next, self.lengths, self.uniform):
                tensor[holes] = tensor[movers]
            for hole, mover in zip(holes, movers, strict=True):
                self.texts[hole] = self.texts[mover]
        del self.texts[live:]

    def _write(self, computed: Layers, rows: slice, sources: Sequence[int]) -> None:
        if not self.own.keys:
            for key, value in zip(computed.keys, computed.values, strict=True):
                self.own.append(
                    allocate(key, rows=self.room, length=self._length),
                    allocate(value, rows=self.room, length=self._length),
                )
        taken = torch.tensor(sources, device=self.next.device)
        length = min(computed.length, self._length)
        for own, new in (
            *zip(self.own.keys, computed.keys, strict=True),
            *zip(self.own.values, computed.values, strict=True),
        ):
            own[rows, :, :length] = new[:, :, :length].index_select(0, taken)
