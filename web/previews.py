"""Copy as its reader will see it, with what was filled in marked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from audience.models import Contact, Segment
from campaigns.live_plans import shop_variables
from campaigns.models import Campaign
from generation.briefs import Copy
from generation.liquid import TemplateRefused, render

# Characters no keyboard types and no font shows: they mark where a filled-in value starts and ends.
OPEN, CLOSE = "\ue000", "\ue001"
_OUTPUT = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_MARKUP = re.compile(r"</?[a-zA-Z!]")
NOBODY = "Ada"


@dataclass(frozen=True)
class Sample:
    """Whom the preview is written to."""

    name: str
    variables: Mapping[str, object]


@dataclass(frozen=True)
class Preview:
    """Escaped HTML of each part; `frame` is a body that is HTML of its own, for a sandbox."""

    subject: SafeString
    preheader: SafeString
    body: SafeString
    call_to_action: SafeString
    frame: str
    error: str


def sample_for(campaign: Campaign, segment: Segment | None) -> Sample:
    """A real member of the segment, else somebody made up."""
    shop = shop_variables(campaign)
    contact = _somebody(segment)
    if contact is None:
        return Sample(NOBODY, {"first_name": NOBODY, "last_name": "", "attributes": {}, **shop})
    person = {
        "first_name": contact.first_name,
        "last_name": contact.last_name,
        "attributes": contact.attributes,
    }
    return Sample(str(contact), {**person, **shop})


def _somebody(segment: Segment | None) -> Contact | None:
    people = Contact.objects.filter(memberships__segment=segment) if segment else Contact.objects
    return people.exclude(first_name="").order_by("pk").first() or people.order_by("pk").first()


def preview(copy: Copy, sample: Sample) -> Preview:
    """Fill in a copy for a sample reader; a text that cannot be filled in is shown as it stands."""
    try:
        filled = {field: _filled(text, sample.variables) for field, text in copy.texts()}
    except TemplateRefused as refused:
        return _as_written(copy, str(refused))
    is_html = bool(_MARKUP.search(copy.body))
    return Preview(
        subject=_marked(filled["subject"]),
        preheader=_marked(filled["preheader"]),
        body=_marked(filled["body"]),
        call_to_action=_marked(filled["call_to_action"]),
        frame=_sandboxed(copy.body, sample.variables) if is_html else "",
        error="",
    )


def _filled(text: str, variables: Mapping[str, object]) -> str:
    plain = text.replace(OPEN, "").replace(CLOSE, "")
    return render(_OUTPUT.sub(lambda tag: f"{OPEN}{tag[0]}{CLOSE}", plain), variables)


def _marked(text: str) -> SafeString:
    shown = escape(text).replace(f"{OPEN}{CLOSE}", '<mark class="cl-tag cl-tag-empty">empty</mark>')
    shown = shown.replace(OPEN, '<mark class="cl-tag">').replace(CLOSE, "</mark>")
    # Every part of it was escaped above; only the marks are ours.
    return mark_safe(shown)  # noqa: S308


def _sandboxed(body: str, variables: Mapping[str, object]) -> str:
    style = "<style>body{font:14px/1.6 sans-serif;margin:0;color:#374151}</style>"
    return style + render(body, variables, escape_html=True)


def _as_written(copy: Copy, error: str) -> Preview:
    parts = {field: mark_safe(escape(text)) for field, text in copy.texts()}  # noqa: S308
    return Preview(**parts, frame="", error=error)
