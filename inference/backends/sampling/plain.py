"""Sampling through transformers' own `generate`, for models our passes cannot run.

Sliding windows, states instead of keys: whatever the model is, its own caches know. The prompts go
in batches of like length; nothing is shared and an ended text stays until its batch ends. Chance is
the same: each text's own. But a text's figures here depend on its company in the last digits.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

import numpy as np
import torch

from inference.backends.sampling.budget import Budget, budget_for, is_out_of_memory
from inference.backends.sampling.choosing import Sampling, choose, uniforms
from inference.backends.sampling.constraints import Constraint
from inference.backends.sampling.engine import Prefixes, SampledTokens, in_order
from inference.backends.sampling.rows import Text
from inference.generators import never_stop


def sample_plainly(
    model: Any,
    prompts: Sequence[Sequence[int]],
    *,
    counts: Sequence[int],
    seeds: Sequence[int],
    max_new_tokens: int,
    stop_ids: Collection[int],
    temperature: float = 0.9,
    top_p: float = 0.95,
    top_k: int = 64,
    shared: Sequence[int] | None = None,
    constraint: Constraint | None = None,
    budget: Budget | None = None,
    prefixes: Prefixes | None = None,
    should_stop: Callable[[], bool] = never_stop,
) -> Iterator[SampledTokens]:
    """As `sample`, for any causal language model; `shared` and `prefixes` are of no use here."""
    del shared, prefixes
    budget = budget or budget_for(model)
    waiting = [
        Text(place, position, seeds[place], tuple(prompt), max_new_tokens)
        for place, prompt in enumerate(prompts)
        for position in range(counts[place])
    ]
    waiting.sort(key=lambda text: (len(text.own), text.prompt, text.position))
    chooser = Chooser(Sampling(temperature, top_p, top_k), constraint, should_stop)
    yield from in_order(_batches(model, waiting, chooser, frozenset(stop_ids), budget))


class Chooser:
    """Plugs our choice into `generate`: a logits processor that leaves one token possible, and a
    stopping criterion."""

    def __init__(
        self, sampling: Sampling, constraint: Constraint | None, should_stop: Callable[[], bool]
    ) -> None:
        self.sampling, self.constraint, self.should_stop = sampling, constraint, should_stop
        self._texts: Sequence[Text] = ()

    def begin(self, texts: Sequence[Text], device: torch.device) -> None:
        self._texts, self._step = texts, 0
        numbers = [uniforms(text.seed, text.position, count=text.limit) for text in texts]
        self._uniform = torch.from_numpy(np.stack(numbers)).to(device)
        self._states = [self.constraint.open(text.prompt) for text in texts if self.constraint]

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        del input_ids
        if self.constraint is not None:
            self.constraint.mask(self._states, scores)
        chosen = choose(scores, self.sampling, self._uniform[:, self._step])
        self._step += 1
        if self.constraint is not None:
            for state, token in zip(self._states, chosen.tolist(), strict=True):
                self.constraint.advance(state, token)
        only = torch.full_like(scores, -torch.inf)
        return only.scatter_(1, chosen[:, None], 0.0)

    def stops(self, input_ids: torch.Tensor, scores: object, **_: object) -> torch.Tensor:
        del scores
        stop = self.should_stop()
        return torch.full((len(input_ids),), stop, dtype=torch.bool, device=input_ids.device)


def _batches(
    model: Any, waiting: list[Text], chooser: Chooser, stop_ids: frozenset[int], budget: Budget
) -> Iterator[SampledTokens]:
    while waiting and not chooser.should_stop():
        rows = budget.rows_for(len(waiting[0].own) + waiting[0].limit)
        longest = len(waiting[min(rows, len(waiting)) - 1].own) + waiting[0].limit
        batch = waiting[: budget.rows_for(longest)]
        try:
            answers = _generate(model, batch, chooser, stop_ids)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            budget.halve(rows=len(batch))
            continue
        del waiting[: len(batch)]
        if chooser.should_stop():
            return
        for text, answer in zip(batch, answers, strict=True):
            end = next((n for n, token in enumerate(answer) if token in stop_ids), len(answer))
            is_complete = end < len(answer)
            yield SampledTokens(text.prompt, text.position, tuple(answer[:end]), is_complete)


def _generate(
    model: Any, batch: Sequence[Text], chooser: Chooser, stop_ids: frozenset[int]
) -> list[list[int]]:
    longest = max(len(text.own) for text in batch)
    padding = next(iter(sorted(stop_ids)), 0)
    rows = [[padding] * (longest - len(text.own)) + list(text.own) for text in batch]
    mask = [[0] * (longest - len(text.own)) + [1] * len(text.own) for text in batch]
    chooser.begin(batch, model.device)
    output = model.generate(
        input_ids=torch.tensor(rows, device=model.device),
        attention_mask=torch.tensor(mask, device=model.device),
        do_sample=False,
        max_new_tokens=batch[0].limit,
        eos_token_id=sorted(stop_ids) or None,
        pad_token_id=padding,
        logits_processor=[chooser],
        stopping_criteria=[chooser.stops],
    )
    answers: list[list[int]] = output[:, longest:].tolist()
    return answers
