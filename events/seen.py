"""What makes an event the same event: SQL for the keys of `EventSeen`."""

from __future__ import annotations

from core.installation import derived_key

MONTH = "date_trunc('month', statement_timestamp() AT TIME ZONE 'UTC')::date"


def digest_sql(message_id: str) -> str:
    """SQL for the key of a row whose message id is this SQL; its one parameter is `seen_key`.

    128 bits of SHA-256 over key, source and id: nobody without the key can tell an id from it, or
    make two that collide.
    """
    hashed = f"sha256(%s::bytea || convert_to({message_id}, 'UTF8'))"
    return f"encode(substr({hashed}, 1, 16), 'hex')::uuid"


def seen_key(source: str) -> bytes:
    """The secret that the ids of a source are hashed with."""
    return derived_key("events seen") + source.encode() + b"\x1f"
