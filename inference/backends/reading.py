"""What a transformer makes of tokens: their states after its last layer, or after an earlier one.

BERT, of which most sentence encoders are made (the house's too), is read by the same products
without the modules around them: of a single question those are a third of all work, done in Python
while every other thread of the process waits. Devlin et al., 2018, arXiv 1810.04805.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import torch


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


@dataclass(frozen=True, slots=True)
class _Linear:
    weight: torch.Tensor
    bias: torch.Tensor


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
        self._asked = _Linear(
            torch.cat([part.weight for part in parts]).detach(),
            torch.cat([part.bias for part in parts]).detach(),
        )
        self._attended = attention.output
        self._wide, self._narrow = layer.intermediate.dense, layer.output

    def __call__(self, states: torch.Tensor, seen: torch.Tensor | None, texts: int) -> torch.Tensor:
        """States (texts x tokens, size) after it; `seen` is what may be attended to, if not all."""
        states = _added(self._attended, states, self._attention(states, seen, texts))
        return _added(self._narrow, states, _gelu(_product(self._wide, states)))

    def _attention(
        self, states: torch.Tensor, seen: torch.Tensor | None, texts: int
    ) -> torch.Tensor:
        from torch.nn.functional import scaled_dot_product_attention

        rows, size = states.shape
        asked = _product(self._asked, states).view(texts, -1, 3, self._heads, size // self._heads)
        queries, keys, values = asked.permute(2, 0, 3, 1, 4)
        found = scaled_dot_product_attention(queries, keys, values, attn_mask=seen)
        return found.transpose(1, 2).reshape(rows, size)


def _product(by: Any, states: torch.Tensor) -> torch.Tensor:
    from torch.nn.functional import linear

    return linear(states, by.weight, by.bias)


def _gelu(states: torch.Tensor) -> torch.Tensor:
    from torch.nn.functional import gelu

    return gelu(states)


def _added(output: Any, states: torch.Tensor, found: torch.Tensor) -> torch.Tensor:
    """What a part of a layer found, added to what it was given, and normalised."""
    from torch.nn.functional import layer_norm

    norm = output.LayerNorm
    summed = states + _product(output.dense, found)
    return layer_norm(summed, norm.normalized_shape, norm.weight, norm.bias, norm.eps)
