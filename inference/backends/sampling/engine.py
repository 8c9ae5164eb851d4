"""The loop: prefix once, prompts in batches, then one token for every live text at a time."""

from __future__ import annotations

import inspect
from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

from inference.backends.sampling.attention import (
    SPAN,
    DecodePass,
    Layers,
    Pass,
    PrefillPass,
    running,
)
from inference.backends.sampling.budget import FEWEST_ROWS, Budget, budget_for, is_out_of_memory
from inference.backends.sampling.choosing import Sampling, choose
from inference.backends.sampling.constraints import Constraint
from inference.backends.sampling.rows import Rows, Text
from inference.generators import never_stop

# A shorter beginning in common is not worth a pass of its own.
SHORTEST_PREFIX = 16
# Waiting texts come in when this part of the batch is free: prompts are computed many at a time.
REFILL_SHARE = 4
# Ended texts are closed up when they are this part of the batch.
CLOSE_SHARE = 16
# Prompts of a few words are not padded to a whole span: that would be most of the work.
SHORT_PADDINGS = (16, 32)
# Padded prompt tokens computed in one pass.
PREFILL_TOKENS = 8192


@dataclass(frozen=True)
class SampledTokens:
    """One text: the tokens without the stop token, and whether there was one."""

    prompt: int
    position: int
    tokens: tuple[int, ...]
    is_complete: bool


@dataclass
class Prefixes:
    """The last prefix computed, for the next call of the same job to begin with."""

    ids: tuple[int, ...] = ()
    computed: Layers = field(default_factory=Layers)


def sample(
    model: Any,
    prompts: Sequence[Sequence[int]],
    *,
    counts: Sequence[int],
    seeds: Sequence[int],
    max_new_tokens: int | Sequence[int],
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
    """Sample texts for many prompts as one stream.

    Args:
        model: A causal language model loaded with `attn_implementation=ATTENTION`, in eval mode.
        prompts: Token ids, at least one each.
        counts: How many texts each prompt wants.
        seeds: With the position they fix every choice of a text.
        max_new_tokens: Longest text, for all or for each prompt.
        stop_ids: Tokens that end a text.
        temperature: Divides the logits; 0 takes the likeliest token always.
        top_p: Probability the candidates reach together.
        top_k: Most candidates; 0 is all.
        shared: How many tokens at the start of each prompt others begin with too; without it they
            are found by comparing.
        constraint: Holds texts to a grammar.
        budget: What memory holds; measured where not given. It shrinks when memory runs out.
        prefixes: Keeps the last prefix from call to call, as long as the weights stay the same.
        should_stop: Asked before every step; once true, nothing more is yielded.

    Yields:
        Texts as they end, positions rising within a prompt.

    Raises:
        ModelTooLarge: Memory does not hold a single text.
    """
    limits = [max_new_tokens] * len(prompts) if isinstance(max_new_tokens, int) else max_new_tokens
    engine = Engine(
        model,
        stop_ids=frozenset(stop_ids),
        sampling=Sampling(temperature, top_p, top_k),
        constraint=constraint,
        budget=budget or budget_for(model),
        prefixes=prefixes or Prefixes(),
        should_stop=should_stop,
    )
    texts = defaultdict(list)
    for prompt, (prefix, own) in enumerate(_split(prompts, shared)):
        room = -(-(len(own) + limits[prompt]) // SPAN) * SPAN
        bucket = SPAN * 4 << max(0, (room - 1).bit_length() - 8)
        for position in range(counts[prompt]):
            text = Text(prompt, position, seeds[prompt], own, limits[prompt])
            texts[prefix, bucket].append(text)
    yield from in_order(
        text for (prefix, _), stream in texts.items() for text in engine.run(prefix, stream)
    )


class Engine:
    """Runs streams of texts through one model."""

    def __init__(
        self,
        model: Any,
        *,
        stop_ids: frozenset[int],
        sampling: Sampling,
        constraint: Constraint | None,
        budget: Budget,
        prefixes: Prefixes,
        should_stop: Callable[[], bool],
    ) -> None:
        self._prefixes = prefixes
        self._model, self._stop_ids, self._sampling = model, stop_ids, sampling
        self._constraint, self._budget, self._should_stop = constraint, budget, should_stop
        parameters = inspect.signature(type(model).forward).parameters
        # Renamed in transformers 5.24.
        self._cache_name = "cache" if "cache" in parameters else "past_key_values"
        self._slices_logits = "logits_to_keep" in parameters

    @torch.inference_mode()
    def run(self, prefix: tuple[int, ...], texts: Sequence[Text]) -> Iterator[SampledTokens]:
        """One stream: texts that share a prefix and are of like length."""
        waiting = deque(sorted(texts, key=_turn))
        length = -(-max(len(text.own) + text.limit for text in waiting) // SPAN) * SPAN
        computed: Layers | None = None
        while waiting:
            if self._should_stop():
                return
            room = min(self._budget.rows_for(length), len(waiting))
            limit = max(text.limit for text in waiting)
            rows = Rows(
                room=max(FEWEST_ROWS, room), length=length, limit=limit, device=self._model.device
            )
            try:
                computed = computed or self._prefix(prefix)
                yield from self._drain(rows, waiting, computed, room)
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
                self._start_again(rows, waiting)
                self._budget.halve(rows=room)
            if self._should_stop():
                return

    def _drain(
        self, rows: Rows, waiting: deque[Text], prefix: Layers, room: int
    ) -> Iterator[SampledTokens]:
        while (waiting or rows.live) and not self._should_stop():
            free = room - rows.live
            if waiting and free >= max(1, room // REFILL_SHARE):
                rows.close_up()
                self._admit(rows, waiting, prefix, free)
            yield from self._step(rows, prefix)
            ended = len(rows.texts) - rows.live
            if ended > len(rows.texts) // CLOSE_SHARE:
                rows.close_up()

    def _admit(self, rows: Rows, waiting: deque[Text], prefix: Layers, free: int) -> None:
        """Compute the prompts of the next texts and give them rows."""
        while free and waiting:
            padded = _padded(waiting[0])
            texts: list[Text] = []
            prompts: set[tuple[int, ...]] = set()
            while waiting and len(texts) < free and _padded(waiting[0]) == padded:
                prompts.add(waiting[0].own)
                if texts and len(prompts) * padded > PREFILL_TOKENS:
                    break
                texts.append(waiting.popleft())
            try:
                self._take_in(rows, texts, prefix, padded)
            except BaseException:  # raised again: what was not taken in must not be lost
                waiting.extendleft(reversed(texts))
                raise
            free -= len(texts)

    def _take_in(self, rows: Rows, texts: list[Text], prefix: Layers, padded: int) -> None:
        # Requests that ask alike share a prompt, whoever they are.
        owns = dict.fromkeys(text.own for text in texts)
        places = {own: place for place, own in enumerate(owns)}
        # The last token of a prompt is fed as the first step, which gives its logits.
        tokens = [[*own[:-1], *[0] * (padded - len(own) + 1)] for own in owns]
        current = PrefillPass(prefix)
        self._forward(current, torch.tensor(tokens, device=self._model.device), prefix.length)
        rows.put(texts, current.computed, [places[text.own] for text in texts])
        if self._constraint is not None:
            for text in texts:
                text.state = self._constraint.open(text.prompt)

    def _step(self, rows: Rows, prefix: Layers) -> Iterator[SampledTokens]:
        count = max(FEWEST_ROWS, len(rows.texts))
        longest = max(text.length for text in rows.texts if text is not None)
        span = -(-(longest + 1) // SPAN) * SPAN
        lengths = rows.lengths[:count].clamp(max=span - 1)
        current = DecodePass(prefix, rows.own, lengths, span=span)
        logits = self._forward(current, rows.next[:count, None], prefix.length, lengths)
        chosen = self._choose(rows, logits)
        rows.next[: len(chosen)] = chosen
        rows.lengths[:count] = lengths + 1
        for row, token in enumerate(chosen.tolist()):
            text = rows.texts[row]
            if text is not None and (ended := self._append(text, token)):
                rows.texts[row] = None
                yield ended

    def _choose(self, rows: Rows, logits: torch.Tensor) -> torch.Tensor:
        logits = logits[: len(rows.texts)]
        if self._constraint is not None:
            logits = logits.float()
            live = [row for row, text in enumerate(rows.texts) if text is not None]
            masked = logits[live]
            self._constraint.mask([rows.texts[row].state for row in live], masked)  # type: ignore[union-attr]
            logits[live] = masked
        steps = torch.tensor(
            [len(text.tokens) if text else 0 for text in rows.texts], device=logits.device
        )
        uniform = rows.uniform[: len(rows.texts)].gather(1, steps[:, None])[:, 0]
        return choose(logits, self._sampling, uniform)

    def _append(self, text: Text, token: int) -> SampledTokens | None:
        is_complete = token in self._stop_ids
        if not is_complete:
            text.tokens.append(token)
            if self._constraint is not None:
                self._constraint.advance(text.state, token)
        if is_complete or len(text.tokens) == text.limit:
            return SampledTokens(text.prompt, text.position, tuple(text.tokens), is_complete)
        return None

    def _prefix(self, prefix: tuple[int, ...]) -> Layers:
        if not prefix:
            return Layers()
        if self._prefixes.ids != prefix:
            # The old one goes first: memory need not hold both.
            self._prefixes.ids, self._prefixes.computed = (), Layers()
            current = PrefillPass(Layers())
            self._forward(current, torch.tensor([prefix], device=self._model.device), 0)
            self._prefixes.ids, self._prefixes.computed = prefix, current.computed
        return self._prefixes.computed

    def _forward(
        self,
        current: Pass,
        tokens: torch.Tensor,
        start: int,
        lengths: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """The logits of the last token of each row."""
        steps = torch.arange(tokens.shape[1], device=tokens.device)
        positions = steps.expand(*tokens.shape) if lengths is None else lengths[:, None]
        options: dict[str, Any] = {self._cache_name: current, "use_cache": True}
        if self._slices_logits:
            options["logits_to_keep"] = 1
        with running(current):
            output = self._model(input_ids=tokens, position_ids=positions + start, **options)
        return output.logits[:, -1]

    @staticmethod
    def _start_again(rows: Rows, waiting: deque[Text]) -> None:
        """Texts under way go back to the front; chance is theirs, so they come out the same."""
        for text in reversed(rows.texts):
            if text is not None:
                text.tokens.clear()
                waiting.appendleft(text)
        rows.texts.clear()
        rows.own = Layers()


def _turn(text: Text) -> tuple[int, int, tuple[int, ...], int, int]:
    """Like paddings and equal prompts together; the longest texts first, so that none is last."""
    return _padded(text), -text.limit, text.own, text.prompt, text.position


def _padded(text: Text) -> int:
    # A prompt's padding is its own, so that the pass over it does not depend on its neighbours.
    length = max(1, len(text.own) - 1)
    return next((part for part in SHORT_PADDINGS if length <= part), -(-length // SPAN) * SPAN)


def _split(
    prompts: Sequence[Sequence[int]], shared: Sequence[int] | None
) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Each prompt as prefix and own tokens; at least one token is its own."""
    common = _common_length(prompts) if shared is None else 0
    for place, prompt in enumerate(prompts):
        length = min(common if shared is None else shared[place], len(prompt) - 1)
        length = length if length >= SHORTEST_PREFIX else 0
        yield tuple(prompt[:length]), tuple(prompt[length:])


def _common_length(prompts: Sequence[Sequence[int]]) -> int:
    if len(prompts) < 2:
        return 0
    listed = [list(prompt) for prompt in prompts]
    low, high = min(listed), max(listed)
    pairs = zip(low, high, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(low), len(high)))


def in_order(texts: Iterator[SampledTokens]) -> Iterator[SampledTokens]:
    """Hold back a text until those of its prompt with lower positions are out."""
    held: dict[tuple[int, int], SampledTokens] = {}
    due: dict[int, int] = defaultdict(int)
    for text in texts:
        held[text.prompt, text.position] = text
        while ready := held.pop((text.prompt, due[text.prompt]), None):
            due[text.prompt] += 1
            yield ready
