"""From logits to tokens: temperature, top-k, top-p, and chance that belongs to the text.

The uniform numbers of a text come from a counter-based generator keyed by its seed and position:
no other text can shift them. A token is where a uniform number falls in the probabilities, cumulated
in the order of token ids and not of likelihood: two tokens nearly as likely as each other then keep
their places when rounding swaps their ranks.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Sampling:
    """How freely to choose.

    Attributes:
        temperature: Divides the logits; 0 takes the likeliest token always.
        top_p: The likeliest tokens that together reach this probability are candidates.
        top_k: At most so many candidates; 0 is all. Sorting a vocabulary of 150,000 words at every
            step would cost more than the model does.
    """

    temperature: float = 0.9
    top_p: float = 0.95
    top_k: int = 64


def uniforms(seed: int, position: int, *, count: int) -> NDArray[np.float64]:
    """The `count` uniform numbers in [0, 1) of one text."""
    digest = hashlib.sha256(f"{seed}/{position}".encode()).digest()
    key = np.frombuffer(digest[:16], dtype=np.uint64)
    return np.random.Generator(np.random.Philox(key=key)).random(count)


def choose(logits: torch.Tensor, sampling: Sampling, uniform: torch.Tensor) -> torch.Tensor:
    """One token per row.

    Args:
        logits: Shape (rows, vocabulary).
        sampling: Temperature and candidates.
        uniform: Shape (rows,), in [0, 1).
    """
    if not sampling.temperature:
        return logits.argmax(-1)
    size = logits.shape[-1]
    values, ids = logits.float().topk(min(sampling.top_k or size, size))
    weights = (values / sampling.temperature).softmax(-1)
    before = weights.cumsum(-1) - weights
    weights = weights.masked_fill(before >= sampling.top_p, 0).double()
    ids, order = ids.sort(-1)
    cumulated = weights.gather(-1, order).cumsum(-1)
    # Short of the sum, so that rounding cannot land behind the last candidate.
    target = (uniform[:, None] * cumulated[:, -1:]).clamp(max=cumulated[:, -1:] * (1 - 1e-12))
    place = (cumulated <= target).sum(-1, keepdim=True)
    return ids.gather(-1, place)[:, 0]
