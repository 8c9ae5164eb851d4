"""`composer`: copy put together from a hand-written phrase inventory. No model, no guesswork."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from random import Random

from core.errors import DomainError
from inference.composer import short, tones
from inference.composer.angles import ANGLE_PHRASES
from inference.composer.kinds import CALLS_TO_ACTION, NEWS
from inference.composer.lines import SHORT_PHRASES
from inference.composer.orders import Order
from inference.composer.writing import Writer
from inference.generators import GeneratedText, GenerationRequest, never_stop

ATTEMPTS_PER_TEXT = 8


class ComposerGenerator:
    """Writes from the inventory; the same request gives the same texts in any company."""

    name = "composer"

    def __init__(self) -> None:
        self.revision = _revision()

    def generate(
        self,
        requests: Sequence[GenerationRequest],
        *,
        should_stop: Callable[[], bool] = never_stop,
    ) -> Iterator[GeneratedText]:
        """Yield up to `count` different texts per request, request by request.

        Raises:
            DomainError: A request asks for an angle the inventory does not know.
        """
        for request in requests:
            for position, fields in enumerate(_texts(request)):
                if should_stop():
                    return
                yield GeneratedText(request.key, position, fields, request.seed)


def order_of(request: GenerationRequest) -> Order:
    """What a request asks for.

    Raises:
        DomainError: It asks for an angle the inventory does not know.
    """
    order = Order.from_controls(request.controls)
    if order.angle not in ANGLE_PHRASES:
        known = ", ".join(sorted(ANGLE_PHRASES))
        raise DomainError(f"composer has no phrases for the angle {order.angle!r}, only: {known}")
    return order


def _texts(request: GenerationRequest) -> Iterator[dict[str, str]]:
    order = order_of(request)
    writer = Writer(order, Random(f"{request.seed}/{request.key}"))  # noqa: S311 (copy, not secrets)
    seen: set[str] = set()
    for _ in range(request.count * ATTEMPTS_PER_TEXT):
        if len(seen) == request.count:
            return
        fields = writer.write()
        key = "\x1f".join(fields.values() if "body" not in fields else [fields["body"]])
        if key not in seen:
            seen.add(key)
            yield fields


def _revision() -> str:
    inventory = [
        sorted(ANGLE_PHRASES.items()),
        sorted(SHORT_PHRASES.items()),
        NEWS,
        CALLS_TO_ACTION,
    ]
    for module in (tones, short):
        inventory += [getattr(module, name) for name in sorted(dir(module)) if name.isupper()]
    return hashlib.sha256(repr(inventory).encode()).hexdigest()[:12]
