"""What goes into a mail for us to hear of it: the picture, the links, the way out.

A token is sealed (`core.sealing`): it names contact, campaign and target to nobody but us, and no
other can be made. So a redirect goes only to where a person wrote it should.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings

from core.errors import InputRefused
from core.sealing import SealBroken, seal, unseal

OPEN, CLICK, LEAVE = "mail-open", "mail-click", "mail-leave"
LONGEST_URL = 2_000
ONE_CLICK = "List-Unsubscribe=One-Click"
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\xa0\\]")


@dataclass(frozen=True)
class Mail:
    """Which mail to whom.

    Attributes:
        unit_id: The contact's external id.
        subject_id: The same person in privacy; needed for the way out alone.
        campaign: Key of the campaign.
        delivery: What tells this sending from another to the same contact.
        arm: Key of the arm whose copy it holds.
    """

    unit_id: str
    subject_id: UUID | None = None
    campaign: str = ""
    delivery: str = ""
    arm: str = ""

    def to_json(self) -> list[str]:
        subject = self.subject_id.hex if self.subject_id else ""
        return [self.unit_id, subject, self.campaign, self.delivery, self.arm]

    @classmethod
    def from_json(cls, value: Any) -> Mail:
        unit_id, subject, campaign, delivery, arm = value
        return cls(unit_id, UUID(subject) if subject else None, campaign, delivery, arm)


def open_picture(mail: Mail, *, base_url: str = "") -> str:
    """Address of the picture that tells of an open."""
    return f"{_base(base_url)}/o/{seal(OPEN, mail.to_json())}.gif"


def tracked_link(mail: Mail, url: str, *, base_url: str = "", is_decoy: bool = False) -> str:
    """Address that leads to `url` and tells of the click.

    `is_decoy` is for a link that people cannot see: whoever follows it is a scanner.

    Raises:
        InputRefused: `url` is not a web address, or of a domain that is not allowed.
    """
    _check_target(url)
    return f"{_base(base_url)}/c/{seal(CLICK, [mail.to_json(), url, is_decoy])}"


def unsubscribe_link(mail: Mail, *, base_url: str = "") -> str:
    """Address of the page to unsubscribe on; a POST to it does it at once.

    Raises:
        InputRefused: `mail` does not say who the subject is.
    """
    if mail.subject_id is None:
        raise InputRefused("a way out needs the subject's id", field="subject_id")
    return f"{_base(base_url)}/u/{seal(LEAVE, mail.to_json())}"


def list_unsubscribe(mail: Mail, *, base_url: str = "") -> dict[str, str]:
    """The two headers of RFC 8058, by name. Both must be under the DKIM signature."""
    return {
        "List-Unsubscribe": f"<{unsubscribe_link(mail, base_url=base_url)}>",
        "List-Unsubscribe-Post": ONE_CLICK,
    }


def opened_mail(token: str) -> Mail:
    """
    Raises:
        SealBroken: It is no token of a picture.
    """
    return Mail.from_json(unseal(OPEN, token))


def followed_link(token: str) -> tuple[Mail, str, bool]:
    """Which mail, where it leads, and whether it is a decoy.

    Raises:
        SealBroken: It is no token of a link.
        InputRefused: Its target is no longer allowed.
    """
    mail, url, is_decoy = _as_list(unseal(CLICK, token))
    _check_target(url)
    return Mail.from_json(mail), url, is_decoy


def left_mail(token: str) -> Mail:
    """
    Raises:
        SealBroken: It is no token of a way out.
    """
    return Mail.from_json(unseal(LEAVE, token))


def mail_properties(mail: Mail) -> Mapping[str, str]:
    """What an event says of its mail."""
    said = {"campaign": mail.campaign, "delivery": mail.delivery, "arm": mail.arm}
    return {name: value for name, value in said.items() if value}


def _as_list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise SealBroken("this link was not made here", field="token")
    return value


def _base(base_url: str) -> str:
    return (base_url or settings.PUBLIC_URL).rstrip("/")


def _check_target(url: str) -> None:
    """A web address, of an allowed domain where `LINK_DOMAINS` names some."""
    if len(url) > LONGEST_URL or _UNSAFE.search(url):
        raise InputRefused("a link must be a web address without spaces", field="url")
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        raise InputRefused("a link must be a web address", field="url") from None
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        raise InputRefused("a link must begin with https:// and a domain", field="url")
    allowed = [domain.lower().lstrip(".") for domain in settings.LINK_DOMAINS]
    if allowed and not any(host == each or host.endswith(f".{each}") for each in allowed):
        raise InputRefused(
            f"{host} is not among the domains of LINK_DOMAINS that links may lead to", field="url"
        )
