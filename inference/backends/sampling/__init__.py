"""Sampling many texts from one causal language model, at the speed of the hardware.

    for text in sample(model, prompts, counts=[8, 8], seeds=[1, 2], max_new_tokens=120,
                       stop_ids={tokenizer.eos_token_id}):
        print(text.prompt, text.position, tokenizer.decode(text.tokens))

What the prompts begin with alike is computed once, and so is a prompt that several texts share;
texts that end leave the batch at once, and waiting ones take their places. On a CPU a text depends
on its prompt, seed and position alone, bit for bit, not on the company it is sampled in (where
`shared` says what is computed once; found by comparing, it depends on rounding in the last digit).
"""

from __future__ import annotations

from inference.backends.sampling.attention import ATTENTION
from inference.backends.sampling.budget import Budget, ModelTooLarge
from inference.backends.sampling.choosing import Sampling
from inference.backends.sampling.constraints import Constraint
from inference.backends.sampling.engine import SampledTokens, sample
from inference.backends.sampling.probing import suits_engine

__all__ = [
    "ATTENTION",
    "Budget",
    "Constraint",
    "ModelTooLarge",
    "SampledTokens",
    "Sampling",
    "sample",
    "suits_engine",
]
