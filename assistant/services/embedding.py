"""Which pages may hold a knowledge base's chat, and by which secret they say who visits."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F

from assistant.models import KnowledgeBase
from core.audit import audit
from core.errors import InputRefused

ORIGINS_MAX = 50
OWN_MACHINE = ("localhost", "127.0.0.1", "[::1]")


@transaction.atomic
def origins_change(base: KnowledgeBase, origins: Sequence[str], *, actor: User) -> None:
    """Let the chat stand on pages of these origins, and no others.

    Raises:
        InputRefused: One is no origin, or there are too many.
    """
    wanted = list(dict.fromkeys(origin_of(line) for line in origins if line.strip()))
    if len(wanted) > ORIGINS_MAX:
        raise InputRefused(f"origins: {ORIGINS_MAX} at most", field="origins")
    base.allowed_origins = wanted
    base.save(update_fields=["allowed_origins", "updated_at"])
    audit(actor, "origins_change", base, origins=wanted)


@transaction.atomic
def identity_renew(base: KnowledgeBase, *, actor: User) -> None:
    """Another secret; what was signed with the old one counts no more."""
    KnowledgeBase.objects.filter(pk=base.pk).update(identity_version=F("identity_version") + 1)
    base.refresh_from_db()
    audit(actor, "identity_renew", base, version=base.identity_version)


def origin_of(text: str) -> str:
    """A page's origin as browsers send it.

    >>> origin_of(" https://Shop.example/ ")
    'https://shop.example'
    >>> origin_of("http://localhost:3000")
    'http://localhost:3000'
    """
    said = text.strip()
    refusal = InputRefused(
        f"origins: “{said[:100]}” is not like https://shop.example", field="origins"
    )
    try:
        parts = urlsplit(said)
        port = parts.port
    except ValueError:
        raise refusal from None
    host = parts.netloc.lower()
    is_bare = parts.path in ("", "/") and not (parts.query or parts.fragment or "@" in host)
    if not is_bare or "*" in host or not parts.hostname or any(char.isspace() for char in said):
        raise refusal
    is_own = parts.scheme == "http" and host.removesuffix(f":{port}") in OWN_MACHINE
    if parts.scheme != "https" and not is_own:
        raise refusal
    standard = ":443" if parts.scheme == "https" else ":80"
    return f"{parts.scheme}://{host.removesuffix(standard)}"
