"""The corpus: what `composer` writes for invented orders, with every slot left open.

Interests, brands, offers and codes never enter it, so the model can neither learn one by heart nor
misspell one it has not seen: it learns where they stand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from inference.composer.angles import ANGLE_PHRASES
from inference.composer.inventory import KINDS, TONES
from inference.composer.orders import Order
from inference.composer.slots import without_slots
from inference.composer.surfaces import SURFACES, Surface
from inference.composer.writing import Writer, share_topics
from inference.copywriter.interests import ALL_INTERESTS
from inference.copywriter.pieces import Piece, limits_between, pieces_of
from inference.copywriter.prompting import prompt_for

# An email has seven pieces and a text message one.
_CHANNELS = ("email", "email", "sms", "sms", "sms", "push", "push", "ad", "ad", "banner", "banner")
_CANDIDATES = 4
# Of different lengths, since what they leave of a text's room is what a prompt says of them.
_OFFERS = ("Ten off", "ten off all", "a gift with every order", "fifteen percent off everything")
_BRANDS = ("Oak", "Juniper", "Harbour & Pine")
_CHANCES: Mapping[str, Mapping[str, float]] = {
    "title": {"first_name": 0.35, "brand": 0.06, "offer": 0.1, "code": 0.03},
    "preheader": {"first_name": 0.1, "offer": 0.12, "code": 0.05, "expires": 0.05, "product": 0.05},
    "letter": {
        "first_name": 0.75,
        "offer": 0.45,
        "code": 0.35,
        "expires": 0.2,
        "product": 0.15,
        "url": 0.85,
    },
    "message": {
        "first_name": 0.4,
        "offer": 0.3,
        "code": 0.15,
        "expires": 0.1,
        "product": 0.1,
        "url": 0.5,
    },
    "button": {},
}


@dataclass(frozen=True)
class Example:
    """One piece as asked for, and as `composer` wrote it."""

    prompt: str
    text: str


def write_corpus(count: int, seed: int) -> list[Example]:
    """Different examples in a seeded order, at least `count` of them."""
    rng = Random(f"corpus/{seed}")  # noqa: S311 (copy, not secrets)
    examples: dict[Example, None] = {}
    while len(examples) < count:
        examples.update(dict.fromkeys(_examples_of(Order.from_controls(_controls(rng)), rng)))
    shuffled = list(examples)
    rng.shuffle(shuffled)
    return shuffled


def digest_of(examples: Iterable[Example]) -> str:
    """What a corpus says, in sixteen characters."""
    hashed = hashlib.sha256()
    for example in examples:
        hashed.update(f"{example.prompt}\x1f{example.text}\x1e".encode())
    return hashed.hexdigest()[:16]


def _examples_of(order: Order, rng: Random) -> Iterator[Example]:
    writer = Writer(order, rng)
    for task in order.tasks():
        if task.as_is is not None:
            continue
        for _ in range(1 if task.surface.shape == "button" else _CANDIDATES):
            named = share_topics(order.topics, rng)
            for piece in pieces_of(task):
                yield from _example(piece, writer, named.get(piece.part, ""), rng)


def _example(piece: Piece, writer: Writer, topic: str, rng: Random) -> Iterator[Example]:
    if piece.part:
        written = writer.write_part(piece.task, piece.part, topic)
    else:
        written = writer.write_slots(piece.task)
    room = piece.room([*written.topics.values()])
    length = len(without_slots(written.text))
    # What no phrase has room for teaches nothing.
    if room is None:
        yield Example(prompt_for(piece, written.topics, None), written.text)
    elif length <= room:
        # Any limit it keeps to: so a limit is learnt as a bound, not as the length itself.
        limit = rng.choice(limits_between(length, room))
        yield Example(prompt_for(piece, written.topics, limit), written.text)


def _controls(rng: Random) -> dict[str, Any]:
    channel = rng.choice(_CHANNELS)
    has_offer = rng.random() < 0.5
    return {
        "channel": channel,
        "angle": rng.choice(list(ANGLE_PHRASES)),
        "tone": rng.choice(TONES),
        "kind": rng.choice(KINDS),
        "brand_name": rng.choice(_BRANDS),
        "interests": rng.sample(ALL_INTERESTS, rng.choice((0, 1, 2, 3, 3, 4))),
        "approved_claims": ["Rated well"] if rng.random() < 0.4 else [],
        "template": {surface.field: _template(surface, rng) for surface in SURFACES[channel]},
        "offer": {"text": rng.choice(_OFFERS), "code": "TEN"} if has_offer else None,
    }


def _template(surface: Surface, rng: Random) -> str:
    names = [name for name, chance in _CHANCES[surface.shape].items() if rng.random() < chance]
    if surface.field == "text" and rng.random() < 0.7:
        names.append("brand")
    return " ".join(["Text", *(f"{{{{ {name} }}}}" for name in names)])
