"""Copy as its reader will see it, with what was filled in marked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from audience.models import Contact, Segment
from campaigns.live_plans import PICKS, shop_variables
from campaigns.models import Campaign
from campaigns.selectors.picks import picks_for
from generation.briefs import Copy
from generation.channels import EMAIL, SMS
from generation.guardrails.sms import SmsSize, sms_size
from generation.liquid import TemplateRefused, render

# Characters no keyboard types and no font shows: they mark where a filled-in value starts and ends.
OPEN, CLOSE = "\ue000", "\ue001"
_OUTPUT = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_MARKUP = re.compile(r"</?[a-zA-Z!]")
_TAG = re.compile(r"<[^>]*>")
_TAG_OR_TEXT = re.compile(r"<[^>]*>|[^<]+|<")
_BLOCK = re.compile(r"<(?:p|br|li|div|h\d)\b", re.IGNORECASE)
FRAME_CHARACTERS = 40
FRAME_STYLE = (
    "<style>body{font:14px/1.6 sans-serif;margin:12px;color:#374151}"
    "mark{background:#fde68a;border-radius:3px;padding:0 2px}</style>"
)
NOBODY = "Ada"


@dataclass(frozen=True)
class Sample:
    """Whom the preview is written to."""

    name: str
    variables: Mapping[str, object]


@dataclass(frozen=True)
class Preview:
    """Escaped HTML of each text; `frame` is a body that is HTML of its own, for a sandbox.

    `size` says what it takes to send an SMS, for this reader.
    """

    channel: str
    parts: Mapping[str, SafeString]
    frame: str = ""
    frame_height: int = 0
    size: SmsSize | None = None
    error: str = ""

    @property
    def opening(self) -> SafeString:
        """What the reader sees first."""
        return next(iter(self.parts.values()))


def sample_for(campaign: Campaign, segment: Segment | None) -> Sample:
    """A real member of the segment, else somebody made up."""
    shop = shop_variables(campaign)
    contact = _somebody(segment)
    if contact is None:
        nobody = {"first_name": NOBODY, "last_name": "", "attributes": {}, PICKS: picks_for("")}
        return Sample(NOBODY, {**nobody, **shop})
    person = {
        "first_name": contact.first_name,
        "last_name": contact.last_name,
        "attributes": contact.attributes,
        PICKS: picks_for(contact.external_id),
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
    body = copy.body if copy.channel == EMAIL else ""
    is_html = bool(_MARKUP.search(body))
    return Preview(
        channel=copy.channel,
        parts={field: _marked(text) for field, text in filled.items()},
        frame=_sandboxed(body, sample.variables) if is_html else "",
        frame_height=_frame_height(body),
        size=sms_size(_bare(filled["text"])) if copy.channel == SMS else None,
    )


def _bare(filled: str) -> str:
    return filled.replace(OPEN, "").replace(CLOSE, "")


def _filled(text: str, variables: Mapping[str, object]) -> str:
    plain = text.replace(OPEN, "").replace(CLOSE, "")
    return render(_OUTPUT.sub(_enclosed, plain), variables)


def _marked(text: str) -> SafeString:
    shown = escape(text).replace(f"{OPEN}{CLOSE}", '<mark class="cl-tag cl-tag-empty">empty</mark>')
    shown = shown.replace(OPEN, '<mark class="cl-tag">').replace(CLOSE, "</mark>")
    return mark_safe(shown)  # noqa: S308 (escaped above; only the marks are ours)


def _sandboxed(body: str, variables: Mapping[str, object]) -> str:
    parts = _TAG_OR_TEXT.findall(body.replace(OPEN, "").replace(CLOSE, ""))
    # Inside an HTML tag a mark would break the tag: {{ url }} in a link stays as it is.
    marked = (part if part.startswith("<") else _OUTPUT.sub(_enclosed, part) for part in parts)
    filled = render("".join(marked), variables, escape_html=True)
    return FRAME_STYLE + filled.replace(OPEN, "<mark>").replace(CLOSE, "</mark>")


def _enclosed(tag: re.Match[str]) -> str:
    return f"{OPEN}{tag[0]}{CLOSE}"


def _frame_height(body: str) -> int:
    """Pixels that hold the text; a frame in a sandbox cannot say how tall it is."""
    lines = len(_BLOCK.findall(body)) * 1.6 + len(_TAG.sub("", body)) / FRAME_CHARACTERS
    return min(90 + int(lines * 23), 520)


def _as_written(copy: Copy, error: str) -> Preview:
    parts = {field: escape(text) for field, text in copy.texts()}
    return Preview(copy.channel, parts, error=error)
