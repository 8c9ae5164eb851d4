"""Which reader a file needs, and reading it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import PurePath

from assistant.documents.markdown_pages import read_markdown
from assistant.documents.pdf_pages import read_pdf
from assistant.documents.question_lists import read_questions
from assistant.documents.sections import Page
from assistant.documents.web_pages import read_html
from assistant.documents.word_files import read_docx
from core.errors import InputRefused

BYTES_MAX = 20 * 1024 * 1024


class Kind(StrEnum):
    """The kinds of files that can be read."""

    MARKDOWN = "markdown"
    HTML = "html"
    PDF = "pdf"
    DOCX = "docx"
    QUESTIONS = "questions"


_ENDINGS: Mapping[str, Kind] = {
    ".md": Kind.MARKDOWN,
    ".markdown": Kind.MARKDOWN,
    ".txt": Kind.MARKDOWN,
    ".html": Kind.HTML,
    ".htm": Kind.HTML,
    ".pdf": Kind.PDF,
    ".docx": Kind.DOCX,
    ".csv": Kind.QUESTIONS,
    ".tsv": Kind.QUESTIONS,
}


def kind_of(name: str) -> Kind:
    """The kind of a file by the ending of its name.

    >>> kind_of("Returns policy.PDF").value
    'pdf'

    Raises:
        InputRefused: The ending is none of those that can be read.
    """
    ending = PurePath(name).suffix.lower()
    if ending not in _ENDINGS:
        raise InputRefused(
            f"file: “{name[-80:]}” cannot be read; its name must end with "
            f"{', '.join(sorted(_ENDINGS))}",
            field="file",
        )
    return _ENDINGS[ending]


def read_document(content: bytes, kind: Kind) -> Page:
    """A file as sections under their headings.

    Raises:
        InputRefused: It is too large, is not what its kind says, or says nothing.
    """
    if len(content) > BYTES_MAX:
        raise InputRefused(
            f"file: {len(content) / 1024**2:.0f} MB; at most {BYTES_MAX // 1024**2} are read",
            field="file",
        )
    page = _READERS[kind](content)
    if not page.sections:
        raise InputRefused("file: there is no text in it", field="file")
    return page


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputRefused(
            f"file: byte {error.start} is not UTF-8: save it with that encoding", field="file"
        ) from error


_READERS: Mapping[Kind, Callable[[bytes], Page]] = {
    Kind.MARKDOWN: lambda content: read_markdown(_decoded(content)),
    Kind.HTML: read_html,
    Kind.PDF: read_pdf,
    Kind.DOCX: read_docx,
    Kind.QUESTIONS: lambda content: read_questions(_decoded(content)),
}
