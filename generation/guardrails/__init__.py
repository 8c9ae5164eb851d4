"""Guardrails: what may not reach a reader is found here, on every way copy can take."""

from __future__ import annotations

from generation.guardrails.checking import check
from generation.guardrails.duplicates import is_near_duplicate
from generation.guardrails.findings import Finding

__all__ = ["Finding", "check", "is_near_duplicate"]
