"""Whether a model computes the same through our passes as by itself: tried, not looked up."""

from __future__ import annotations

from typing import Any

import torch

from inference.backends.sampling.attention import ATTENTION, UnsupportedAttention
from inference.backends.sampling.engine import sample

_PREFIX, _OWN, _STEPS = 20, 5, 3
_TOLERANCE = 0.05


def suits_engine(model: Any) -> bool:
    """Whether `sample` may be used with this model; else it goes through `generate`.

    Architectures are many and change: a window, a soft cap or a state instead of keys shows in
    wrong figures. So one short text is computed in both ways and the chosen tokens are compared.
    The model comes back with our attention where it suits, with its own where it doesn't.
    """
    if _has_short_window(model):
        return False
    own = model.config._attn_implementation
    prompts = _prompts(model)
    with torch.inference_mode():
        plain = [_greedy(model, prompt) for prompt in prompts]
    try:
        model.set_attn_implementation(ATTENTION)
        texts = sample(
            model,
            prompts,
            counts=[1, 1],
            seeds=[0, 0],
            max_new_tokens=_STEPS,
            stop_ids=(),
            temperature=0,
        )
        found = {text.prompt: list(text.tokens) for text in texts}
    except (UnsupportedAttention, AttributeError, IndexError, TypeError, ValueError, RuntimeError):
        found = {}
    if all(_agrees(found.get(place, []), wanted) for place, wanted in enumerate(plain)):
        return True
    model.set_attn_implementation(own)
    return False


def _prompts(model: Any) -> list[list[int]]:
    size = model.config.get_text_config().vocab_size
    ids = torch.randint(size, (_PREFIX + 2 * _OWN,), generator=torch.Generator().manual_seed(1))
    tokens: list[int] = ids.tolist()
    return [tokens[: _PREFIX + _OWN], tokens[:_PREFIX] + tokens[_PREFIX + _OWN :]]


def _greedy(model: Any, prompt: list[int]) -> list[tuple[torch.Tensor, int]]:
    """The logits and the likeliest token of each step, computed with no cache at all."""
    tokens, steps = list(prompt), []
    for _ in range(_STEPS):
        ids = torch.tensor([tokens], device=model.device)
        logits = model(input_ids=ids, use_cache=False).logits[0, -1].float()
        tokens.append(int(logits.argmax()))
        steps.append((logits, tokens[-1]))
    return steps


def _agrees(found: list[int], steps: list[tuple[torch.Tensor, int]]) -> bool:
    """Equal tokens, up to the first near tie, where rounding may choose either."""
    for token, (logits, likeliest) in zip(found, steps, strict=False):
        if token != likeliest:
            return bool(logits[likeliest] - logits[token] < _TOLERANCE * logits.std())
    return len(found) == len(steps)


def _has_short_window(model: Any) -> bool:
    config = model.config.get_text_config()
    kinds = set(getattr(config, "layer_types", None) or ())
    return bool(kinds - {"full_attention"})
