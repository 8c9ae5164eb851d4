"""From samples to the stored results: pure values in, a JSON document and a verdict out."""

from __future__ import annotations

from experiments.results.document import results_for
from experiments.results.looking import LookRule
from experiments.results.setup import Setup

__all__ = ["LookRule", "Setup", "results_for"]
