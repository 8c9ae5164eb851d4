"""Angles: copy strategies. An arm of an experiment is an angle, worded anew for each segment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

CONTROL = "control"


@dataclass(frozen=True)
class Angle:
    """A copy strategy, with what a writer is told about it."""

    key: str
    name: str
    instruction: str


_ANGLES = (
    Angle(
        "urgency",
        "Urgency",
        "Give a reason to act now rather than later. Name a deadline only if the offer has one; "
        "never invent scarcity or a countdown.",
    ),
    Angle(
        "social_proof",
        "Social proof",
        "Show the reader that people with the same taste are in good company. Quote figures or "
        "praise only from the approved claims.",
    ),
    Angle(
        "benefit_first",
        "Benefit first",
        "Open with what the reader gains, in the first words, before anything about the brand.",
    ),
    Angle(
        "curiosity",
        "Curiosity",
        "Open a small question that the click answers. Promise only what the page can keep.",
    ),
    Angle(
        "gratitude",
        "Gratitude",
        "Thank the reader sincerely for being there, and let the message follow from the thanks.",
    ),
    Angle(
        "exclusivity",
        "Exclusivity",
        "Make it clear that this was written for a small circle the reader belongs to. Do not "
        "claim a private price or early access unless the offer says so.",
    ),
    Angle(
        "plain_spoken",
        "Plain-spoken",
        "Say what it is and what to do, in short sentences, without adjectives or pressure.",
    ),
)

ANGLES: Mapping[str, Angle] = MappingProxyType({angle.key: angle for angle in _ANGLES})
