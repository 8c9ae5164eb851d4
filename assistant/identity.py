"""Who a visitor is, where the shop's own page says it and signs it.

A page could write any name into a request, so a bare one is never believed: the shop's server signs
`UNTIL.UNIT_ID` with a secret of the knowledge base, and the signature holds until then.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta

from assistant.models import KnowledgeBase
from core.installation import keyed_bytes

PURPOSE = "assistant identity"
UNIT_ID_MAX = 200
# Longer, and a signature read off somebody's screen would open their name for good.
LONGEST = timedelta(days=2)


def identity_secret(base: KnowledgeBase) -> str:
    """What the shop's server signs with; computed, so that no table holds it."""
    value = f"{base.pk}.{base.identity_version}"
    return base64.urlsafe_b64encode(keyed_bytes(PURPOSE, value)).decode().rstrip("=")


def identity_signature(secret: str, unit_id: str, *, until: int) -> str:
    """HMAC-SHA256 of `until.unit_id`, in hexadecimal; `until` in seconds since 1970.

    >>> identity_signature("secret", "customer-123", until=1795789200)[:16]
    '7d3cade0bed825cb'
    """
    signed = f"{until}.{unit_id}".encode()
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def known_unit(
    base: KnowledgeBase, unit_id: str, *, until: int, signature: str, now: datetime
) -> str:
    """The unit that the shop's server vouches for, else "": nobody known."""
    is_usable = 0 < len(unit_id) <= UNIT_ID_MAX and "\0" not in unit_id
    is_current = 0 < until - now.timestamp() <= LONGEST.total_seconds()
    expected = identity_signature(identity_secret(base), unit_id, until=until)
    is_ours = hmac.compare_digest(expected.encode(), signature.encode())
    return unit_id if is_usable and is_current and is_ours else ""
