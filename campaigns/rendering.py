"""A planned text with a contact's values in it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from campaigns.selectors.contacts import KnownContact
from generation.briefs import Copy
from generation.channels import IN_HTML, MANY_LINES, fields_of
from generation.liquid import render


def variables_for(shop: Mapping[str, str], contact: KnownContact | None) -> dict[str, object]:
    """What merge tags can ask for. Of an unknown contact: only what the shop itself says."""
    if contact is None:
        return {"attributes": {}, **shop}
    return {
        "first_name": contact.first_name,
        "last_name": contact.last_name,
        "attributes": contact.attributes,
        **shop,
    }


def rendered(copy: Copy, variables: Mapping[str, object]) -> Copy:
    """The copy with its merge tags filled in; values are escaped where they stand in HTML."""
    return Copy(*rendered_texts(copy, variables), channel=copy.channel)


def rendered_texts(copy: Copy, variables: Mapping[str, object]) -> list[str]:
    """The texts of `rendered`, in reading order.

    Raises:
        TemplateRefused: A text cannot be filled in with these values.
    """
    texts = []
    for text, (is_html, has_lines) in zip(copy.contents, _places(copy.channel), strict=True):
        filled = render(text, variables, escape_html=is_html)
        texts.append(filled if has_lines else " ".join(filled.split()))
    return texts


@cache
def _places(channel: str) -> tuple[tuple[bool, bool], ...]:
    """Of each text: whether it is HTML, and whether it may have several lines."""
    return tuple(
        ((channel, name) in IN_HTML, (channel, name) in MANY_LINES) for name in fields_of(channel)
    )
