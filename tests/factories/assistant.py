"""Knowledge bases with documents that were read."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from itertools import count

import numpy as np
from numpy.typing import NDArray

from assistant.models import (
    Conversation,
    Feedback,
    Gap,
    Intent,
    KnowledgeBase,
    LearntExample,
    Message,
)
from assistant.services import Incoming, documents_read, documents_save
from inference.encoders import ScriptedEncoder, TextEncoder

_numbers = count(1)

RETURNS = b"# Returns\n\nYou can return a dress within 30 days.\n\n## Cost\n\nReturns are free.\n"
SHIPPING = b"question,answer\nDo you ship to Norway?,Yes: parcels to Norway take four days.\n"
STAFF = b"# Refund codes\n\nThe refund code of the month is kept by Dana.\n"


class CountingEncoder(ScriptedEncoder):
    """The scripted twin, which also remembers what it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.encoded: list[str] = []

    def encode(self, texts, *, progress=None):
        self.encoded += texts
        return super().encode(texts, progress=progress)


class RememberingEncoder:
    """The real encoder, which reads no text twice: hundreds of tests are set up with the same."""

    def __init__(self, encoder: TextEncoder) -> None:
        self.name, self.size, self.languages = encoder.name, encoder.size, encoder.languages
        self._encoder = encoder
        self._vectors: dict[str, NDArray[np.float32]] = {}

    def encode(self, texts, *, progress=None):
        unread = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        self._vectors.update(zip(unread, self._encoder.encode(unread), strict=True))
        if progress:
            progress(len(texts))
        return np.array([self._vectors[text] for text in texts]).reshape(-1, self.size)


@cache
def remembering(encoder: TextEncoder) -> TextEncoder:
    """A scripted one stays as it is: it costs nothing, and some count what they are given."""
    return encoder if isinstance(encoder, ScriptedEncoder) else RememberingEncoder(encoder)


def knowledge_base(**given) -> KnowledgeBase:
    number = next(_numbers)
    return KnowledgeBase.objects.create(**{"key": f"help-{number}", "name": "Help", **given})


def read(base: KnowledgeBase, files: dict[str, bytes], *, now, encoder: TextEncoder, **given):
    """Keep and read files by name; what was kept."""
    saved = documents_save(
        base, [Incoming(name, content, **given) for name, content in files.items()], actor=None
    )
    documents_read(now=now, encoder=remembering(encoder))
    base.refresh_from_db()
    return saved


def asked(
    base: KnowledgeBase,
    question: str,
    *,
    at,
    encoder: TextEncoder,
    outcome: str = "no_evidence",
    sources: list | None = None,
    **talk,
) -> Message:
    """A conversation of one question; the answer it got."""
    conversation = Conversation.objects.create(base=base, started_at=at, last_at=at, **talk)
    Message.objects.create(conversation=conversation, role="visitor", text=question, said_at=at)
    return Message.objects.create(
        conversation=conversation,
        role="assistant",
        text="An answer, or none.",
        outcome=outcome,
        sources=sources or [],
        looked_for=question,
        vector=remembering(encoder).encode([question])[0],
        said_at=at + timedelta(microseconds=1),
    )


def judged(message: Message, *, is_helpful: bool, reason: str = "") -> Message:
    Feedback.objects.create(
        message=message, is_helpful=is_helpful, reason=reason, said_at=message.said_at
    )
    return message


def gap(base: KnowledgeBase, **given) -> Gap:
    vector = ScriptedEncoder().encode(["gift wrapping"])[0]
    return Gap.objects.create(**{"base": base, "name": "Gift wrapping?", "centre": vector, **given})


def heard(
    base: KnowledgeBase, text: str, intent: Intent | None, *, at, how="chosen", visitor="ann"
):
    """A visitor's words, and what they turned out to mean."""
    talk = Conversation.objects.create(base=base, started_at=at, last_at=at, unit_id=visitor)
    message = Message.objects.create(conversation=talk, role="visitor", text=text, said_at=at)
    return LearntExample.objects.create(
        base=base, message=message, text=text, intent=intent, how=how, learnt_at=at
    )
