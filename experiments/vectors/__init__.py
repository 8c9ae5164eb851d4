"""Files of expected numbers, run against our own: pure, and apart from what they check."""

from __future__ import annotations

from experiments.vectors.bucketing import check_bucketing
from experiments.vectors.numbers import check_vectors
from experiments.vectors.report import Miss, Report

__all__ = ["Miss", "Report", "check_bucketing", "check_vectors"]
