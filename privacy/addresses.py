"""E-mail addresses as keyed hashes: to recognise one again without keeping it.

An address is compared without the spaces around it and without regard to the case of its ASCII
letters. The key is this installation's own: whoever has the hashes alone cannot try addresses out.
"""

from __future__ import annotations

import hashlib
import hmac
from uuid import UUID

from core.installation import derived_key

PURPOSE = "addresses"
BLOCK_BYTES = 64


def address_digest(address: str) -> str:
    """The address as 64 hexadecimal digits."""
    # Of bytes, `lower` changes ASCII letters alone, as PostgreSQL does with the collation "C".
    plain = address.strip(" ").encode().lower()
    return hmac.new(derived_key(PURPOSE), plain, hashlib.sha256).hexdigest()


def address_subject(address: str) -> UUID:
    """The subject that an address itself is: what is known of nobody yet can be suppressed by it,
    and stays so when the person it belongs to is erased and comes again.
    """
    return digest_subject(address_digest(address))


def digest_subject(digest: str) -> UUID:
    return UUID(hex=digest[:32])


def address_digest_sql(column: str) -> str:
    """`address_digest` as an SQL expression; takes the parameters of `address_digest_keys`.

    HMAC by hand (RFC 2104), because PostgreSQL has SHA-256 without an extension and HMAC not.
    """
    plain = f"convert_to(lower(trim({column}) COLLATE \"C\"), 'UTF8')"
    return f"encode(sha256(%(outer)s || sha256(%(inner)s || {plain})), 'hex')"


def address_digest_keys() -> dict[str, bytes]:
    block = derived_key(PURPOSE).ljust(BLOCK_BYTES, b"\x00")
    return {
        "inner": bytes(byte ^ 0x36 for byte in block),
        "outer": bytes(byte ^ 0x5C for byte in block),
    }
