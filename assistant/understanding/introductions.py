"""What somebody says of themselves before they ask: it says nothing of what they ask. Pure."""

from __future__ import annotations

import re

from assistant.documents.sentences import sentences_of

# What `privacy` puts in the place of addresses, numbers and names.
_MASK = re.compile(r"\[(?:email|phone|card|account)\]")
_NAME = re.compile(r"\[name\]")
# A longer sentence that names somebody says something besides.
WORDS_OF_A_GREETING = 6


def without_introduction(said: str) -> str:
    """The sentences that hold nobody's masked numbers and do not only say a name; else all of it.

    >>> without_introduction("I am [email]. Do you ship to Norway?")
    'Do you ship to Norway?'
    >>> without_introduction("Is [phone] your number?")
    'Is [phone] your number?'
    >>> without_introduction("Hi, this is [name]. My zip broke. Best regards, [name]")
    'My zip broke.'
    """
    kept = [sentence for sentence in sentences_of(said) if not _introduces(sentence)]
    return " ".join(kept) or said


def _introduces(sentence: str) -> bool:
    is_short = len(sentence.split()) <= WORDS_OF_A_GREETING
    return bool(_MASK.search(sentence) or (is_short and _NAME.search(sentence)))
