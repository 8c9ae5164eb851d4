"""Web pages as documents: addresses in, pages fetched in turn, only what changed is read again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Q

from assistant.documents.reading import BYTES_MAX
from assistant.models import KnowledgeBase, WebPage
from assistant.services.documents import Incoming, document_remove, documents_save
from core.audit import audit
from core.errors import CopyliftError, DomainError, InputRefused
from core.fetching import LONGEST_ADDRESS, SCHEMES, Fetched, Limits, fetch
from core.jobs import wake

FETCH_TASK = "assistant.tasks.web_pages_fetch"
PAGES_MAX = 1_000
LIMITS = Limits(bytes=BYTES_MAX, seconds=20.0)
# Longer than any fetch may take; a killed worker's page is fetched again after it.
CLAIM = timedelta(minutes=5)
SOURCE_MAX = 500
ENDINGS = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "application/pdf": ".pdf",
    "text/markdown": ".md",
    "text/plain": ".txt",
    "text/csv": ".csv",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}
ACCEPT = ", ".join(ENDINGS)

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Added:
    """What became of addresses; `refused` has the reason by address."""

    new: tuple[str, ...]
    known: tuple[str, ...]
    refused: dict[str, str]


@transaction.atomic
def web_pages_add(base: KnowledgeBase, addresses: Iterable[str], *, actor: User | None) -> Added:
    """Have the pages of some addresses fetched; one that cannot be stops no other.

    Raises:
        DomainError: There would be more than a base may have.
    """
    wanted = list(dict.fromkeys(text for line in addresses if (text := line.strip())))
    refused = {url: reason for url in wanted if (reason := _unfit(url))}
    known = set(base.web_pages.values_list("url", flat=True))
    new = [url for url in wanted if url not in refused and url not in known]
    if len(known) + len(new) > PAGES_MAX:
        raise DomainError(f"a knowledge base has at most {PAGES_MAX:,} web pages: remove some")
    WebPage.objects.bulk_create([WebPage(base=base, url=url) for url in new])
    audit(actor, "web_pages_add", base, new=len(new), refused=len(refused))
    wake(FETCH_TASK)
    return Added(tuple(new), tuple(url for url in wanted if url in known), refused)


def _unfit(url: str) -> str:
    """Why an address is none; where its host leads is judged when it is fetched."""
    try:
        parts = urlsplit(url)
        fits = parts.scheme.lower() in SCHEMES and bool(parts.hostname) and len(url) <= 1000
    except ValueError:
        fits = False
    if not fits or any(ord(sign) <= 32 for sign in url) or len(url) > LONGEST_ADDRESS:
        return "an address starts with http:// or https://, has no spaces and 1,000 signs at most"
    return "an address may not carry a name and password" if parts.username is not None else ""


@transaction.atomic
def web_pages_refetch(base: KnowledgeBase, *, actor: User | None) -> int:
    """Have every page of a base fetched again; how many."""
    asked = base.web_pages.exclude(status__in=OPEN).update(status=WebPage.Status.WAITING, error="")
    audit(actor, "web_pages_refetch", base, pages=asked)
    wake(FETCH_TASK)
    return asked


@transaction.atomic
def web_pages_stop(base: KnowledgeBase, *, actor: User | None) -> int:
    """Let those that wait be; how many. One that is being fetched is finished."""
    stopped = base.web_pages.filter(status=WebPage.Status.WAITING).update(
        status=WebPage.Status.STOPPED
    )
    audit(actor, "web_pages_stop", base, pages=stopped)
    return stopped


@transaction.atomic
def web_page_remove(page: WebPage, *, actor: User | None) -> None:
    """Take a page out with its document."""
    document = page.document
    audit(actor, "web_page_remove", page.base, url=page.url)
    page.delete()
    if document is not None:
        document_remove(document, actor=actor)


OPEN = (WebPage.Status.WAITING, WebPage.Status.FETCHING)


def web_pages_due(*, now: datetime) -> int:
    """Set pages whose time has come waiting again; how many."""
    due = 0
    for base in KnowledgeBase.objects.filter(refetch_hours__gt=0):
        due += base.web_pages.filter(
            status__in=[WebPage.Status.KEPT, WebPage.Status.FAILED],
            fetched_at__lte=now - timedelta(hours=base.refetch_hours),
        ).update(status=WebPage.Status.WAITING)
    return due


def web_pages_fetch(*, now: Callable[[], datetime], progress: Progress | None = None) -> int:
    """Fetch what waits until nothing is left to claim; workers may share it. How many."""
    done = 0
    while (page := _claim(now=now())) is not None:
        _fetch(page, now=now)
        done += 1
        if progress:
            progress(page.url)
    return done


def _claim(*, now: datetime) -> WebPage | None:
    open_to_claim = Q(status=WebPage.Status.WAITING) | Q(
        status=WebPage.Status.FETCHING, claimed_at__lt=now - CLAIM
    )
    with transaction.atomic():
        page = (
            WebPage.objects.filter(open_to_claim)
            .select_for_update(skip_locked=True, no_key=True, of=("self",))
            .select_related("base")
            .order_by(F("fetched_at").asc(nulls_first=True), "id")
            .first()
        )
        if page is not None:
            page.status, page.claimed_at = WebPage.Status.FETCHING, now
            page.save(update_fields=["status", "claimed_at"])
    return page


def _fetch(page: WebPage, *, now: Callable[[], datetime]) -> None:
    """The page as it is now; what was known of it before stays where it cannot be had."""
    try:
        # What was said of a document that is gone would leave the page without one.
        etag, since = (page.etag, page.last_modified) if page.document_id else ("", "")
        found = fetch(page.url, limits=LIMITS, accept=ACCEPT, etag=etag, since=since)
        if found.status != 304:
            _keep(page, found, now=now())
    except CopyliftError as error:
        page.status, page.error = WebPage.Status.FAILED, str(error)
    else:
        page.status, page.error = WebPage.Status.KEPT, ""
    page.fetched_at = now()
    page.save()


def _keep(page: WebPage, found: Fetched, *, now: datetime) -> None:
    source = source_of(page.url, found.content_type)
    incoming = Incoming(source, found.body, url=page.url)
    saved = documents_save(page.base, [incoming], actor=None)
    if saved.refused:
        raise InputRefused(saved.refused[source], field="file")
    if not saved.unchanged:
        page.changed_at = now
    page.document = page.base.documents.get(source=source)
    page.etag = found.headers.get("etag", "")[:500]
    page.last_modified = found.headers.get("last-modified", "")[:100]


def source_of(url: str, content_type: str) -> str:
    """The name its document is known by, ending as what the server says it is.

    >>> source_of("https://shop.example/help?x=1", "text/html")
    'https://shop.example/help?x=1.html'

    Raises:
        InputRefused: It is of a kind that cannot be read.
    """
    ending = ENDINGS.get(content_type)
    if ending is None:
        raise InputRefused(
            f"the server says that it is {content_type or 'of no kind'}: only HTML, PDF, Word, "
            "Markdown, text and CSV are read",
            field="url",
        )
    name = url if PurePosixPath(url).suffix.lower() == ending else f"{url}{ending}"
    if len(name) <= SOURCE_MAX:
        return name
    digest = hashlib.sha256(url.encode()).hexdigest()[:16]
    return f"{url[: SOURCE_MAX - 30]}-{digest}{ending}"
