"""How a field is asked for: control tokens first, then the slots its text must have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from inference.composer.angles import ANGLE_PHRASES
from inference.composer.inventory import KINDS, TONES
from inference.composer.orders import Task
from inference.composer.slots import SLOTS
from inference.composer.surfaces import SURFACES

END, PAD, WRITE = "<end>", "<pad>", "<write>"
OFFERED, UNOFFERED = "<offer>", "<no-offer>"
FIELDS = tuple(
    f"<{channel}.{surface.field}>" for channel, fields in SURFACES.items() for surface in fields
)
CONTROLS = (
    *FIELDS,
    *(f"<{name}>" for name in (*TONES, *ANGLE_PHRASES, *KINDS)),
    OFFERED,
    UNOFFERED,
    WRITE,
)
SLOT_TOKENS = tuple(f"{{{slot}}}" for slot in SLOTS)


def prompt_for(task: Task, topic_slots: Iterable[str]) -> str:
    """The prompt of one field, a row of control tokens and slots."""
    order = task.order
    wanted = {*task.roles, *topic_slots}
    offered = OFFERED if order.offer else UNOFFERED
    controls = [f"<{order.channel}.{task.surface.field}>", *_styles(task), offered]
    return "".join([*controls, *(f"{{{slot}}}" for slot in SLOTS if slot in wanted), WRITE])


def _styles(task: Task) -> Sequence[str]:
    order = task.order
    return [f"<{name}>" for name in (order.tone, order.angle, order.kind)]
