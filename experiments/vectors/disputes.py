"""Vectors whose printed expectation we have reason not to meet, each with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """What is put in the place of a vector's inputs or expected numbers, and why.

    Attributes:
        reason: With the evidence.
        inputs: Other inputs.
        expected: Other numbers.
        error: Name of the error that we raise on purpose in the place of a number.
    """

    reason: str
    error: str = ""
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
            "expected": {**vector["expected"], **self.expected}
            if self.expected
            else vector["expected"],
        }


DISPUTES: Mapping[str, Dispute] = {
    "gb.srm.0_0": Dispute(
        reason="no unit has been assigned, so no p-value exists: it is a named error, never a "
        "number (the peer returns 1 for a test that was not made)",
        error="TooFewUnits",
    ),
    "spotify.samplesize.binomial.897348": Dispute(
        reason="the note says power 0.8, for which the formula of R's power.prop.test gives "
        "784,460; it gives 897,350 for 0.85, which also meets that file's 39,906 and 630,710",
        inputs={"power": 0.85},
    ),
    "beta.1000_10000.1130_10000": Dispute(
        reason="the closed form lost six digits of the loss to cancellation; thirty digits of "
        "quadrature say 1.78954016376364e-06",
        expected={"expected_loss_choosing_treatment": 1.78954016376364e-06},
    ),
}
