"""The sentences of a chunk as they are cited, and as they are understood. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.documents.chunking import PATH_JOIN
from assistant.documents.sentences import sentences_of

# Half the bytes of single precision; cosines keep three digits, and no threshold has more.
STORED = np.dtype("<f2")


def sentences_in(body: str) -> tuple[str, ...]:
    """The sentences of a chunk's body, line by line.

    >>> sentences_in("It is free. Write to us.\\nWe answer.")
    ('It is free.', 'Write to us.', 'We answer.')
    """
    return tuple(one for line in body.split("\n") for one in sentences_of(line))


def under_heading(heading: str, sentences: Sequence[str]) -> list[str]:
    """What is encoded: “It is free” says what is free only under its heading.

    >>> under_heading("Returns › Cost", ["It is free."])
    ['Cost: It is free.']
    """
    nearest = heading.rsplit(PATH_JOIN, 1)[-1]
    return [f"{nearest}: {one}" if nearest else one for one in sentences]


def packed(vectors: NDArray[np.float32]) -> bytes:
    """Vectors as they are stored, row by row in half precision."""
    return vectors.astype(STORED).tobytes()


def unpacked(stored: bytes, *, size: int) -> NDArray[np.float32]:
    """The rows of `packed`, shape (sentences, size).

    >>> unpacked(packed(np.eye(2, dtype=np.float32)), size=2).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    return np.frombuffer(stored, dtype=STORED).reshape(-1, size).astype(np.float32)
