"""What an `identify` event says of a person, as a contact's fields. Pure.

Names of traits are those of Segment's specification, in its spelling and in ours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

LONGEST_EMAIL = 320
LONGEST_NAME = 100
LONGEST_KEY = 100
MOST_ATTRIBUTES = 200
_EMAIL = re.compile(r"[^@\s\x00-\x1f<>]+@[^@\s\x00-\x1f<>]+")
_FIELDS = {
    "email": "email",
    "firstName": "first_name",
    "first_name": "first_name",
    "firstname": "first_name",
    "lastName": "last_name",
    "last_name": "last_name",
    "lastname": "last_name",
}
# Of the message and not of the person.
_NO_TRAITS = ("groupId", "previousId")


@dataclass(frozen=True)
class Traits:
    """
    Attributes:
        fields: Of the contact: email, first_name, last_name; empty texts clear them.
        attributes: The rest; None takes one away.
        refused: What could not be a trait, and why.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)
    refused: tuple[str, ...] = ()


def traits_of(said: Mapping[str, Any]) -> Traits:
    """
    >>> traits_of({"email": "ann@shop.example", "name": "Ann Lee", "plan": "pro"}).fields
    {'email': 'ann@shop.example', 'first_name': 'Ann', 'last_name': 'Lee'}
    >>> traits_of({"firstName": 7}).refused
    ('traits.firstName must be a text',)
    """
    fields: dict[str, str] = {}
    attributes: dict[str, Any] = {}
    refused: list[str] = []
    for key, value in said.items():
        if key in _FIELDS:
            reason = _add_field(fields, _FIELDS[key], value)
        elif key == "name" and isinstance(value, str):
            reason = _add_name(fields, said, value)
        else:
            reason = _add_attribute(attributes, key, value)
        if reason:
            refused.append(f"traits.{key[:LONGEST_KEY]} {reason}")
    return Traits(fields, attributes, tuple(refused))


def _add_field(fields: dict[str, str], name: str, value: object) -> str:
    if value is None:
        fields[name] = ""
        return ""
    if not isinstance(value, str):
        return "must be a text"
    text = one_line(value)
    if name == "email" and (len(text) > LONGEST_EMAIL or not _EMAIL.fullmatch(text)):
        return "is no e-mail address"
    if name != "email" and len(text) > LONGEST_NAME:
        return f"is longer than {LONGEST_NAME} characters"
    fields[name] = text
    return ""


def _add_name(fields: dict[str, str], said: Mapping[str, Any], value: str) -> str:
    """A whole name counts where its parts are not given."""
    if any(_FIELDS.get(key, "").endswith("_name") for key in said):
        return ""
    first, _, last = one_line(value).partition(" ")
    return _add_field(fields, "first_name", first) or _add_field(fields, "last_name", last)


def _add_attribute(attributes: dict[str, Any], key: str, value: object) -> str:
    if key in _NO_TRAITS:
        return ""
    if not key or len(key) > LONGEST_KEY:
        return f"must have a name of 1 to {LONGEST_KEY} characters"
    if len(attributes) >= MOST_ATTRIBUTES:
        return f"is one too many: at most {MOST_ATTRIBUTES} are kept"
    attributes[key] = value
    return ""


def one_line(text: str) -> str:
    """Without line breaks and other control characters: it may come to stand in a mail's header.

    >>> one_line("Ann\\r\\nBcc: all@shop.example")
    'Ann Bcc: all@shop.example'
    """
    printable = "".join(
        " " if ord(letter) < 32 or ord(letter) == 127 else letter for letter in text
    )
    return " ".join(printable.split())
