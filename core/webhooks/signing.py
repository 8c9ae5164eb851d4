"""Signatures and secrets of Standard Webhooks 1.0. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

PREFIX = "whsec_"


def secret_text(key: bytes) -> str:
    """A key as people copy it.

    >>> secret_text(bytes(24))
    'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
    """
    return PREFIX + base64.b64encode(key).decode()


def sign(keys: Sequence[bytes], message_id: str, at: datetime, body: bytes) -> str:
    """The header `webhook-signature`: one signature by each key, the newest first.

    Args:
        keys: The endpoint's keys: two while one takes over from the other.
        message_id: The header `webhook-id`.
        at: When this attempt is made; the header `webhook-timestamp` in seconds.
        body: The very bytes that are sent.

    >>> from datetime import UTC
    >>> sign([b"k" * 24], "msg_1", datetime(2024, 5, 6, tzinfo=UTC), b"{}")
    'v1,MyvH078yjPqjRylZCOpsuwlu4Yg6f5Kef6lsOCZZRKE='
    """
    signed = b".".join([message_id.encode(), str(int(at.timestamp())).encode(), body])
    return " ".join(
        "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        for key in keys
    )
