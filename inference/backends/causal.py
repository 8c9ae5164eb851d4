"""`transformers:<id or folder>`: any instruct causal language model, in this process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from inference.answers import AnswerRefused, read_answer
from inference.backends.grammar import JsonGrammar, wants_grammar
from inference.backends.loading import LanguageModel, ModelSource, find_model, load_model
from inference.backends.prompting import TokenizedPrompt, tokenized_prompt
from inference.backends.spending import Spending
from inference.channels import shape_of
from inference.generators import GeneratedText, GenerationRequest, Usage, never_stop

if TYPE_CHECKING:
    from inference.backends.sampling import Prefixes, SampledTokens


@dataclass(frozen=True)
class CausalSettings:
    """How to load and sample; docs/reference/settings.md says what each is."""

    dtype: str = "auto"
    compiles: bool = False
    grammar: str = "auto"
    temperature: float = 0.9
    top_p: float = 0.95
    max_new_tokens: int = 700
    max_tokens: int = 0


def load_generator(name: str) -> CausalGenerator:
    """The generator of a model, as the settings say. The weights are read at the first request.

    Raises:
        GeneratorUnusable: There is no such model on this machine.
    """
    from django.conf import settings

    source = find_model(
        name, revision=settings.GENERATOR_REVISION, download=settings.GENERATOR_DOWNLOAD
    )
    chosen = CausalSettings(
        dtype=settings.GENERATOR_DTYPE,
        compiles=settings.GENERATOR_COMPILE,
        grammar=settings.GENERATOR_GRAMMAR,
        temperature=settings.GENERATOR_TEMPERATURE,
        top_p=settings.GENERATOR_TOP_P,
        max_new_tokens=settings.GENERATOR_MAX_NEW_TOKENS,
        max_tokens=settings.GENERATOR_MAX_TOKENS,
    )
    return CausalGenerator(source, chosen)


class CausalGenerator:
    """Samples all texts of a batch of requests as one stream.

    On a CPU a text depends on its request alone. On a GPU the libraries round differently in
    batches of different size, so a text is the same for the same batch only.

    Attributes:
        spending: Tokens used by job.
    """

    def __init__(self, source: ModelSource, settings: CausalSettings) -> None:
        wants_grammar(settings.grammar)
        self.name, self.revision = f"transformers:{source.name}", source.revision
        self.spending = Spending(max_tokens=settings.max_tokens)
        self._source, self._settings = source, settings
        # One model serves one caller at a time; threads of a worker wait here.
        self._busy = threading.Lock()

    def generate(
        self,
        requests: Sequence[GenerationRequest],
        *,
        should_stop: Callable[[], bool] = never_stop,
    ) -> Iterator[GeneratedText]:
        """Yield `count` texts per request as they end; one that cannot be read says why.

        Raises:
            GeneratorUnusable: The model cannot be loaded.
            BudgetSpent: A job has used up its tokens.
        """
        if not requests or should_stop():
            return
        for request in requests:
            self.spending.check(request.job)
        with self._busy:
            # Who waited for others may no longer want it.
            if not should_stop():
                yield from self._generate(requests, should_stop)

    def load(self) -> None:
        """Read the weights now.

        Raises:
            GeneratorUnusable: They cannot be read.
        """
        with self._busy:
            _ = self._loaded

    @cached_property
    def _loaded(self) -> LanguageModel:
        return load_model(
            self._source, dtype=self._settings.dtype, compiles=self._settings.compiles
        )

    @cached_property
    def _budget(self) -> Any:
        from inference.backends.sampling.budget import budget_for

        return budget_for(self._loaded.model)

    @cached_property
    def _prefixes(self) -> Prefixes:
        from inference.backends.sampling import Prefixes

        return Prefixes()

    @cached_property
    def _grammar(self) -> JsonGrammar | None:
        if not wants_grammar(self._settings.grammar):
            return None
        loaded = self._loaded
        size = loaded.model.config.get_text_config().vocab_size
        return JsonGrammar(loaded.tokenizer, vocabulary=size, stop_ids=sorted(loaded.stop_ids))

    def _generate(
        self, requests: Sequence[GenerationRequest], should_stop: Callable[[], bool]
    ) -> Iterator[GeneratedText]:
        tokenizer, longest = self._loaded.tokenizer, self._longest_prompt
        channels = [shape_of(request.controls) for request in requests]
        prompts = [tokenized_prompt(tokenizer, request) for request in requests]
        fitting = [place for place, prompt in enumerate(prompts) if len(prompt.ids) <= longest]
        for place in sorted(set(range(len(requests))) - set(fitting)):
            yield from _too_long(requests[place], len(prompts[place].ids), longest)
        chosen = [requests[place] for place in fitting]
        started, total = time.perf_counter(), sum(request.count for request in chosen)
        sampled = self._sample(
            chosen, [prompts[n] for n in fitting], [channels[n] for n in fitting], should_stop
        )
        for text in sampled:
            place = fitting[text.prompt]
            seconds = (time.perf_counter() - started) / max(1, total)
            usage = Usage(len(prompts[place].ids), len(text.tokens), seconds)
            self.spending.add(requests[place].job, usage)
            yield self._text(requests[place], channels[place], text, usage)

    def _sample(
        self,
        requests: Sequence[GenerationRequest],
        prompts: Sequence[TokenizedPrompt],
        channels: Sequence[str],
        should_stop: Callable[[], bool],
    ) -> Iterator[SampledTokens]:
        from inference.backends.sampling import sample
        from inference.backends.sampling.plain import sample_plainly

        loaded, settings = self._loaded, self._settings
        grammar = self._grammar.for_channels(channels) if self._grammar else None
        sampler = sample if loaded.is_streamed else sample_plainly
        return sampler(
            loaded.model,
            [prompt.ids for prompt in prompts],
            counts=[request.count for request in requests],
            seeds=[request.seed for request in requests],
            max_new_tokens=min(self._limit, *(one.new_tokens or self._limit for one in requests)),
            stop_ids=loaded.stop_ids,
            temperature=_temperature(requests, settings.temperature),
            top_p=settings.top_p,
            shared=[prompt.shared for prompt in prompts],
            constraint=grammar,
            budget=self._budget,
            prefixes=self._prefixes,
            should_stop=should_stop,
        )

    def _text(
        self, request: GenerationRequest, channel: str, text: SampledTokens, usage: Usage
    ) -> GeneratedText:
        answer = self._loaded.tokenizer.decode(text.tokens, skip_special_tokens=True)
        try:
            fields, failure = read_answer(answer, channel), ""
        except AnswerRefused as refused:
            fields, failure = {}, str(refused)
        return GeneratedText(request.key, text.position, fields, request.seed, failure, usage)

    @cached_property
    def _room(self) -> int:
        config = self._loaded.model.config.get_text_config()
        return int(getattr(config, "max_position_embeddings", None) or 2**20)

    @property
    def _limit(self) -> int:
        """Most new tokens: a model of few positions keeps half of them for the prompt."""
        return min(self._settings.max_new_tokens, self._room // 2)

    @property
    def _longest_prompt(self) -> int:
        return self._room - self._limit


def _temperature(requests: Sequence[GenerationRequest], usual: float) -> float:
    """A batch is sampled as one stream; the first that says how freely speaks for all."""
    asked = (one.temperature for one in requests if one.temperature is not None)
    return next(asked, usual)


def _too_long(request: GenerationRequest, tokens: int, longest: int) -> Iterator[GeneratedText]:
    failure = f"The prompt has {tokens:,} tokens and the model takes {longest:,}"
    for position in range(request.count):
        yield GeneratedText(request.key, position, {}, request.seed, failure)
