"""PDF into sections, a page each. Pure."""

from __future__ import annotations

import io
import re

from assistant.documents.sections import Page, Section, plain
from core.errors import InputRefused

PAGES_MAX = 500
_PARAGRAPHS = re.compile(r"\n\s*\n")
_HYPHENATED = re.compile(r"(\w)-\n(\w)")


def read_pdf(content: bytes) -> Page:
    """Every page's text; the page's number is its heading, so that an answer can cite it.

    Raises:
        InputRefused: It cannot be read, is locked with a password, is too long, or holds pictures
            of text only.
    """
    from pypdf import PdfReader  # noqa: PLC0415 (asked for only where such a file is read)
    from pypdf.errors import PdfReadError, PyPdfError  # noqa: PLC0415

    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise InputRefused("file: the PDF is locked with a password", field="file")
        if len(reader.pages) > PAGES_MAX:
            raise InputRefused(
                f"file: the PDF has {len(reader.pages)} pages; {PAGES_MAX} are read: split it",
                field="file",
            )
        title = plain(str((reader.metadata or {}).get("/Title") or ""))
        texts = [page.extract_text() or "" for page in reader.pages]
    except (PdfReadError, PyPdfError, ValueError, KeyError, RecursionError) as error:
        raise InputRefused("file: the PDF cannot be read: save it anew", field="file") from error
    sections = tuple(
        Section((f"Page {number}",), blocks)
        for number, text in enumerate(texts, start=1)
        if (blocks := _blocks(text))
    )
    if not sections:
        raise InputRefused(
            "file: the PDF holds no text, only pictures: have its text recognised first",
            field="file",
        )
    return Page(title, sections)


def _blocks(text: str) -> tuple[str, ...]:
    whole = _HYPHENATED.sub(r"\1\2", text)
    return tuple(said for block in _PARAGRAPHS.split(whole) if (said := plain(block)))
