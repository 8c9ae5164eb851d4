"""The house copywriter: a small language model of our own that learnt from `composer`."""

from __future__ import annotations

from pathlib import Path

WEIGHTS = Path(__file__).resolve().parent / "weights"
