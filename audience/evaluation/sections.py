"""Every section of the audience's own figures. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from audience.evaluation.aspects import aspects_section
from audience.evaluation.intents import banking_section, clinc_section
from audience.evaluation.keeping import keeping
from audience.evaluation.purchase import elsewhere_section, purchase_section
from audience.evaluation.sentiment import Encode, sentiment_section
from core.evaluation import Section
from inference.encoders import TextEncoder

__all__ = ["Encode", "audience_sections", "keeping"]


def audience_sections(
    train: Path, test: Path | None, *, encode: Encode, encoder: TextEncoder
) -> Iterator[Section]:
    """Sentiment, aspects, intents and purchase intent.

    Args:
        train: Folder of the sets to learn from.
        test: Of those to judge on; a set that it lacks is judged on `train`.
        encode: The encoder, as far as whole texts are read; it may keep their vectors.
        encoder: The same for clauses, which are read in their texts.

    Raises:
        DataMissing: `train` lacks a data set.
    """
    yield sentiment_section(train, test, encode)
    yield aspects_section(encoder)
    yield banking_section(train, test, encode)
    yield clinc_section(train, test, encode)
    yield purchase_section(train, test)
    yield elsewhere_section(train)
