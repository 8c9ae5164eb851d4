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


@dataclass(frozen=True)
class GenerationRequest:
    """What one brief asks of a generator.

    Attributes:
        key: The asker's name for it; it comes back with every text.
        prompt: The task in words, for language models.
        controls: The same task as values, for generators that do not read.
        count: How many texts are wanted.
        seed: Fixes every choice: the same request gives the same texts.
    """

    key: str
    prompt: str
    controls: Mapping[str, Any]
    count: int
    seed: int


@dataclass(frozen=True)
class GeneratedText:
    """One candidate. `fields` holds the texts by name, unchecked: a generator is a stranger.

    `notes` may say more about them, such as who wrote which field where that can differ.
    """

    key: str
    position: int
    fields: Mapping[str, str]
    seed: int
    notes: Mapping[str, str] = field(default_factory=dict)


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


def text_generator(spec: str) -> TextGenerator:
    """The generator a spec names, made once per process.

    Args:
        spec: `house`, `composer`, or `python:<dotted path>` of a class of your own that takes no
            arguments.

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
    raise DomainError(
        f"GENERATOR is {spec!r}, which names no generator: set it to 'house', 'composer', or to "
        f"'{PYTHON_SPEC}<dotted path>' of a class of your own"
    )


def _own_backend(spec: str) -> TextGenerator:
    try:
        made = import_string(spec.removeprefix(PYTHON_SPEC))
    except ImportError as error:
        raise DomainError(f"GENERATOR is {spec!r}, which cannot be imported: {error}") from error
    if not inspect.isclass(made) or not isinstance(generator := made(), TextGenerator):
        raise DomainError(f"GENERATOR is {spec!r}, which is not a class of text generators")
    return generator
