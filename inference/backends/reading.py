"""What a transformer makes of tokens: their states after its last layer, or after an earlier one.

BERT, of which most sentence encoders are made (the house's too), is read by the same products
without the modules around them: of a single question those are a third of all work, done in Python
while every other thread of the process waits. Devlin et al., 2018, arXiv 1810.04805.

Its weights are held in half precision and multiplied in single: a question is so short that most
of its time goes into fetching them from memory. Rounding them moves no vector further than a cosine
of .99999.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import torch


Product = Callable[["torch.Tensor"], "torch.Tensor"]


class Reads(Protocol):
    """Token states, shape (texts, tokens, size), of token ids and their mask (texts, tokens)."""

    def __call__(
        self, ids: torch.Tensor, mask: torch.Tensor, *, layer: int | None = None
    ) -> torch.Tensor: ...


def reader_of(model: Any) -> Reads:
    """How a model is read; one that is not plain BERT as transformers does."""
    return _Bert(model) if _is_plain_bert(model) else _AsTransformersDoes(model)


def _is_plain_bert(model: Any) -> bool:
    config = model.config
    return (
        type(model).__name__ == "BertModel"
        and config.hidden_act == "gelu"
        and not config.is_decoder
        and getattr(config, "position_embedding_type", "absolute") == "absolute"
    )


@dataclass(frozen=True, slots=True)
class _AsTransformersDoes:
    model: Any

    def __call__(
        self, ids: torch.Tensor, mask: torch.Tensor, *, layer: int | None = None
    ) -> torch.Tensor:
        read = self.model(
            input_ids=ids, attention_mask=mask, output_hidden_states=layer is not None
        )
        states: torch.Tensor = (
            read.last_hidden_state if layer is None else read.hidden_states[layer]
        )
        return states


class _Bert:
    """A BERT's weights, with queries, keys and values of a layer as one product."""

    def __init__(self, model: Any) -> None:
        embeddings = model.embeddings
        self._words = embeddings.word_embeddings.weight.detach()
        # Every text is of the first kind.
        kind = embeddings.token_type_embeddings.weight[0]
        self._places = (embeddings.position_embeddings.weight + kind).detach()
        self._first = embeddings.LayerNorm
        self._layers = [
            _Layer(layer, model.config.num_attention_heads) for layer in model.encoder.layer
        ]

    def __call__(
        self, ids: torch.Tensor, mask: torch.Tensor, *, layer: int | None = None
    ) -> torch.Tensor:
        from torch.nn.functional import embedding

        texts, tokens = ids.shape
        states = self._first(embedding(ids, self._words) + self._places[:tokens])
        states = states.view(texts * tokens, -1)
        # Without padding nothing is hidden, and attention is quicker.
        seen = None if bool(mask.all()) else mask.bool().view(texts, 1, 1, tokens)
        for one in self._layers[:layer]:
            states = one(states, seen, texts)
        return states.view(texts, tokens, -1)


class _Layer:
    def __init__(self, layer: Any, heads: int) -> None:
        import torch

        attention = layer.attention
        parts = (attention.self.query, attention.self.key, attention.self.value)
        self._heads = heads
        self._asked = _product_by(
            torch.cat([part.weight for part in parts]), torch.cat([part.bias for part in parts])
        )
        self._attended = _product_of(attention.output.dense)
        self._attended_norm = attention.output.LayerNorm
        self._wide = _product_of(layer.intermediate.dense)
        self._narrow = _product_of(layer.output.dense)
        self._norm = layer.output.LayerNorm

    def __call__(self, states: torch.Tensor, seen: torch.Tensor | None, texts: int) -> torch.Tensor:
        """States (texts x tokens, size) after it; `seen` is what may be attended to, if not all."""
        from torch.nn.functional import gelu

        found = self._attended(self._attention(states, seen, texts))
        states = self._attended_norm(states + found)
        return self._norm(states + self._narrow(gelu(self._wide(states))))  # type: ignore[no-any-return]

    def _attention(
        self, states: torch.Tensor, seen: torch.Tensor | None, texts: int
    ) -> torch.Tensor:
        from torch.nn.functional import scaled_dot_product_attention

        rows, size = states.shape
        asked = self._asked(states).view(texts, -1, 3, self._heads, size // self._heads)
        queries, keys, values = asked.permute(2, 0, 3, 1, 4)
        found = scaled_dot_product_attention(queries, keys, values, attn_mask=seen)
        return found.transpose(1, 2).reshape(rows, size)


def _product_of(linear: Any) -> Product:
    return _product_by(linear.weight, linear.bias)


def _product_by(weight: torch.Tensor, bias: torch.Tensor) -> Product:
    """States (rows, size) times a weight, plus its bias."""
    import torch

    weight, bias = weight.detach(), bias.detach()
    # Only single precision is rounded, and only where torch has the products for it.
    if weight.dtype == torch.float32 and torch.backends.quantized.engine in ("x86", "fbgemm"):
        packed = torch.ops.quantized.linear_prepack_fp16(weight, bias)
        return partial(_times_packed, packed=packed)
    return partial(torch.nn.functional.linear, weight=weight, bias=bias)


def _times_packed(states: torch.Tensor, *, packed: Any) -> torch.Tensor:
    import torch

    return torch.ops.quantized.linear_dynamic_fp16(states, packed)  # type: ignore[no-any-return]
