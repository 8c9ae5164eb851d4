"""10,000 chunks: finding, answering over HTTP with eight conversations at once, reading again."""

from __future__ import annotations

import http.client
import itertools
import json
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import numpy as np

from benchmarks.assistant.corpus import Corpus, read_corpus
from benchmarks.doors.processor import spent

if TYPE_CHECKING:
    from assistant.models import KnowledgeBase
    from inference.encoders import TextEncoder

KEY = "bench"
READERS = 2
WARM_UP = 40
FOUND = 400
CONVERSATIONS = 8
QUESTIONS_EACH = 40
QUESTIONS_PER_CONVERSATION = 5


class Counting:
    """The encoder, counting what it is given."""

    def __init__(self, encoder: TextEncoder) -> None:
        self._encoder = encoder
        self.name, self.size, self.languages = encoder.name, encoder.size, encoder.languages
        self.texts = 0

    def encode(self, texts: Sequence[str], *, progress=None):  # type: ignore[no-untyped-def]
        self.texts += len(texts)
        return self._encoder.encode(texts, progress=progress)


def run(folder: Path) -> dict[str, float]:
    """Every figure by its name."""
    from benchmarks.__main__ import web_process

    corpus = read_corpus(folder)
    base, figures = filled(corpus)
    figures |= read_again(base, corpus)
    figures |= finding(base, corpus.questions)
    with web_process() as (address, server):
        figures |= answering(address, server, corpus.questions)
    return figures


def filled(corpus: Corpus) -> tuple[KnowledgeBase, dict[str, float]]:
    """A published base of the corpus, and how long reading it took."""
    from django.db import connection

    from assistant.models import KnowledgeBase
    from assistant.services import documents_save

    base = KnowledgeBase.objects.create(key=KEY, name="Bench", is_published=True)
    started = time.perf_counter()
    documents_save(base, corpus.files, actor=None)
    with ProcessPoolExecutor(READERS, get_context("spawn")) as pool:
        list(pool.map(_read, range(READERS)))
    took = time.perf_counter() - started
    base.refresh_from_db()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE assistant_chunk, assistant_posting, assistant_document")
    return base, {"chunks": base.chunk_count, "chunks read per second": base.chunk_count / took}


def _read(_number: int) -> int:
    """What a worker does: read what waits until nothing is left."""
    import django

    django.setup()
    from django.utils import timezone

    from assistant.services import documents_read

    return documents_read(now=timezone.now())


def read_again(base: KnowledgeBase, corpus: Corpus) -> dict[str, float]:
    """Texts encoded when the same files come in once more, and when one of their chunks changes."""
    from django.utils import timezone

    from assistant.services import Incoming, documents_read, documents_save
    from inference.encoders import text_encoder

    counting = Counting(text_encoder())
    documents_save(base, corpus.files, actor=None)
    documents_read(now=timezone.now(), encoder=counting)
    unchanged = counting.texts
    last = corpus.files[-1]
    more = Incoming(last.source, last.content + b"\n\n## One more\n\nA sentence that is new.\n")
    documents_save(base, [more], actor=None)
    documents_read(now=timezone.now(), encoder=counting)
    return {
        "texts encoded for an unchanged base": unchanged,
        "texts encoded for one new chunk": counting.texts - unchanged,
    }


def finding(base: KnowledgeBase, questions: Sequence[str]) -> dict[str, float]:
    """One question after the other in this process: encoding it and finding its passages."""
    from django.utils import timezone

    from assistant.selectors import passages_for_vector
    from inference.encoders import text_encoder

    encoder, now = text_encoder(), timezone.now()
    whole, alone = [], []
    for question in (*questions[:WARM_UP], *questions[:FOUND]):
        started = time.perf_counter()
        vector = encoder.encode([question])[0]
        encoded = time.perf_counter()
        passages_for_vector(base, question, vector, now=now)
        done = time.perf_counter()
        whole.append(done - started)
        alone.append(done - encoded)
    return {
        **percentiles("finding", whole[WARM_UP:]),
        **percentiles("finding, question encoded", alone[WARM_UP:]),
    }


def answering(address: str, server: int, questions: Sequence[str]) -> dict[str, float]:
    """Eight conversations at once through the real door, each asking as soon as it was answered."""
    shares = [
        list(itertools.islice(questions, start, None, CONVERSATIONS))[:QUESTIONS_EACH]
        for start in range(CONVERSATIONS)
    ]
    with ThreadPoolExecutor(CONVERSATIONS) as pool:
        # Until each web process has its encoder loaded.
        for _ in range(2):
            list(pool.map(lambda share: _talk(address, share[:5]), shares))
        before, started = spent(server), time.perf_counter()
        done = [
            one for talk in pool.map(lambda share: _talk(address, share), shares) for one in talk
        ]
        took = time.perf_counter() - started
    answered = sum(outcome == "answered" for _, outcome in done)
    return {
        **percentiles("answer over HTTP, 8 at once", [seconds for seconds, _ in done]),
        "answers per second": len(done) / took,
        "answer, web processor ms": 1e3 * (spent(server) - before) / len(done),
        "share answered": answered / len(done),
    }


def _talk(address: str, questions: Sequence[str]) -> list[tuple[float, str]]:
    """Seconds and outcome of each question, a new conversation every few."""
    parts = urlsplit(address)
    door = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    done: list[tuple[float, str]] = []
    conversation = None
    for number, question in enumerate(questions):
        if number % QUESTIONS_PER_CONVERSATION == 0:
            conversation = None
        asked = {"base": KEY, "text": question} | (
            {"conversation": conversation} if conversation else {}
        )
        started = time.perf_counter()
        door.request(
            "POST",
            "/v1/assistant/messages",
            json.dumps(asked),
            {"Content-Type": "application/json"},
        )
        response = door.getresponse()
        body = response.read()
        took = time.perf_counter() - started
        assert response.status == 200, body[:300]
        answer = json.loads(body)
        conversation = answer["conversation"]
        done.append((took, answer["outcome"]))
    door.close()
    return done


def percentiles(name: str, seconds: Sequence[float]) -> dict[str, float]:
    """Median and 95th percentile in milliseconds."""
    p50, p95 = np.percentile(np.asarray(seconds) * 1e3, [50, 95])
    return {f"{name}, p50 ms": float(p50), f"{name}, p95 ms": float(p95)}
