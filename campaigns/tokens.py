"""A campaign's own read-only token, for tools that can send no header: `?token=ct_…`.

It opens `/v1/decide` for this campaign and nothing else. It is computed, not stored; counting up
`Campaign.token_version` makes another one and the old one worthless.
"""

from __future__ import annotations

import hmac

from core.installation import keyed_token

PREFIX = "ct_"


def campaign_token(key: str, version: int) -> str:
    return PREFIX + keyed_token("campaign token", f"{key}\x1f{version}")


def is_token_of(token: str, key: str, version: int) -> bool:
    wanted = campaign_token(key, version)
    return hmac.compare_digest(token.encode(), wanted.encode())
