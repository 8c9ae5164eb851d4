"""What somebody says of themselves before they ask: it says nothing of what they ask. Pure."""

from __future__ import annotations

import re

from assistant.documents.sentences import sentences_of

# What `privacy.masking` puts in the place of addresses and numbers.
_MASK = re.compile(r"\[(?:email|phone|card|account)\]")


def without_introduction(said: str) -> str:
    """The sentences that hold nobody's masked numbers, if there are any; else all of it.

    >>> without_introduction("I am [email]. Do you ship to Norway?")
    'Do you ship to Norway?'
    >>> without_introduction("Is [phone] your number?")
    'Is [phone] your number?'
    """
    kept = [sentence for sentence in sentences_of(said) if not _MASK.search(sentence)]
    return " ".join(kept) or said
