"""How a piece is asked for: control tokens first, then the slots its text must have."""

from __future__ import annotations

from collections.abc import Iterable

from inference.composer.angles import ANGLE_PHRASES
from inference.composer.inventory import KINDS, TONES
from inference.composer.slots import SLOTS
from inference.composer.surfaces import LETTER_PARTS, SURFACES
from inference.copywriter.pieces import LIMITS, Piece

END, PAD, WRITE = "<end>", "<pad>", "<write>"
OFFERED, UNOFFERED = "<offer>", "<no-offer>"
PIECES = tuple(
    f"{channel}.{surface.field}{part}"
    for channel, fields in SURFACES.items()
    for surface in fields
    for part in ([f".{name}" for name in LETTER_PARTS] if surface.shape == "letter" else [""])
)
CONTROLS = (
    *(f"<{name}>" for name in (*PIECES, *TONES, *ANGLE_PHRASES, *KINDS)),
    *(f"<up-to-{limit}>" for limit in LIMITS),
    OFFERED,
    UNOFFERED,
    WRITE,
)
SLOT_TOKENS = tuple(f"{{{slot}}}" for slot in SLOTS)


def prompt_for(piece: Piece, topic_slots: Iterable[str], limit: int | None) -> str:
    """The prompt of one piece, a row of control tokens and slots.

    Args:
        piece: What is to be written.
        topic_slots: The slots of the topics it names.
        limit: Most characters of its own words, one of `LIMITS`; None where there is room enough.
    """
    order = piece.task.order
    wanted = {*piece.roles, *topic_slots}
    controls = [piece.name, order.tone, order.angle, order.kind]
    room = "" if limit is None else f"<up-to-{limit}>"
    offered = OFFERED if order.offer else UNOFFERED
    slots = (f"{{{slot}}}" for slot in SLOTS if slot in wanted)
    return "".join([*(f"<{name}>" for name in controls), offered, room, *slots, WRITE])
