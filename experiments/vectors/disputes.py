"""Vectors whose printed expectation we have reason not to meet, each with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """What is put in the place of a vector's inputs or expected numbers, and why."""

    reason: str
    inputs: Mapping[str, Any] = field(default_factory=dict)
    expected: Mapping[str, Any] = field(default_factory=dict)

    def corrected(self, vector: Mapping[str, Any]) -> Mapping[str, Any]:
        """The vector with the corrections.

        >>> Dispute(reason="", inputs={"power": 0.85}).corrected({"inputs": {}, "expected": {}})
        {'inputs': {'power': 0.85}, 'expected': {}}
        """
        return {
            **vector,
            "inputs": {**vector["inputs"], **self.inputs},
            "expected": {**vector["expected"], **self.expected},
        }


DISPUTES: Mapping[str, Dispute] = {
    "spotify.samplesize.binomial.897348": Dispute(
        reason="897,348 is the size for power 0.85, not 0.8 (R's power.prop.test, G*Power)",
        inputs={"power": 0.85},
    ),
    "beta.1000_10000.1130_10000": Dispute(
        reason="the closed form lost six digits of the loss to cancellation; thirty digits of "
        "quadrature say 1.78954016376364e-06",
        expected={"expected_loss_choosing_treatment": 1.78954016376364e-06},
    ),
}
