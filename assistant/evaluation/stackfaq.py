"""StackFAQ: written questions with answers, and what people asked in other words. Pure."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path

from assistant.documents.sections import plain
from core.errors import InputRefused

FILE = "stackfaq/stackExchange-FAQ.xml.gz"


@dataclass(frozen=True, slots=True)
class Entry:
    """A written question, its answers, and its paraphrases."""

    question: str
    answers: tuple[str, ...]
    paraphrases: tuple[str, ...]


def read_stackfaq(folder: Path) -> list[Entry]:
    """The entries of a folder shaped like the public data set.

    Raises:
        InputRefused: The file is missing or is not what its name says.
    """
    from lxml import etree  # noqa: PLC0415 (asked for only where such a file is read)

    path = folder / FILE
    if not path.is_file():
        raise InputRefused(f"{folder} has no {FILE}", field="folder")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    tree = etree.fromstring(gzip.decompress(path.read_bytes()), parser=parser)
    entries = [
        Entry(_texts(pair, "question")[0], _texts(pair, "answer"), _texts(pair, "rephr"))
        for pair in tree.iter("qapair")
        if _texts(pair, "question")
    ]
    if not entries:
        raise InputRefused(f"{path}: no question and answer in it", field="folder")
    return entries


def _texts(pair, tag: str) -> tuple[str, ...]:  # type: ignore[no-untyped-def] # lxml has no types
    said = (plain(node.text or "") for node in pair.findall(tag))
    # An asterisk stands where a paraphrase was not given.
    return tuple(text for text in said if text and text != "*")
