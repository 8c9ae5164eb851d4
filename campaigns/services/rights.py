"""Who may do what: asked by every service, so that no entrance can forget it."""

from __future__ import annotations

from django.contrib.auth.models import User

from campaigns.errors import NotPermitted


def require(actor: User, permission: str, *, doing: str) -> None:
    """Refuse unless `actor` holds campaigns.`permission`; `doing` ends the sentence they read."""
    if not actor.has_perm(f"campaigns.{permission}"):
        raise NotPermitted(
            f"{actor.get_username()} may not {doing}: it takes the right “campaigns.{permission}”, "
            "which an administrator gives"
        )
