"""Small calls of threads that come while another is worked on, worked on together. Pure.

Weights of a model are read from memory for every pass, however few the texts in it: four questions
in one pass cost little more than one. Nobody waits in order to be joined by others: whoever comes
while nothing is under way goes at once, alone.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Encode = Callable[[Sequence[str]], Vectors]


class _Call:
    """What one thread wants, and what came of it."""

    __slots__ = ("error", "is_done", "texts", "vectors")

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts
        self.vectors: Vectors | None = None
        self.error: BaseException | None = None
        self.is_done = False


class Gathered:
    """An encoding function that threads may share: one pass at a time, for all who wait.

    >>> passes = []
    >>> def encode(texts):
    ...     passes.append(list(texts))
    ...     return np.ones((len(texts), 2), dtype=np.float32)
    >>> Gathered(encode)(["a", "b"]).shape, passes
    ((2, 2), [['a', 'b']])
    """

    def __init__(self, encode: Encode) -> None:
        self._encode = encode
        self._turn = threading.Lock()
        self._waiting: deque[_Call] = deque()

    def __call__(self, texts: Sequence[str]) -> Vectors:
        """Vectors of the texts, in their order.

        Raises:
            Exception: What `encode` raised in the pass that held the texts, to all in it.
        """
        call = _Call(texts)
        self._waiting.append(call)
        with self._turn:
            if not call.is_done:
                self._pass()
        if call.vectors is None:
            raise call.error or RuntimeError("the pass was broken off")
        return call.vectors

    def _pass(self) -> None:
        together = []
        # Only who has the turn takes away, one by one: others may append meanwhile.
        while self._waiting:
            together.append(self._waiting.popleft())
        try:
            vectors = self._encode([text for call in together for text in call.texts])
            ends = np.cumsum([len(call.texts) for call in together])[:-1]
            for call, own in zip(together, np.split(vectors, ends), strict=True):
                call.vectors = own
        except BaseException as error:
            for call in together:
                call.error = error
        finally:
            for call in together:
                call.is_done = True
