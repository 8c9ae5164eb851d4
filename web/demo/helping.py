"""The demonstration shop's help pages, and what made-up visitors ask of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction

from assistant.models import EvalQuestion, KnowledgeBase, Message
from assistant.services import (
    Incoming,
    conversation_hand_over,
    conversation_start,
    documents_read,
    documents_save,
    feedback_give,
    gap_search_request,
    gap_searches_run,
    message_answer,
)
from assistant.services.evaluating import base_evaluate
from web.demo import words

KEY = "help"
FOLDER = Path(__file__).resolve().parent / "help"
SHOP = "https://harbour-pine.example"

# What is asked, and the file that answers; none where the shop has not written it yet.
JUDGED = {
    "When will my parcel arrive?": "delivery.md",
    "Do I pay for shipping to Denmark?": "delivery.md",
    "Where is my order right now?": "delivery.md",
    "May I pick it up myself?": "delivery.md",
    "How do I send a jumper back?": "returns.md",
    "When do I get my money back?": "returns.md",
    "My zip broke after a year, what now?": "returns.md",
    "Can I swap it for a medium?": "returns.md",
    "How do I wash a merino jumper?": "sizes-and-care.md",
    "Can cast iron go into the dishwasher?": "sizes-and-care.md",
    "Water no longer runs off my jacket": "sizes-and-care.md",
    "What are my points worth?": "membership.md",
    "Do points expire?": "membership.md",
    "Which cards do you take?": "questions.csv",
    "Is there a shop near the harbour?": "questions.csv",
    "Do you wrap presents?": None,
    "Can I pay in instalments?": None,
    "Do you hire students?": None,
}
ASKED = (
    *JUDGED,
    "Can you gift wrap my order?",
    "Is gift wrapping possible?",
    "Could you wrap it as a present?",
    "Do you offer payment in three instalments?",
    "Can I pay monthly?",
    "How much is the Fjell rain jacket?",
    "Is the Tarn backpack in stock?",
    "And how long does it take to Norway?",
)
UNHELPFUL = "Water no longer runs off my jacket"
FOR_A_PERSON = "My zip broke after a year, what now?"
DAYS = 9


@transaction.atomic
def knowledge_ensure(*, now: datetime) -> KnowledgeBase:
    """The shop's help pages as a published knowledge base, read and judged by its own questions.

    All of it or nothing, so that a start which was broken off is taken up by the next.
    """
    base, is_new = KnowledgeBase.objects.get_or_create(
        key=KEY, defaults={"name": f"{words.BRAND} help", "is_published": True}
    )
    if not is_new:
        return base
    files = [
        Incoming(path.name, path.read_bytes(), url=f"{SHOP}/help/{path.stem}")
        for path in sorted(FOLDER.iterdir())
    ]
    documents_save(base, files, actor=None)
    documents_read(now=now)
    documents = {document.source: document for document in base.documents.all()}
    EvalQuestion.objects.bulk_create(
        EvalQuestion(base=base, question=question, document=documents[file] if file else None)
        for question, file in JUDGED.items()
    )
    base.refresh_from_db()
    base_evaluate(base, now=now)
    return base


def visitors_play(base: KnowledgeBase, *, now: datetime) -> None:
    """Made-up visitors ask, over the last days; one finds an answer of little use, one wants to be
    answered by a person. What nobody could answer is put together for somebody to write.

    They come once, however often the demonstration is started.
    """
    if not base.conversations.exists():
        _visitors_ask(base, now=now)
    if not base.gaps.exists():
        gap_search_request(base, actor=None, now=now)
        gap_searches_run(now=now)


@transaction.atomic
def _visitors_ask(base: KnowledgeBase, *, now: datetime) -> None:
    for number, question in enumerate(ASKED):
        moment = now - timedelta(days=DAYS) * (1 - (number + 1) / (len(ASKED) + 1))
        conversation = conversation_start(base, now=moment)
        said = message_answer(conversation, question, now=moment)
        if question == UNHELPFUL:
            feedback_give(said, is_helpful=False, reason="missing", now=moment)
        if question == FOR_A_PERSON:
            conversation_hand_over(conversation, now=moment)


def story_tell(*, now: datetime) -> str:
    """Everything of the above, and what it came to in a sentence."""
    base = knowledge_ensure(now=now)
    visitors_play(base, now=now)
    answers = Message.objects.filter(conversation__base=base, role=Message.Role.ASSISTANT)
    known = answers.filter(outcome=Message.Outcome.ANSWERED).count()
    return f"{answers.count()} questions, {known} answered from {base.documents.count()} documents"
