"""What lets somebody listen to one conversation: its id and a time, sealed by this installation.

Whoever may read a conversation is given one by the door that knows; the process that holds the
streams asks no database.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

from django.conf import settings

from core.installation import keyed_token

# What is announced when something was said in a conversation, or when it was ended.
TOPIC = "conversation"
PATH = "/v1/assistant/stream"
PURPOSE = "assistant streams"
# For opening a stream with; how long it then lasts is for who holds it.
LASTS = timedelta(minutes=2)


def stream_url(conversation: str, *, now: datetime) -> str:
    """Where to listen; empty where no process holds streams."""
    if not settings.ASSISTANT_STREAM_URL:
        return ""
    until = int((now + LASTS).timestamp())
    seal = keyed_token(PURPOSE, f"{until}.{conversation}")
    asked = urlencode({"conversation": conversation, "until": until, "seal": seal})
    return f"{settings.ASSISTANT_STREAM_URL.rstrip('/')}{PATH}?{asked}"


def stream_origin() -> str:
    """What a page's connect-src must hold to listen; empty where no process holds streams."""
    url = urlsplit(settings.ASSISTANT_STREAM_URL)
    return f"{url.scheme}://{url.netloc}" if url.netloc else ""


def may_listen(conversation: str, until: str, seal: str, *, now: datetime) -> bool:
    """Whether a ticket is ours and still good."""
    expected = keyed_token(PURPOSE, f"{until}.{conversation}")
    if not hmac.compare_digest(expected.encode(), seal.encode()):
        return False
    return now.timestamp() < int(until)
