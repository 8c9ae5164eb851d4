"""What a brief does not say, and some rules need to know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from generation.briefs import Copy

Detector = Callable[[str], str]


@dataclass(frozen=True)
class Surroundings:
    """The company and the other texts around a copy. Every default is harmless: the rule is silent.

    Attributes:
        control: The human copy it is tested against; None where the copy is the control.
        siblings: Other copy of the same cell.
        recent: What the same people were sent not long ago.
        domains: Web domains any page of which may be linked to; subdomains count.
        sender: Who an SMS has to say it is from; the brand where empty.
        country: Where it is read, as two letters, for labels the law asks for.
        postal_address: What an email of ours has to end with, where we write its footer.
        has_footer_from_tool: Whether the email tool adds the address and the way to unsubscribe.
        names: Names of real people, such as those in previews, that no copy may hold.
        detect_language: A better detector than stop words: text in, two-letter code (or "") out.
    """

    control: Copy | None = None
    siblings: tuple[Copy, ...] = ()
    recent: tuple[Copy, ...] = ()
    domains: frozenset[str] = frozenset()
    sender: str = ""
    country: str = ""
    postal_address: str = ""
    has_footer_from_tool: bool = True
    names: tuple[str, ...] = ()
    detect_language: Detector | None = None


NOWHERE = Surroundings()
