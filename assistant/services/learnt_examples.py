"""What visitors' words turned out to mean, kept as examples that intents are learnt from.

A visitor says so by what they choose when asked back, by a thumb, by “solved”; staff do outright.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction

from assistant.models import (
    Conversation,
    Feedback,
    Intent,
    IntentFit,
    KnowledgeBase,
    LearntExample,
    Message,
)
from assistant.services.answers import INTENT
from assistant.understanding.examples import (
    FROM_DOCUMENTS,
    Example,
    Source,
    as_example,
    forgotten,
    read_examples,
)
from assistant.understanding.introductions import without_introduction
from assistant.understanding.orders import order_numbers
from core.audit import audit
from core.errors import InputRefused
from core.jobs import wake
from inference.heads.intents import IntentHead

FIT_TASK = "assistant.tasks.intents_fit"
# Of an intent, beyond those that a person decided about; the oldest go.
LEARNT_MAX = 200
How, State = LearntExample.How, LearntExample.State


def meaning_note(answer: Message) -> None:
    """Keep what is known by now of what the question to an answer meant; the last word counts."""
    question, intent, how = _told(answer)
    if question is None or intent is None:
        return
    own = LearntExample.objects.filter(message=question)
    if own.exclude(how__in=[How.CHOSEN, How.HELPED, How.NOT_IT], state=State.LEARNT).exists():
        return
    text = _text_of(question)
    if how is None or not text:
        own.delete()
        return
    _keep(question, text, intent, how)


def _told(answer: Message) -> tuple[Message | None, Intent | None, str | None]:
    """Which words an answer tells of, of which intent, and how; without the last, nothing yet."""
    base = answer.conversation.base
    intent = base.intents.filter(name=answer.intent).first() if answer.intent else None
    question = question_of(answer)
    if intent is None or question is None:
        return None, None, None
    is_misread = _is_judged(answer, is_helpful=False, reason=Feedback.Reason.MISREAD)
    asked_back = _before(question, Message.Role.ASSISTANT)
    if asked_back is not None and _was_offered(asked_back, intent):
        first = question_of(asked_back)
        is_whole = first is not None and _stands_alone(first, asked_back)
        return first, intent, How.CHOSEN if is_whole and not is_misread else None
    # Where documents answer, it is they that helped, or did not.
    if intent.action == Intent.Action.DOCUMENTS or not _stands_alone(question, answer):
        return None, None, None
    if is_misread:
        return question, intent, How.NOT_IT
    has_helped = _is_judged(answer, is_helpful=True) or _has_solved(answer)
    return question, intent, How.HELPED if has_helped else None


def _is_judged(answer: Message, **wanted: object) -> bool:
    return Feedback.objects.filter(message=answer, **wanted).exists()


def _has_solved(answer: Message) -> bool:
    """Whether the visitor said that they were helped, and this was what they were told last."""
    talk = answer.conversation
    later = talk.messages.filter(role=Message.Role.ASSISTANT, said_at__gt=answer.said_at)
    return talk.status == Conversation.Status.RESOLVED and not (
        later.exists() or _is_judged(answer, is_helpful=False)
    )


def _was_offered(asked_back: Message, intent: Intent) -> bool:
    offered = {one["value"] for one in asked_back.choices if one["kind"] == INTENT}
    return asked_back.outcome == Message.Outcome.CLARIFY and intent.pk in offered


def _stands_alone(question: Message, answer: Message) -> bool:
    """Whether it means what it says: “and by Friday?” leans on what was asked before."""
    return answer.looked_for in ("", without_introduction(question.text))


def question_of(answer: Message) -> Message | None:
    """What the visitor said last before an answer."""
    return _before(answer, Message.Role.VISITOR)


def _before(message: Message, role: str) -> Message | None:
    earlier = message.conversation.messages.filter(role=role, said_at__lt=message.said_at)
    return earlier.order_by("-said_at").first()


def _text_of(question: Message) -> str:
    said = without_introduction(question.text)
    pattern = question.conversation.base.order_pattern
    return as_example(said, without=order_numbers(said, pattern))


@transaction.atomic
def meaning_say(
    question: Message, intent: Intent | None, *, actor: User, now: datetime
) -> LearntExample:
    """Keep what a person of the shop says a visitor meant; without an intent, the documents.

    Raises:
        InputRefused: It is nothing a visitor said, or no example; or the intent is another base's.
    """
    base = question.conversation.base
    if question.role != Message.Role.VISITOR:
        raise InputRefused("message: only what a visitor said means something", field="message")
    if intent is not None and intent.base_id != base.pk:
        raise InputRefused("intent: choose one of this knowledge base", field="intent")
    text = _text_of(question)
    if not text:
        raise InputRefused(
            "message: too long, or without words but numbers of the visitor: nothing to learn from",
            field="message",
        )
    kept = _keep(question, text, intent, How.STAFF, state=State.LEARNT, decided_by=actor, at=now)
    audit(actor, "meaning_say", kept, intent=str(intent or "documents"))
    wake(FIT_TASK)
    return kept


def _keep(
    question: Message,
    text: str,
    intent: Intent | None,
    how: str,
    *,
    at: datetime | None = None,
    **more: object,
) -> LearntExample:
    base = question.conversation.base
    values = {"base": base, "text": text, "intent": intent, "how": how, **more}
    kept, _ = LearntExample.objects.update_or_create(
        message=question, defaults=values | {"learnt_at": at or question.said_at}
    )
    same = base.learnt_examples.filter(intent=intent, state=State.LEARNT)
    old = same.values_list("pk", flat=True)[LEARNT_MAX:]
    LearntExample.objects.filter(pk__in=list(old)).delete()
    return kept


@transaction.atomic
def learnt_decide(example: LearntExample, state: str, *, actor: User | None) -> None:
    """Make an example one of the written ones, learn from it no more, or as before.

    Raises:
        InputRefused: It cannot be written: it is for the documents, or says what is not meant.
    """
    intent = example.intent
    if state == State.ADOPTED and (intent is None or example.how == How.NOT_IT):
        raise InputRefused(
            "state: only what an intent means can be one of its examples", field="state"
        )
    if intent is not None:
        intent = Intent.objects.select_for_update(no_key=True).get(pk=intent.pk)
        lines = [one for one in read_examples(intent.examples) if one != example.text]
        added = [example.text] if state == State.ADOPTED else []
        # Another's same words stay written, and so do those that were before.
        if state == State.ADOPTED or example.state == State.ADOPTED:
            intent.examples = "\n".join([*lines, *added])
            intent.save(update_fields=["examples", "updated_at"])
    LearntExample.objects.filter(pk=example.pk).update(state=state, decided_by=actor)
    audit(actor, f"learnt_example_{state}", example)
    wake(FIT_TASK)


def heard_in(base: KnowledgeBase) -> list[Example]:
    """What conversations say that words meant: what visitors chose before what helped, the newest
    first.
    """
    found = (
        base.learnt_examples.filter(state=State.LEARNT)
        .select_related("message__conversation")
        .order_by("-learnt_at", "-pk")
    )
    return [
        Example(
            _label_of(one),
            one.text,
            Source.STAFF if one.how == How.STAFF else Source.VISITOR,
            message=one.message_id.hex,
            visitor=one.message.conversation.unit_id or str(one.message.conversation_id),
        )
        for one in sorted(found, key=lambda each: each.how != How.CHOSEN)
    ]


def _label_of(one: LearntExample) -> str:
    """What was not meant is for the documents, until somebody says what else it is."""
    is_meant = one.intent_id is not None and one.how != How.NOT_IT
    return str(one.intent_id) if is_meant else FROM_DOCUMENTS


def learnt_forget(messages: Sequence[UUID], *, is_erasure: bool = False) -> None:
    """Take what was learnt of messages out of every head, before they go; heads are fitted anew.

    What a person adopted stays a written example when a conversation grows old: by then it is
    nobody's. Where somebody asks to be forgotten it goes as well.
    """
    own = LearntExample.objects.filter(message__in=messages)
    if is_erasure:
        for one in own.filter(state=State.ADOPTED):
            learnt_decide(one, State.REMOVED, actor=None)
    keys = [message.hex for message in own.values_list("message", flat=True)]
    bases = list(own.values_list("base", flat=True).distinct())
    # A fit under way keeps its result under the same lock: it, or this, sees the other's.
    list(KnowledgeBase.objects.select_for_update(no_key=True).filter(pk__in=bases).order_by("pk"))
    for fit in IntentFit.objects.filter(base__in=bases, status=IntentFit.Status.DONE):
        if fit_forget(fit, keys):
            fit.save(update_fields=["weights", "trial_weights", "digest"])
    if keys:
        wake(FIT_TASK)


def fit_forget(fit: IntentFit, messages: Iterable[str]) -> bool:
    """Take messages out of a fit's heads; whether any was in them.

    Without a digest a head is read anew by every process, and fitted anew by the next beat.
    """
    keys = list(messages)
    has_changed = False
    for name in ("weights", "trial_weights"):
        stored = getattr(fit, name)
        left = forgotten(IntentHead.unpack(bytes(stored)), keys) if stored and keys else None
        if left is not None:
            setattr(fit, name, left.pack())
            fit.digest, has_changed = b"", True
    return has_changed
