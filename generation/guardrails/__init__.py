"""Guardrails: what may not reach a reader is found here, on every way copy can take."""

from __future__ import annotations

from generation.guardrails.checking import check
from generation.guardrails.duplicates import is_near_duplicate
from generation.guardrails.findings import Finding
from generation.guardrails.rulebook import RULEBOOK, can_override
from generation.guardrails.sms import SmsSize, sms_size
from generation.guardrails.surroundings import Surroundings

__all__ = [
    "RULEBOOK",
    "Finding",
    "SmsSize",
    "Surroundings",
    "can_override",
    "check",
    "is_near_duplicate",
    "sms_size",
]
