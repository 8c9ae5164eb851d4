"""A random share of the contacts that is the same on every machine, in every language. Pure.

The MD5 of salt, unit separator and external id, as 32 hexadecimal digits, lies below the threshold.
Digits of equal length compare as texts like the numbers they write, so the database compares texts.
Two salts share out independently of each other, as two hashes do; no secret rests on it.
"""

from __future__ import annotations

import hashlib

SEPARATOR = "\x1f"
SPACE = 16**32


def threshold(share: float) -> str:
    """What the hash of that share of all ids lies below; `share` from 0 up to, not with, 1.

    >>> threshold(0.5)
    '80000000000000000000000000000000'
    """
    return f"{int(share * SPACE):032x}"


def in_share(external_id: str, *, share: float, salt: str) -> bool:
    """Whether a contact is in the share.

    >>> sum(in_share(f"customer-{n}", share=0.1, salt="autumn") for n in range(1000))
    114
    """
    digest = hashlib.md5(f"{salt}{SEPARATOR}{external_id}".encode(), usedforsecurity=False)
    return share >= 1 or digest.hexdigest() < threshold(share)
