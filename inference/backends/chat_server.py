"""`openai:<url>`: any server that speaks OpenAI's chat completions (vLLM, SGLang, TGI, Ollama)."""

from __future__ import annotations

import hashlib
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urldefrag

from core.errors import ServiceUnavailable
from inference.answers import AnswerRefused, read_answer
from inference.backends.chat_client import ChatClient, RequestRefused, Stopped
from inference.backends.spending import Prices, Spending
from inference.channels import json_schema, shape_of
from inference.generators import (
    GeneratedText,
    GenerationRequest,
    GeneratorUnusable,
    Usage,
    never_stop,
)

# How often to ask whether to stop while waiting for answers.
_LOOK_SECONDS = 0.2
_CHARACTERS_PER_TOKEN = 4


@dataclass(frozen=True)
class ChatSettings:
    """How to ask; docs/reference/settings.md says what each is."""

    model: str = ""
    revision: str = ""
    temperature: float = 0.9
    top_p: float = 0.95
    max_new_tokens: int = 700
    concurrency: int = 16
    prices: Prices = field(default_factory=Prices)


def connect_generator(url: str) -> ChatGenerator:
    """The generator behind an address, as the settings say; nothing is sent yet."""
    from django.conf import settings

    address, model = urldefrag(url)
    client = ChatClient(
        address,
        api_key=settings.GENERATOR_API_KEY,
        timeout=settings.GENERATOR_TIMEOUT_SECONDS,
        concurrency=settings.GENERATOR_CONCURRENCY,
    )
    chosen = ChatSettings(
        model=model or settings.GENERATOR_MODEL,
        revision=settings.GENERATOR_REVISION,
        temperature=settings.GENERATOR_TEMPERATURE,
        top_p=settings.GENERATOR_TOP_P,
        max_new_tokens=settings.GENERATOR_MAX_NEW_TOKENS,
        concurrency=settings.GENERATOR_CONCURRENCY,
        prices=Prices(settings.GENERATOR_PRICE_IN, settings.GENERATOR_PRICE_OUT),
    )
    caps = Spending(settings.GENERATOR_MAX_TOKENS, settings.GENERATOR_MAX_COST)
    return ChatGenerator(client, chosen, caps)


@dataclass(frozen=True)
class Ask:
    """One call: texts of one request from `position` on."""

    request: GenerationRequest
    position: int
    count: int

    @property
    def seed(self) -> int:
        """The request's for its first text, so that asking for one or for many begins alike."""
        if not self.position:
            return self.request.seed % 2**31
        digest = hashlib.sha256(f"{self.request.seed}/{self.position}".encode()).digest()
        return int.from_bytes(digest[:4], "big") % 2**31


@dataclass
class Abilities:
    """What the server was found to support; what it refuses or ignores is not asked again."""

    schema: bool = True
    many: bool = True


class ChatGenerator:
    """Asks a server for the texts of many requests at once.

    Attributes:
        spending: Tokens and money by job.
    """

    def __init__(
        self, client: ChatClient, settings: ChatSettings, spending: Spending | None = None
    ) -> None:
        self.name = f"openai:{client.url}"
        self.spending = spending or Spending()
        self._client, self._settings = client, settings
        self._abilities = Abilities()

    @cached_property
    def model(self) -> str:
        """The model of the settings, or the only one the server has."""
        if self._settings.model:
            return self._settings.model
        served = [str(one.get("id")) for one in self._client.get("models").get("data", ())]
        if len(served) != 1:
            raise GeneratorUnusable(
                f"The server of GENERATOR {self.name!r} serves {served or 'no model'}: set "
                "GENERATOR_MODEL to one"
            )
        return served[0]

    @property
    def revision(self) -> str:
        pinned = self._settings.revision
        return f"{self.model}@{pinned}" if pinned else self.model

    def generate(
        self,
        requests: Sequence[GenerationRequest],
        *,
        should_stop: Callable[[], bool] = never_stop,
    ) -> Iterator[GeneratedText]:
        """Yield `count` texts per request as answers come; one that cannot be read says why.

        Raises:
            GeneratorUnusable: Address, key or model are wrong.
            BudgetSpent: A job has reached its cap.
            ServiceUnavailable: The server does not answer properly.
        """
        asks = [ask for request in requests if request.count for ask in self._asks(request)]
        if not asks or should_stop():
            return
        is_over = False

        def stops() -> bool:
            return is_over or should_stop()

        with ThreadPoolExecutor(self._settings.concurrency) as pool:
            waiting = {pool.submit(self._answer, ask, stops) for ask in asks}
            try:
                yield from _in_order(self._finished(waiting, should_stop))
            finally:
                is_over = True
                for future in waiting:
                    future.cancel()

    def _asks(self, request: GenerationRequest) -> list[Ask]:
        shape_of(request.controls)
        if self._abilities.many:
            return [Ask(request, 0, request.count)]
        return [Ask(request, position, 1) for position in range(request.count)]

    def _finished(
        self, waiting: set[Future[list[GeneratedText]]], should_stop: Callable[[], bool]
    ) -> Iterator[GeneratedText]:
        while waiting and not should_stop():
            done, left = wait(waiting, timeout=_LOOK_SECONDS, return_when=FIRST_COMPLETED)
            waiting.intersection_update(left)
            for future in done:
                try:
                    texts = future.result()
                except Stopped:
                    return
                for text in texts:
                    if should_stop():
                        return
                    yield text

    def _answer(self, ask: Ask, should_stop: Callable[[], bool]) -> list[GeneratedText]:
        """The texts of one call, and of further ones where the server gives fewer than asked."""
        texts: list[GeneratedText] = []
        while len(texts) < ask.count:
            if should_stop():
                raise Stopped
            self.spending.check(ask.request.job)
            many = ask.count if self._abilities.many and not texts else 1
            part = Ask(ask.request, ask.position + len(texts), many)
            found = self._call(part, should_stop)[: ask.count - len(texts)]
            if len(found) < many:
                self._abilities.many = False
            texts += found
        return texts

    def _call(self, ask: Ask, should_stop: Callable[[], bool]) -> list[GeneratedText]:
        started = time.perf_counter()
        while True:
            had = (self._abilities.schema, self._abilities.many and ask.count > 1)
            body = self._body(ask, schema=had[0], many=had[1])
            try:
                answer = self._client.post(
                    "chat/completions",
                    body,
                    should_stop=should_stop,
                    seconds=ask.request.seconds,
                )
            except RequestRefused as refused:
                # What is least often supported is given up first.
                if had[0]:
                    self._abilities.schema = False
                elif had[1]:
                    self._abilities.many = False
                else:
                    raise GeneratorUnusable(
                        f"The server of GENERATOR {self.name!r} refuses to write: {refused}"
                    ) from refused
                continue
            return self._texts(ask, answer, time.perf_counter() - started)

    def _body(self, ask: Ask, *, schema: bool, many: bool) -> dict[str, Any]:
        settings, request = self._settings, ask.request
        channel = shape_of(request.controls)
        body: dict[str, Any] = {
            "model": self.model,
            "messages": [{"role": "user", "content": request.prompt}],
            "temperature": settings.temperature
            if request.temperature is None
            else request.temperature,
            "top_p": settings.top_p,
            "max_tokens": request.new_tokens or settings.max_new_tokens,
            "seed": ask.seed,
            "stream": False,
        }
        if many:
            body["n"] = ask.count
        if schema:
            shape = {"name": f"{channel}_copy", "schema": json_schema(channel), "strict": True}
            body["response_format"] = {"type": "json_schema", "json_schema": shape}
        return body

    def _texts(self, ask: Ask, answer: dict[str, Any], seconds: float) -> list[GeneratedText]:
        contents = _contents(answer)
        if not contents:
            raise ServiceUnavailable(
                f"The server of GENERATOR {self.name!r} answered without a text: it may not be a "
                "chat-completions server; correct the address"
            )
        request, channel = ask.request, shape_of(ask.request.controls)
        texts = []
        for place, (content, usage) in enumerate(
            zip(contents, self._usages(request, answer, contents, seconds), strict=True)
        ):
            self.spending.add(request.job, usage)
            try:
                fields, failure = read_answer(content, channel), ""
            except AnswerRefused as refused:
                fields, failure = {}, str(refused)
            position = ask.position + place
            texts.append(GeneratedText(request.key, position, fields, request.seed, failure, usage))
        return texts

    def _usages(
        self,
        request: GenerationRequest,
        answer: dict[str, Any],
        contents: Sequence[str],
        seconds: float,
    ) -> Iterator[Usage]:
        """Each text's part of what the server counted; estimated where it counts nothing."""
        counted = answer.get("usage") or {}
        read = counted.get("prompt_tokens") or len(request.prompt) // _CHARACTERS_PER_TOKEN
        characters = sum(len(content) for content in contents)
        written = counted.get("completion_tokens") or characters // _CHARACTERS_PER_TOKEN
        for place, _ in enumerate(contents):
            # The prompt is read once for all; the parts add up to the whole.
            prompt_tokens = int(read) if place == 0 else 0
            new_tokens = written // len(contents) + (place < written % len(contents))
            cost = self._settings.prices.of(read=prompt_tokens, written=new_tokens)
            yield Usage(prompt_tokens, new_tokens, seconds / len(contents), cost)


def _contents(answer: dict[str, Any]) -> list[str]:
    choices = answer.get("choices")
    if not isinstance(choices, list):
        return []
    messages = [choice.get("message") for choice in choices if isinstance(choice, dict)]
    return [str(message.get("content") or "") for message in messages if isinstance(message, dict)]


def _in_order(texts: Iterator[GeneratedText]) -> Iterator[GeneratedText]:
    """Hold back a text until those of its request with lower positions are out."""
    held: dict[tuple[str, int, int], GeneratedText] = {}
    due: dict[tuple[str, int], int] = defaultdict(int)
    for text in texts:
        request = (text.key, text.seed)
        held[*request, text.position] = text
        while ready := held.pop((*request, due[request]), None):
            due[request] += 1
            yield ready
