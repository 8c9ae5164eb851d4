"""What may hold a text to a grammar while it is sampled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import torch


class Constraint(Protocol):
    """A grammar per text. `open` starts one; its states are handed back in the order of rows."""

    def open(self, prompt: int) -> Any:
        """The state of a new text of this prompt."""

    def mask(self, states: Sequence[Any], logits: torch.Tensor) -> None:
        """Set to minus infinity, in place, what may not follow; one row of logits per state."""

    def advance(self, state: Any, token: int) -> None:
        """The text went on with `token`."""
