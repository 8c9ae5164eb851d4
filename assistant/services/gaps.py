"""Gaps: failed answers grouped into what a person might write next, and what the person decides."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from assistant.learning.grouping import Group, centre_of, grouped, most_central, same_as_before
from assistant.models import (
    Conversation,
    Document,
    Gap,
    GapSearch,
    Intent,
    KnowledgeBase,
    Message,
)
from assistant.services.documents import Incoming, documents_save
from assistant.services.learnt_examples import meaning_say, question_of
from assistant.services.reading import document_read_now
from core.audit import audit
from core.errors import CopyliftError, DomainError, InputRefused
from core.jobs import wake
from inference.encoders import TextEncoder

SEARCH_TASK = "assistant.tasks.gaps_search"
# Older questions say little about what is missing now, and all pairs are looked at.
LOOKED_BACK = timedelta(days=90)
MESSAGES_MAX = 2_000
GAPS_MAX = 100
CLAIM = timedelta(minutes=10)
NAME_MAX = 120
QUESTION_MAX, ANSWER_MAX = 500, 5_000
OPEN_SEARCHES = (GapSearch.Status.WAITING, GapSearch.Status.RUNNING)
# Asked again and failed again, it is open again.
DEALT_WITH = (Gap.Status.ANSWERED, Gap.Status.MEANT)
NOT_KNOWN = (Message.Outcome.NO_EVIDENCE, Message.Outcome.UNSURE)


def failed_answers(base: KnowledgeBase, *, now: datetime) -> QuerySet[Message]:
    """Answers that were none: nothing known for sure, not helpful, or the last of what stayed open.

    What an answer was written for since, or an intent was taught, is no failure any more.
    """
    later = Message.objects.filter(
        conversation=OuterRef("conversation"),
        role=Message.Role.ASSISTANT,
        vector__isnull=False,
        said_at__gt=OuterRef("said_at"),
    )
    is_open = Q(conversation__status=Conversation.Status.UNRESOLVED) & ~Exists(later)
    settled = Gap.messages.through.objects.filter(
        message=OuterRef("pk"),
        gap__status__in=DEALT_WITH,
        gap__decided_at__gte=OuterRef("said_at"),
    )
    return Message.objects.filter(
        Q(outcome__in=NOT_KNOWN) | Q(feedback__is_helpful=False) | is_open,
        ~Exists(settled),
        conversation__base=base,
        role=Message.Role.ASSISTANT,
        vector__isnull=False,
        said_at__gt=now - LOOKED_BACK,
    ).order_by("-said_at")


@transaction.atomic
def gap_search_request(base: KnowledgeBase, *, actor: User | None, now: datetime) -> GapSearch:
    """Have gaps looked for; a worker does it.

    Raises:
        DomainError: A search is under way.
    """
    try:
        with transaction.atomic():
            search = GapSearch.objects.create(base=base, asked_by=actor, asked_at=now)
    except IntegrityError:
        raise DomainError("gaps are being looked for already: wait for that search") from None
    audit(actor, "gap_search_request", base)
    wake(SEARCH_TASK)
    return search


def gap_searches_run(*, now: datetime) -> int:
    """Work on every search that waits, or whose worker died; how many."""
    done = 0
    while (search := _claim(now=now)) is not None:
        try:
            gaps_search(search, now=now)
        except CopyliftError as error:
            GapSearch.objects.filter(pk=search.pk).update(
                status=GapSearch.Status.FAILED, error=str(error), finished_at=now
            )
        done += 1
    return done


def gap_searches_due(*, now: datetime) -> int:
    """Order a search for each base that has failed answers newer than its last; how many."""
    ordered = 0
    for base in KnowledgeBase.objects.all():
        last = base.gap_searches.first()
        newest = failed_answers(base, now=now).first()
        is_due = newest is not None and (last is None or last.asked_at < newest.said_at)
        if is_due and (last is None or last.status not in OPEN_SEARCHES):
            gap_search_request(base, actor=None, now=now)
            ordered += 1
    return ordered


def _claim(*, now: datetime) -> GapSearch | None:
    open_to_claim = Q(status=GapSearch.Status.WAITING) | Q(
        status=GapSearch.Status.RUNNING, claimed_at__lt=now - CLAIM
    )
    with transaction.atomic():
        search = (
            GapSearch.objects.filter(open_to_claim)
            .select_for_update(skip_locked=True, no_key=True, of=("self",))
            .select_related("base")
            .first()
        )
        if search is not None:
            search.status, search.claimed_at = GapSearch.Status.RUNNING, now
            search.save(update_fields=["status", "claimed_at"])
    return search


def gaps_search(search: GapSearch, *, now: datetime) -> int:
    """Group a base's failed answers, and know gaps of before again; how many gaps there are."""
    messages = list(
        failed_answers(search.base, now=now).select_related("conversation")[:MESSAGES_MAX]
    )
    by_key = {message.pk: message for message in messages}
    found = (
        grouped(list(by_key), np.stack([np.asarray(one.vector) for one in messages]))[:GAPS_MAX]
        if messages
        else []
    )
    with transaction.atomic():
        _gaps_keep(search.base, found, by_key, now=now)
        search.message_count, search.gap_count = len(messages), len(found)
        search.status, search.finished_at = GapSearch.Status.DONE, now
        search.save()
    return len(found)


def _gaps_keep(
    base: KnowledgeBase, found: Sequence[Group], by_key: dict[UUID, Message], *, now: datetime
) -> None:
    known = {gap.pk: gap for gap in base.gaps.select_for_update().prefetch_related("messages")}
    before = [
        Group(gap.pk, np.asarray(gap.centre), tuple(one.pk for one in gap.messages.all()))
        for gap in known.values()
    ]
    same = same_as_before(found, before)
    for place, group in enumerate(found):
        gap = next((one for key, one in known.items() if key == same.get(place)), None)
        _gap_keep(base, gap, group, by_key, now=now)
    gone = {*known} - {*same.values()}
    # What a person decided stays, so that it is known again when it is asked again.
    base.gaps.filter(pk__in=gone, status=Gap.Status.OPEN).delete()


def _gap_keep(
    base: KnowledgeBase,
    gap: Gap | None,
    group: Group,
    by_key: dict[UUID, Message],
    *,
    now: datetime,
) -> None:
    members = [message for key, message in by_key.items() if key in group.members]
    if gap is None:
        gap = Gap(base=base, found_at=now)
    elif gap.status in DEALT_WITH:
        gap.status = Gap.Status.OPEN
    gap.centre, gap.seen_at = group.centre, now
    gap.visitor_count = len({_visitor(one.conversation) for one in members})
    if not gap.name or gap.status == Gap.Status.OPEN:
        gap.name = name_of(members)
    gap.save()
    gap.messages.set(members)


def name_of(messages: Sequence[Message]) -> str:
    """The question nearest to all, shortened: what the gap is about, in a visitor's words."""
    vectors = np.stack([np.asarray(one.vector) for one in messages])
    name = " ".join(messages[int(most_central(vectors)[0])].looked_for.split())
    return name if len(name) <= NAME_MAX else f"{name[: NAME_MAX - 1].rstrip()}…"


def _visitor(conversation: Conversation) -> str:
    return conversation.unit_id or str(conversation.pk)


def gaps_renew(gaps: Sequence[Gap]) -> None:
    """Count and name gaps anew after messages went; those with none left go as well."""
    for gap in gaps:
        messages = list(gap.messages.select_related("conversation"))
        if not messages:
            gap.delete()
            continue
        gap.name = name_of(messages)
        gap.centre = centre_of(np.stack([np.asarray(one.vector) for one in messages]))
        gap.visitor_count = len({_visitor(one.conversation) for one in messages})
        gap.save(update_fields=["name", "centre", "visitor_count"])


def gap_answer(
    gap: Gap,
    *,
    question: str,
    text: str,
    actor: User,
    now: datetime,
    encoder: TextEncoder | None = None,
) -> Document:
    """Write the answer to a gap into its base, and read it, so that it is found at once.

    Raises:
        InputRefused: The question or the answer is empty or too long.
        DomainError: The answer could not be read.
    """
    question, text = " ".join(question.split()), text.strip()
    for field, said, most in (("question", question, QUESTION_MAX), ("answer", text, ANSWER_MAX)):
        if not 0 < len(said) <= most:
            raise InputRefused(f"{field}: write 1 to {most:,} characters", field=field)
    name = f"answer-{str(gap.pk)[:8]}.csv"
    saved = documents_save(gap.base, [Incoming(name, _as_csv(question, text))], actor=actor)
    if saved.refused:
        raise DomainError(saved.refused[name])
    document = gap.base.documents.get(source=name)
    document_read_now(document, now=now, encoder=encoder)
    document.refresh_from_db()
    if document.status == Document.Status.FAILED:
        raise DomainError(f"the answer was kept and could not be read: {document.error}")
    _decide(gap, Gap.Status.ANSWERED, actor=actor, now=now, document=document)
    return document


@transaction.atomic
def gap_meant(gap: Gap, intent: Intent | None, *, actor: User, now: datetime) -> int:
    """Teach an intent what visitors asked; how many of their questions. Without one: documents.

    Raises:
        InputRefused: None of them can be learnt from.
    """
    questions = [question_of(one) for one in gap.messages.select_related("conversation__base")]
    said = 0
    for question in questions:
        try:
            if question is not None:
                meaning_say(question, intent, actor=actor, now=now)
                said += 1
        except InputRefused:
            continue
    if not said:
        raise InputRefused("intent: none of these questions can be learnt from", field="intent")
    _decide(gap, Gap.Status.MEANT, actor=actor, now=now)
    return said


def gap_dismiss(gap: Gap, *, actor: User, now: datetime) -> None:
    """Not for us: it stays away however often it is asked."""
    _decide(gap, Gap.Status.DISMISSED, actor=actor, now=now)


def gap_reopen(gap: Gap, *, actor: User, now: datetime) -> None:
    """Take back that it is not for us."""
    _decide(gap, Gap.Status.OPEN, actor=actor, now=now)


@transaction.atomic
def _decide(
    gap: Gap, status: str, *, actor: User, now: datetime, document: Document | None = None
) -> None:
    gap.status, gap.decided_by, gap.decided_at = status, actor, now
    gap.document = document or gap.document
    gap.save(update_fields=["status", "decided_by", "decided_at", "document"])
    audit(actor, f"gap_{status}", gap)


def _as_csv(question: str, text: str) -> bytes:
    written = io.StringIO(newline="")
    csv.writer(written).writerows([["question", "answer"], [question, text]])
    return written.getvalue().encode()
