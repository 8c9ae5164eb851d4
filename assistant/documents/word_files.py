"""Word files (DOCX) into sections. Pure."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from assistant.documents.sections import Outline, Page, plain
from core.errors import InputRefused

if TYPE_CHECKING:
    from docx.table import Table
    from docx.text.paragraph import Paragraph

# A small file can unpack into a huge one: then it is no document.
UNPACKED_BYTES_MAX = 100 * 1024 * 1024


def read_docx(content: bytes) -> Page:
    """Headings by their style, paragraphs, list items and table rows in reading order.

    Raises:
        InputRefused: It cannot be read, or unpacks to more than 100 MB.
    """
    from docx import Document  # noqa: PLC0415 (asked for only where such a file is read)
    from docx.opc.exceptions import PackageNotFoundError  # noqa: PLC0415
    from docx.table import Table  # noqa: PLC0415

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > UNPACKED_BYTES_MAX:
                raise InputRefused("file: it unpacks to more than 100 MB", field="file")
        document = Document(io.BytesIO(content))
    except (zipfile.BadZipFile, PackageNotFoundError, KeyError, ValueError) as error:
        raise InputRefused(
            "file: it is no Word file (.docx) that can be read", field="file"
        ) from error
    outline = Outline()
    for block in document.iter_inner_content():
        _table(block, outline) if isinstance(block, Table) else _paragraph(block, outline)
    sections = outline.sections()
    title = plain(document.core_properties.title or "")
    return Page(title or (sections[0].path[0] if sections and sections[0].path else ""), sections)


def _paragraph(paragraph: Paragraph, outline: Outline) -> None:
    style = (paragraph.style.name or "") if paragraph.style is not None else ""
    if style == "Title":
        outline.heading(1, paragraph.text)
    elif style.startswith("Heading ") and style[8:].isdigit():
        outline.heading(1 + int(style[8:]), paragraph.text)
    else:
        outline.block(paragraph.text)


def _table(table: Table, outline: Outline) -> None:
    for row in table.rows:
        outline.block(" | ".join(said for cell in row.cells if (said := plain(cell.text))))
