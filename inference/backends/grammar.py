"""Decoding under a grammar, with xgrammar: an answer cannot be other than its channel's JSON."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from inference.channels import json_schema
from inference.generators import GeneratorUnusable

if TYPE_CHECKING:
    import torch

CHOICES = ("auto", "on", "off")


def wants_grammar(choice: str) -> bool:
    """Whether to decode under a grammar: `auto` where xgrammar is installed.

    Raises:
        GeneratorUnusable: It is wanted and not installed, or the setting is none of the choices.
    """
    if choice not in CHOICES:
        raise GeneratorUnusable(f"GENERATOR_GRAMMAR is {choice!r}: set it to one of {CHOICES}")
    is_there = importlib.util.find_spec("xgrammar") is not None
    if choice == "on" and not is_there:
        raise GeneratorUnusable(
            "GENERATOR_GRAMMAR is 'on', but xgrammar is not installed: install copylift[grammar], "
            "or set it to 'auto'"
        )
    return is_there and choice != "off"


class JsonGrammar:
    """Holds each text to the JSON schema of its prompt's channel."""

    def __init__(self, tokenizer: Any, *, vocabulary: int, stop_ids: Sequence[int]) -> None:
        import xgrammar

        tokens = xgrammar.TokenizerInfo.from_huggingface(
            tokenizer, vocab_size=vocabulary, stop_token_ids=list(stop_ids)
        )
        self._compiler = xgrammar.GrammarCompiler(tokens, max_threads=1)
        self._vocabulary = vocabulary
        self._compiled = lru_cache(maxsize=None)(self._compile)
        self._channels: Sequence[str] = ()

    def for_channels(self, channels: Sequence[str]) -> JsonGrammar:
        """The same grammar, told the channel of each prompt."""
        self._channels = channels
        return self

    def open(self, prompt: int) -> Any:
        import xgrammar

        return xgrammar.GrammarMatcher(self._compiled(self._channels[prompt]))

    def mask(self, states: Sequence[Any], logits: torch.Tensor) -> None:
        import xgrammar

        allowed = xgrammar.allocate_token_bitmask(len(states), self._vocabulary)
        for row, state in enumerate(states):
            if not state.is_terminated():
                state.fill_next_token_bitmask(allowed, row)
        xgrammar.apply_token_bitmask_inplace(logits, allowed.to(logits.device))

    def advance(self, state: Any, token: int) -> None:
        if not state.is_terminated():
            state.accept_token(token)

    def _compile(self, channel: str) -> Any:
        # With free whitespace a weak model writes blanks until its tokens are spent.
        return self._compiler.compile_json_schema(json_schema(channel), any_whitespace=False)
