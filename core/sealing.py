"""Small values in links that nobody else can read, change or make up.

AES-SIV (RFC 5297): the same value always gives the same token, so that asking twice gives the same
link, and a token that was changed by one bit opens nothing. The keys are derived from `SECRET_KEY`
and, for tokens made before it was changed, from `SECRET_KEY_FALLBACKS`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from functools import lru_cache

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings

from core.errors import InputRefused

LONGEST_TOKEN = 4_000
KEY_BYTES = 64


class SealBroken(InputRefused):
    """A token was not made here, not for this purpose, or has been changed."""


def seal(purpose: str, value: object) -> str:
    """A token, in the alphabet of URLs, that `unseal` opens for the same purpose alone."""
    sealed = _cipher(settings.SECRET_KEY, purpose).encrypt(orjson.dumps(value), None)
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def unseal(purpose: str, token: str) -> object:
    """What was sealed.

    Raises:
        SealBroken: The token opens nothing.
    """
    sealed = _bytes(token)
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return orjson.loads(_cipher(key, purpose).decrypt(sealed, None))
        except InvalidTag:
            continue
    raise SealBroken("this link was not made here, or has been changed", field="token")


def _bytes(token: str) -> bytes:
    if len(token) > LONGEST_TOKEN:
        raise SealBroken("this link is too long to be one of ours", field="token")
    try:
        sealed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise SealBroken("this link is not complete", field="token") from None
    # Another spelling of the same bytes would be another token with the same meaning.
    if base64.urlsafe_b64encode(sealed).decode().rstrip("=") != token or len(sealed) <= 16:
        raise SealBroken("this link is not complete", field="token")
    return sealed


@lru_cache(maxsize=64)
def _cipher(key: str, purpose: str) -> AESSIV:
    derived = hmac.new(key.encode(), f"sealing:{purpose}".encode(), hashlib.sha512).digest()
    return AESSIV(derived[:KEY_BYTES])
