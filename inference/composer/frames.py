"""Reads a template: the merge tags each field must keep, the sentences that stay."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

_TAG = re.compile(r"\{\{-?\s*(?P<variable>[^}|\s]*).*?\}\}", re.DOTALL)
_MARK = re.compile(r"\{%-?\s*(?P<name>\w+).*?%\}", re.DOTALL)
_LITERAL_LINK = re.compile(r"https?://[^\s<>\"')\]]+[^\s<>\"')\].,;:!?]")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_PLACE = re.compile("\x00(\\d+)\x00")
_OPENING = frozenset({"if", "unless", "case", "for"})
_FOOTER = re.compile(r"unsubscribe|preferences|address|imprint|footer", re.IGNORECASE)

ROLES: Mapping[str, str] = {
    "first_name": "name",
    "offer": "offer",
    "code": "code",
    "coupon": "code",
    "url": "url",
    "link": "url",
    "product": "product",
    "product_name": "product",
    "brand": "brand",
    "brand_name": "brand",
    "expires": "expires",
    "expires_on": "expires",
    "ends_on": "expires",
    "valid_until": "expires",
    "terms": "terms",
}


@dataclass
class Frame:
    """What a field must keep.

    Attributes:
        tags: The source of each known tag, by the role it plays, as often as it stands there.
        kept: Sentences carried over word for word, since only their author knows what they mean.
        footer: The same, for the end of the body.
        link: A web address written out in the text, where there is no tag for it.
    """

    tags: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    kept: list[str] = field(default_factory=list)
    footer: list[str] = field(default_factory=list)
    link: str = ""


def read_frame(text: str) -> Frame:
    """Read one field of a template.

    >>> frame = read_frame("Hi {{ first_name }}. You have {{ points }} points. See {{ url }}")
    >>> dict(frame.tags), frame.kept
    ({'name': ['{{ first_name }}'], 'url': ['{{ url }}']}, ['You have {{ points }} points.'])
    """
    masked, sources = _mask(text.replace("\x00", ""))
    frame = Frame()
    for line in masked.splitlines():
        for sentence in _SENTENCE.split(line):
            _read_sentence(sentence.strip(), sources, frame)
    link = _LITERAL_LINK.search(masked)
    if link and not frame.tags["url"]:
        frame.link = link.group()
    frame.tags = {role: tags for role, tags in frame.tags.items() if tags}
    return frame


def _read_sentence(sentence: str, sources: list[str], frame: Frame) -> None:
    places = [sources[int(number)] for number in _PLACE.findall(sentence)]
    roles = [_role(source) for source in places]
    if all(roles):
        for role, source in zip(roles, places, strict=True):
            frame.tags[role].append(source)
        return
    restored = _PLACE.sub(lambda place: sources[int(place.group(1))], sentence)
    (frame.footer if _FOOTER.search(restored) else frame.kept).append(restored)


def _role(source: str) -> str:
    found = _TAG.fullmatch(source)
    return ROLES.get(found["variable"], "") if found else ""


def _mask(text: str) -> tuple[str, list[str]]:
    """Put a numbered place in for each tag and each whole block, so that sentences can be cut."""
    sources: list[str] = []
    pieces: list[str] = []
    end = 0
    for start, stop in _constructs(text):
        pieces += [text[end:start], f"\x00{len(sources)}\x00"]
        sources.append(text[start:stop])
        end = stop
    return "".join([*pieces, text[end:]]), sources


def _constructs(text: str) -> Iterable[tuple[int, int]]:
    position = 0
    while (found := _next_construct(text, position)) is not None:
        yield found
        position = found[1]


def _next_construct(text: str, position: int) -> tuple[int, int] | None:
    tag, mark = _TAG.search(text, position), _MARK.search(text, position)
    if tag and (mark is None or tag.start() < mark.start()):
        return tag.span()
    return (mark.start(), _end_of_block(text, mark)) if mark else None


def _end_of_block(text: str, opening: re.Match[str]) -> int:
    depth, end = 0, opening.end()
    for mark in _MARK.finditer(text, opening.start()):
        end = mark.end()
        depth += (mark["name"] in _OPENING) - mark["name"].startswith("end")
        if depth <= 0:
            break
    return end
