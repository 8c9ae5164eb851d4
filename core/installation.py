"""What only this installation knows: keys for hashing and signing, one for each purpose.

They are derived from one secret, so nothing has to be stored, and a leaked database gives none of
them away. Another `INSTALLATION_KEY` makes every hash and token of the old one worthless.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from functools import lru_cache

from django.conf import settings


def derived_key(purpose: str) -> bytes:
    """32 bytes that belong to the purpose."""
    return _derived(settings.INSTALLATION_KEY, purpose)


def keyed_hash(purpose: str, value: str) -> str:
    """64 hexadecimal digits: the same for the same value, and useless without the key."""
    return hmac.new(derived_key(purpose), value.encode(), hashlib.sha256).hexdigest()


def keyed_bytes(purpose: str, value: str) -> bytes:
    """32 bytes that belong to the value: a key made of a seed."""
    return hmac.new(derived_key(purpose), value.encode(), hashlib.sha256).digest()


def keyed_token(purpose: str, value: str) -> str:
    """24 bytes in the alphabet of URLs: nobody who does not hold the key can make one."""
    digest = hmac.new(derived_key(purpose), value.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:24]).decode()


@lru_cache(maxsize=64)
def _derived(key: str, purpose: str) -> bytes:
    return hmac.new(key.encode(), purpose.encode(), hashlib.sha256).digest()
