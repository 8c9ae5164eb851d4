"""Attention over keys in two parts: a prefix all texts share, and each text's own.

transformers' own caches hold the shared part once per text, and read it once per text and step.
Here it is held once, and one matrix product per step serves every text. The arithmetic is laid out
so that a text's figures do not depend on its company: own keys stand left-aligned in multiples of
`SPAN`, since matrix products over a length padded with zeros to the same blocks round alike.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import torch

ATTENTION = "copylift_two_part"
# Own keys are looked at in multiples of this, and prompts padded to them.
SPAN = 64
_active = threading.local()


class UnsupportedAttention(Exception):
    """The model asks for something of attention that this one lacks (a window, a soft cap)."""


class Pass(Protocol):
    """One forward pass: keeps the keys and values, and knows how to attend to them."""

    def update(
        self, key: torch.Tensor, value: torch.Tensor, layer_idx: int, *args: Any, **kwargs: Any
    ) -> tuple[torch.Tensor, torch.Tensor]: ...

    def get_seq_length(self, layer_idx: int = 0) -> int: ...

    def attend(
        self, layer: int, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, scale: float
    ) -> torch.Tensor: ...


@dataclass
class Layers:
    """Keys and values by layer, each of shape (rows, heads, length, size)."""

    keys: list[torch.Tensor] = field(default_factory=list)
    values: list[torch.Tensor] = field(default_factory=list)

    @property
    def length(self) -> int:
        return self.keys[0].shape[2] if self.keys else 0

    def append(self, key: torch.Tensor, value: torch.Tensor) -> None:
        self.keys.append(key)
        self.values.append(value)


class PrefillPass:
    """Computes a stretch of tokens, behind the shared prefix where there is one."""

    def __init__(self, prefix: Layers) -> None:
        self._prefix = prefix
        self._mask: torch.Tensor | None = None
        self.computed = Layers()

    def update(
        self, key: torch.Tensor, value: torch.Tensor, layer_idx: int, *_: Any, **__: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        del layer_idx  # layers come in order
        self.computed.append(key, value)
        return key, value

    def get_seq_length(self, layer_idx: int = 0) -> int:
        del layer_idx
        return self._prefix.length

    def attend(
        self, layer: int, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, scale: float
    ) -> torch.Tensor:
        if self._prefix.length:
            rows = key.shape[0]
            key = torch.cat([self._prefix.keys[layer].expand(rows, -1, -1, -1), key], 2)
            value = torch.cat([self._prefix.values[layer].expand(rows, -1, -1, -1), value], 2)
        groups = query.shape[1] // key.shape[1]
        if groups > 1:
            key, value = key.repeat_interleave(groups, 1), value.repeat_interleave(groups, 1)
        return torch.nn.functional.scaled_dot_product_attention(
            query, key, value, attn_mask=self._causal(query, key), scale=scale
        ).transpose(1, 2)

    def _causal(self, query: torch.Tensor, key: torch.Tensor) -> torch.Tensor:
        if self._mask is None:
            new, seen = query.shape[2], key.shape[2]
            everything = torch.ones(new, seen, dtype=torch.bool, device=query.device)
            self._mask = everything.tril(seen - new)
        return self._mask


class DecodePass:
    """One token for each row: writes its key behind the row's own, and attends to both parts.

    Attributes:
        rows: How many rows take part, from the first.
        span: How far to look into the own keys; covers the longest.
        lengths: Own tokens each row has so far, shape (rows,).
    """

    def __init__(self, prefix: Layers, own: Layers, lengths: torch.Tensor, *, span: int) -> None:
        self._prefix, self._own, self._lengths, self._span = prefix, own, lengths, span
        self._rows = torch.arange(len(lengths), device=lengths.device)
        slots = torch.arange(span, device=lengths.device)
        self._hidden = (slots > lengths[:, None])[:, None, None]

    def update(
        self, key: torch.Tensor, value: torch.Tensor, layer_idx: int, *_: Any, **__: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        keys, values = self._own.keys[layer_idx], self._own.values[layer_idx]
        keys[self._rows, :, self._lengths] = key[:, :, 0]
        values[self._rows, :, self._lengths] = value[:, :, 0]
        rows = len(self._rows)
        return keys[:rows, :, : self._span], values[:rows, :, : self._span]

    def get_seq_length(self, layer_idx: int = 0) -> int:
        del layer_idx
        return self._prefix.length + self._span

    def attend(
        self, layer: int, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, scale: float
    ) -> torch.Tensor:
        rows, heads, _, size = query.shape
        groups = heads // key.shape[1]
        grouped = query.view(rows, key.shape[1], groups, size)
        own = (grouped @ key.transpose(-1, -2)).float().masked_fill(self._hidden, -torch.inf)
        if not self._prefix.length:
            weights = (own * scale).softmax(-1).to(value.dtype)
            return (weights @ value).reshape(rows, 1, heads, size)
        by_head = grouped.transpose(0, 1).reshape(key.shape[1], rows * groups, size)
        shared = (by_head @ self._prefix.keys[layer][0].transpose(-1, -2)).float()
        shared = shared.view(key.shape[1], rows, groups, -1).transpose(0, 1)
        weights = (torch.cat([shared, own], -1) * scale).softmax(-1).to(value.dtype)
        of_shared, of_own = weights.split([self._prefix.length, self._span], -1)
        by_head = of_shared.transpose(0, 1).reshape(key.shape[1], rows * groups, -1)
        from_shared = (by_head @ self._prefix.values[layer][0]).view(-1, rows, groups, size)
        merged = from_shared.transpose(0, 1) + of_own @ value
        return merged.reshape(rows, 1, heads, size)


@contextmanager
def running(current: Pass) -> Iterator[None]:
    """Attention inside belongs to this pass; the models hand no object of ours through to it."""
    _active.current = current
    try:
        yield
    finally:
        _active.current = None


def two_part_attention(
    module: Any,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float | None = None,
    **asked: Any,
) -> tuple[torch.Tensor, None]:
    """transformers' attention interface, answered by the pass under way."""
    del attention_mask
    extras = [
        name for name in ("sliding_window", "softcap", "s_aux") if asked.get(name) is not None
    ]
    if extras:
        raise UnsupportedAttention(", ".join(extras))
    scale = query.shape[-1] ** -0.5 if scaling is None else scaling
    return _active.current.attend(module.layer_idx, query, key, value, scale), None


def register() -> None:
    """Make the attention known to transformers; a second time changes nothing."""
    from transformers import AttentionInterface

    AttentionInterface.register(ATTENTION, two_part_attention)
