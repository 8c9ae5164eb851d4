"""Short phrases of each angle: titles and single sentences, for every channel."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from inference.composer.inventory import ShortPhrases
from inference.composer.lines.benefit_first import BENEFIT_FIRST
from inference.composer.lines.curiosity import CURIOSITY
from inference.composer.lines.exclusivity import EXCLUSIVITY
from inference.composer.lines.gratitude import GRATITUDE
from inference.composer.lines.plain_spoken import PLAIN_SPOKEN
from inference.composer.lines.social_proof import SOCIAL_PROOF
from inference.composer.lines.urgency import URGENCY

SHORT_PHRASES: Mapping[str, ShortPhrases] = MappingProxyType(
    {
        "benefit_first": BENEFIT_FIRST,
        "curiosity": CURIOSITY,
        "exclusivity": EXCLUSIVITY,
        "gratitude": GRATITUDE,
        "plain_spoken": PLAIN_SPOKEN,
        "social_proof": SOCIAL_PROOF,
        "urgency": URGENCY,
    }
)
