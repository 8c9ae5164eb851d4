"""The angles the inventory knows, by key."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from inference.composer.angles.benefit_first import BENEFIT_FIRST
from inference.composer.angles.curiosity import CURIOSITY
from inference.composer.angles.exclusivity import EXCLUSIVITY
from inference.composer.angles.gratitude import GRATITUDE
from inference.composer.angles.plain_spoken import PLAIN_SPOKEN
from inference.composer.angles.social_proof import SOCIAL_PROOF
from inference.composer.angles.urgency import URGENCY
from inference.composer.inventory import AnglePhrases

ANGLE_PHRASES: Mapping[str, AnglePhrases] = MappingProxyType(
    {
        "urgency": URGENCY,
        "social_proof": SOCIAL_PROOF,
        "benefit_first": BENEFIT_FIRST,
        "curiosity": CURIOSITY,
        "gratitude": GRATITUDE,
        "exclusivity": EXCLUSIVITY,
        "plain_spoken": PLAIN_SPOKEN,
    }
)
