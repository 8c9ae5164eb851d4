"""BERT read by its products alone, held against transformers' own modules."""

from __future__ import annotations

import pytest
import torch
from transformers import BertConfig, BertModel, DistilBertConfig, DistilBertModel, MPNetConfig
from transformers.models.mpnet import MPNetModel

from inference.backends.reading import reader_of

SIZES = {
    "vocab_size": 99,
    "hidden_size": 48,
    "intermediate_size": 80,
    "max_position_embeddings": 40,
}


def bert(**changes):
    """In double precision, which is not rounded."""
    torch.manual_seed(3)
    config = BertConfig(
        **SIZES, num_hidden_layers=3, num_attention_heads=4, initializer_range=0.3, **changes
    )
    return BertModel(config).eval().double()


@pytest.fixture
def tokens():
    """Three texts, of 17, 5 and 17 tokens; and which of them are no padding."""
    ids = torch.randint(1, 99, (3, 17), generator=torch.Generator().manual_seed(5))
    mask = torch.ones_like(ids)
    mask[1, 5:] = 0
    return ids * mask, mask


def difference(model, ids, mask, layer=None):
    """The farthest any number of a token that is no padding lies from transformers' own."""
    with torch.inference_mode():
        plain = model(input_ids=ids, attention_mask=mask, output_hidden_states=True)
        wanted = plain.last_hidden_state if layer is None else plain.hidden_states[layer]
        found = reader_of(model)(ids, mask, layer=layer)
    assert found.shape == wanted.shape
    return ((found - wanted).abs().amax(-1) * mask).max().item()


@pytest.mark.parametrize("layer", [None, 0, 1, 3])
def test_states_are_those_of_transformers_after_any_layer(tokens, layer):
    assert difference(bert(), *tokens, layer) < 1e-12


def test_texts_without_padding_are_read_the_same(tokens):
    ids, _ = tokens
    ids = ids[:1]

    assert difference(bert(), ids, torch.ones_like(ids)) < 1e-12


def test_the_kind_of_a_text_counts(tokens):
    model = bert()
    ids, mask = tokens
    before = reader_of(model)(ids, mask)

    with torch.no_grad():
        model.embeddings.token_type_embeddings.weight[0] += torch.linspace(0, 1, 48)

    assert (reader_of(model)(ids, mask) - before).abs().max() > 0.01
    assert difference(model, ids, mask) < 1e-12


@pytest.mark.parametrize(
    "model",
    [
        bert(hidden_act="relu"),
        MPNetModel(
            MPNetConfig(**SIZES, num_hidden_layers=2, num_attention_heads=4, initializer_range=0.3)
        ).eval(),
        DistilBertModel(
            DistilBertConfig(vocab_size=99, dim=48, hidden_dim=80, n_layers=2, n_heads=4)
        ).eval(),
    ],
    ids=["relu", "mpnet", "distilbert"],
)
def test_other_models_are_read_as_transformers_reads_them(model, tokens):
    assert difference(model, *tokens) == 0
    assert difference(model, *tokens, layer=1) == 0


def test_weights_rounded_to_half_precision_leave_every_token_where_it_was(tokens):
    ids, mask = tokens
    with torch.inference_mode():
        exact = bert()(input_ids=ids, attention_mask=mask).last_hidden_state
        found = reader_of(bert().float())(ids, mask)

    assert found.dtype == torch.float32
    cosines = torch.cosine_similarity(found, exact, dim=-1)
    assert cosines[mask.bool()].min() > 0.99999


def test_half_precision_is_as_near_as_transformers_comes(tokens):
    ids, mask = tokens
    with torch.inference_mode():
        exact = bert()(input_ids=ids, attention_mask=mask).last_hidden_state
        theirs = bert().bfloat16()(input_ids=ids, attention_mask=mask).last_hidden_state
        ours = reader_of(bert().bfloat16())(ids, mask)

    assert ours.dtype == torch.bfloat16
    seen = mask.bool()
    assert (ours - exact)[seen].square().mean() <= 1.5 * (theirs - exact)[seen].square().mean()
