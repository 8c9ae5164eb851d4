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

__all__ = ["Encode", "audience_sections", "keeping"]


def audience_sections(train: Path, test: Path | None, *, encode: Encode) -> Iterator[Section]:
    """Sentiment, aspects, intents and purchase intent.

    A set that `test` lacks is judged on `train`.

    Raises:
        DataMissing: `train` lacks a data set.
    """
    yield sentiment_section(train, test, encode)
    yield aspects_section(encode)
    yield banking_section(train, test, encode)
    yield clinc_section(train, test, encode)
    yield purchase_section(train, test)
    yield elsewhere_section(train)
