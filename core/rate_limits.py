"""How often one key may ask: a token bucket in Redis, which all processes share.

The bucket holds a minute's requests and fills evenly. Without Redis nobody is limited: a limit that
cannot be counted is no reason to turn an email tool away.
"""

from __future__ import annotations

import math
import time

import redis
import structlog
from django.conf import settings
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

TIMEOUT_SECONDS = 0.1
PAUSE_SECONDS = 5.0
# Redis's own clock, so that machines need not agree on theirs.
TAKE = """
local now = redis.call('TIME')
local seconds = now[1] + now[2] / 1000000
local most = tonumber(ARGV[1])
local wanted = tonumber(ARGV[2])
local kept = redis.call('HMGET', KEYS[1], 'left', 'at')
local left = tonumber(kept[1]) or most
local at = tonumber(kept[2]) or seconds
left = math.min(most, left + (seconds - at) * most / 60)
local wait = 0
if left >= wanted then
    left = left - wanted
else
    wait = (wanted - left) * 60 / most
end
redis.call('HSET', KEYS[1], 'left', tostring(left), 'at', tostring(seconds))
redis.call('EXPIRE', KEYS[1], 120)
return tostring(wait)
"""

_client: redis.Redis | None = None
_down_until = 0.0


def seconds_to_wait(key_id: int | str, per_minute: int | None, *, requests: int = 1) -> int:
    """0: go ahead, it is counted. Else how many seconds to come back after."""
    if per_minute is None or time.monotonic() < _down_until:
        return 0
    try:
        # More than the bucket holds would wait for ever.
        wanted = min(requests, per_minute)
        waited = _redis().eval(TAKE, 1, f"limit:key:{key_id}", per_minute, wanted)
    except (RedisError, OSError):
        _rest()
        return 0
    return math.ceil(float(waited))  # type: ignore[arg-type]


def _redis() -> redis.Redis:
    global _client
    if _client is None:
        _client = redis.Redis.from_url(
            settings.REDIS_URL,
            socket_connect_timeout=TIMEOUT_SECONDS,
            socket_timeout=TIMEOUT_SECONDS,
        )
    return _client


def _rest() -> None:
    global _down_until
    _down_until = time.monotonic() + PAUSE_SECONDS
    log.warning("requests_not_limited", exc_info=True)
