"""The one door to text generators: requests in, texts out; batched, seeded, and able to stop."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol, runtime_checkable

from django.utils.module_loading import import_string

from core.errors import DomainError

PYTHON_SPEC = "python:"
# Named by path: a backend imports this module, and is itself imported when first asked for.
BACKENDS = {
    "composer": "inference.backends.composer.ComposerGenerator",
    "house": "inference.backends.house.HouseCopywriter",
}
# What follows the colon is handed to it.
BACKENDS_OF = {
    "transformers": "inference.backends.causal.load_generator",
    "openai": "inference.backends.chat_server.connect_generator",
}


@dataclass(frozen=True)
class GenerationRequest:
    """What one brief asks of a generator.

    Attributes:
        key: The asker's name for it; it comes back with every text.
        prompt: The task in words, for language models.
        controls: The same task as values, for generators that do not read.
        count: How many texts are wanted.
        seed: Fixes every choice: the same request gives the same texts.
        shared: How many characters at the start of `prompt` other requests begin with too: a
            language model reads them once.
        job: Whose tokens and money are counted together.
        new_tokens: Most tokens of one text; 0: as many as the settings say.
        temperature: How freely to choose; None: as the settings say.
        seconds: How long one call may take; 0: as long as the settings say.
    """

    key: str
    prompt: str
    controls: Mapping[str, Any]
    count: int
    seed: int
    shared: int = 0
    job: str = ""
    new_tokens: int = 0
    temperature: float | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class Usage:
    """What one text took: tokens read for it and written, its share of the time, its price."""

    prompt_tokens: int
    new_tokens: int
    seconds: float
    cost: float = 0.0


@dataclass(frozen=True)
class GeneratedText:
    """One candidate. `fields` holds the texts by name, unchecked: a generator is a stranger.

    Attributes:
        key: The request's.
        position: Its place among the texts of the request.
        fields: The texts by name; empty where the generator's answer could not be read.
        seed: The request's.
        failure: Why the answer could not be read, in a sentence; empty where it could.
        usage: What it took, where the generator counts.
        notes: Who wrote which field, where that can differ.
    """

    key: str
    position: int
    fields: Mapping[str, str]
    seed: int
    failure: str = ""
    # Time differs where the text does not.
    usage: Usage | None = field(default=None, compare=False)
    notes: Mapping[str, str] = field(default_factory=dict)


class GeneratorUnusable(DomainError):
    """The generator that the settings name cannot be used; the message names setting and cure."""


class BudgetSpent(DomainError):
    """A job has used the tokens or the money that the settings allow it."""


def never_stop() -> bool:
    return False


@runtime_checkable
class TextGenerator(Protocol):
    """Writes texts for a batch of requests.

    `name` and `revision` say what wrote a text; together with the request they determine it.
    `generate` yields at most `count` texts per request, in any order of requests but with positions
    rising within one, and asks `should_stop` often: once that is true it yields no more.
    """

    name: str
    revision: str

    def generate(
        self,
        requests: Sequence[GenerationRequest],
        *,
        should_stop: Callable[[], bool] = never_stop,
    ) -> Iterator[GeneratedText]: ...


@dataclass
class ScriptedGenerator:
    """A generator that says what it was told to say: the twin of the real ones, for tests.

    Attributes:
        script: The texts by request key, each a list of fields; `*` answers for every other key.
        failure: Raised instead of writing, where given.
        requests: What it was asked, in order.
    """

    script: Mapping[str, Sequence[Mapping[str, str]]]
    failure: Exception | None = None
    name: str = "scripted"
    revision: str = "1"
    requests: list[GenerationRequest] = field(default_factory=list)

    def generate(
        self,
        requests: Sequence[GenerationRequest],
        *,
        should_stop: Callable[[], bool] = never_stop,
    ) -> Iterator[GeneratedText]:
        self.requests.extend(requests)
        if self.failure is not None:
            raise self.failure
        for request in requests:
            for position, fields in enumerate(self._texts(request)):
                if should_stop():
                    return
                yield GeneratedText(request.key, position, fields, request.seed)

    def _texts(self, request: GenerationRequest) -> Iterable[Mapping[str, str]]:
        return self.script.get(request.key, self.script.get("*", ()))[: request.count]


def load(generator: TextGenerator) -> None:
    """Read the weights of a generator that has any (`load()`), ahead of its first text."""
    loads = getattr(generator, "load", None)
    if loads is not None:
        loads()


def text_generator(spec: str) -> TextGenerator:
    """The generator a spec names, made once per process.

    Args:
        spec: `house`; `composer`; `transformers:<id or folder>` of a language model; `openai:<url>`
            of a server that speaks OpenAI's chat completions, `#<model>` behind it where
            GENERATOR_MODEL is another's; or `python:<dotted path>` of a class
            of your own that takes no arguments.

    Raises:
        DomainError: No generator answers to the spec; the message names the setting.
    """
    return _made(spec)


@lru_cache(maxsize=8)
def _made(spec: str) -> TextGenerator:
    if spec in BACKENDS:
        return import_string(BACKENDS[spec])()
    if spec.startswith(PYTHON_SPEC):
        return _own_backend(spec)
    kind, _, target = spec.partition(":")
    if kind in BACKENDS_OF and target:
        return import_string(BACKENDS_OF[kind])(target)
    raise DomainError(
        f"GENERATOR is {spec!r}, which names no generator: set it to 'house', 'composer', "
        f"'transformers:<id or folder>', 'openai:<url>', or '{PYTHON_SPEC}<dotted path>' of a "
        "class of your own"
    )


def _own_backend(spec: str) -> TextGenerator:
    try:
        made = import_string(spec.removeprefix(PYTHON_SPEC))
    except ImportError as error:
        raise DomainError(f"GENERATOR is {spec!r}, which cannot be imported: {error}") from error
    if not inspect.isclass(made) or not isinstance(generator := made(), TextGenerator):
        raise DomainError(f"GENERATOR is {spec!r}, which is not a class of text generators")
    return generator
