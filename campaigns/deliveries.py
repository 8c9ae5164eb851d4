"""One delivery, one answer: what was said for an email stays said when the tool asks again.

Tools ask twice when the first answer was slow. By then the contact may have another name or the
campaign be paused, so the whole answer is kept in Redis for `DECIDE_DELIVERY_SECONDS`, under keyed
hashes: one key for each contact, so that erasing somebody is one command. Without Redis the arm
stays the same all the same, since exposures are in the database; only the wording around it may
follow the contact.
"""

from __future__ import annotations

import time

import structlog
from django.conf import settings
from redis.exceptions import RedisError

from core.installation import keyed_hash
from core.quick_redis import quick_redis

log = structlog.get_logger(__name__)

PAUSE_SECONDS = 2.0

_down_until = 0.0


def recall(campaign: str, contact: str, delivery: str) -> bytes | None:
    """What was answered for this delivery before; None: nothing, or Redis does not say."""
    if _is_resting():
        return None
    try:
        return quick_redis().hget(_key(contact), _field(campaign, delivery))  # type: ignore[return-value]
    except (RedisError, OSError):
        _rest()
        return None


def remember(campaign: str, contact: str, delivery: str, answer: bytes) -> bytes:
    """Keep the answer, unless a twin was faster; what is to be answered."""
    if _is_resting():
        return answer
    key, field = _key(contact), _field(campaign, delivery)
    try:
        with quick_redis().pipeline(transaction=False) as steps:
            steps.hsetnx(key, field, answer)
            steps.hget(key, field)
            steps.expire(key, settings.DECIDE_DELIVERY_SECONDS)
            _, kept, _ = steps.execute()
    except (RedisError, OSError):
        _rest()
        return answer
    return kept or answer


def forget_contact(contact: str) -> int:
    """Drop every answer kept for the contact.

    Raises:
        RedisError: Redis does not answer; nothing is known to be dropped.
    """
    return int(quick_redis().delete(_key(contact)))  # type: ignore[arg-type]


def _key(contact: str) -> str:
    return f"decide:{keyed_hash('recipient', contact)}"


def _field(campaign: str, delivery: str) -> str:
    return keyed_hash("delivery", f"{campaign}\x1f{delivery}")[:32]


def _is_resting() -> bool:
    return time.monotonic() < _down_until


def _rest() -> None:
    """Redis failed: an email tool is not to wait for it again at every question."""
    global _down_until
    _down_until = time.monotonic() + PAUSE_SECONDS
    log.warning("deliveries_not_remembered", exc_info=True)
