"""Copy: the texts of one message, as a value that travels as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import InputRefused
from generation.channels import CHANNEL_FIELDS, EMAIL, fields_of

COPY_FIELDS = CHANNEL_FIELDS[EMAIL]


@dataclass(frozen=True, init=False, repr=False)
class Copy:
    """The texts of a message in one channel, in Liquid.

    They are given in reading order or by name, and read by name: what is not said otherwise is an
    email. Another channel's field is no attribute, so a mix-up cannot go unnoticed.

    >>> Copy("Hello", "", "See {{ url }}", "Go").subject
    'Hello'
    >>> Copy(channel="push", title="New in", body="Linen").to_json()
    {'channel': 'push', 'title': 'New in', 'body': 'Linen'}
    """

    channel: str
    contents: tuple[str, ...]

    def __init__(self, *texts: str, channel: str = EMAIL, **named: str) -> None:
        names = fields_of(channel)
        if len(texts) == len(names) and not named:
            object.__setattr__(self, "channel", channel)
            object.__setattr__(self, "contents", texts)
            return
        given = dict(zip(names, texts, strict=False))
        wrong = [name for name in named if name not in names or name in given]
        missing = [name for name in names if name not in given and name not in named]
        if wrong or missing or len(texts) > len(names):
            raise TypeError(
                f"copy of channel {channel} takes {', '.join(names)}; "
                f"wrong: {wrong}, missing: {missing}, given in order: {len(texts)}"
            )
        given |= named
        object.__setattr__(self, "channel", channel)
        object.__setattr__(self, "contents", tuple(given[name] for name in names))

    def __getattr__(self, name: str) -> str:
        # Asked only for what is no real attribute; `channel` is missing while one is unpickled.
        names = CHANNEL_FIELDS.get(self.__dict__.get("channel", ""), ())
        if name not in names:
            raise AttributeError(f"copy of {self.__dict__.get('channel')} has no {name}")
        return self.contents[names.index(name)]

    def __repr__(self) -> str:
        texts = ", ".join(f"{name}={text!r}" for name, text in self.texts())
        return f"Copy(channel={self.channel!r}, {texts})"

    @property
    def opening(self) -> str:
        """The text a reader sees first: subject, title, headline, or the message itself."""
        return self.contents[0]

    def texts(self) -> Iterator[tuple[str, str]]:
        """Yield `(field, text)` in reading order."""
        yield from zip(CHANNEL_FIELDS[self.channel], self.contents, strict=True)

    def changed(self, **texts: str) -> Copy:
        """The same copy with other words in the fields named."""
        return Copy(channel=self.channel, **(dict(self.texts()) | texts))

    def to_json(self) -> dict[str, str]:
        """The texts by name. An email does not say its channel: stored ones never did."""
        named = {} if self.channel == EMAIL else {"channel": self.channel}
        return named | dict(self.texts())

    @classmethod
    def from_json(cls, payload: Mapping[str, Any]) -> Copy:
        """Parse a copy; refuses missing fields, foreign ones, and anything that is not text."""
        channel = str(payload.get("channel", EMAIL))
        names = fields_of(channel)
        foreign = sorted(str(name) for name in payload if name not in (*names, "channel"))
        if foreign:
            raise InputRefused(
                f"{', '.join(foreign)}: not a text of channel {channel}, which has "
                f"{', '.join(names)}",
                field=foreign[0],
            )
        return cls(channel=channel, **{name: _text(payload, name) for name in names})

    @classmethod
    def empty(cls, channel: str = EMAIL) -> Copy:
        """No text at all, for a door that must answer."""
        return cls(*("" for _ in fields_of(channel)), channel=channel)


def _text(payload: Mapping[str, Any], name: str) -> str:
    value = payload.get(name)
    if not isinstance(value, str):
        raise InputRefused(f"{name} must be text, not {type(value).__name__}", field=name)
    return value
