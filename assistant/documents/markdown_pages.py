"""Markdown into sections. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from assistant.documents.sections import Outline, Page

if TYPE_CHECKING:
    from markdown_it.token import Token

_BLOCKS_END = {"paragraph_close", "heading_close", "tr_close"}
_CELLS = " | "


def read_markdown(text: str) -> Page:
    """The headings and what stands under them; the first heading of level 1 is the title.

    >>> page = read_markdown("# Post\\n\\nTwo days.\\n\\n## Abroad\\n\\n- Norway: four\\n")
    >>> page.title, [(section.path, section.blocks) for section in page.sections]
    ('Post', [(('Post',), ('Two days.',)), (('Post', 'Abroad'), ('Norway: four',))])
    """
    from markdown_it import MarkdownIt  # noqa: PLC0415 (asked for only where such a file is read)

    outline, title = Outline(), ""
    for level, said in _blocks(MarkdownIt("commonmark").enable("table").parse(text)):
        if level:
            title = title or (said if level == 1 else "")
            outline.heading(level, said)
        else:
            outline.block(said)
    return Page(title, outline.sections())


def _blocks(tokens: list[Token]) -> Iterator[tuple[int, str]]:
    """Every block with its level as a heading, 0 for one that is none."""
    inside: list[str] = []
    for token in tokens:
        if token.type == "inline":
            inside.append(_visible(token))
        elif token.type in {"fence", "code_block"}:
            yield 0, token.content
        elif token.type in _BLOCKS_END:
            level = int(token.tag[1]) if token.type == "heading_close" else 0
            yield level, _CELLS.join(part for part in inside if part.strip())
            inside = []


def _visible(token: Token) -> str:
    """The words of a line of Markdown: no marks, no addresses of links, no raw HTML."""
    parts = []
    for child in token.children or []:
        if child.type in {"text", "code_inline"}:
            parts.append(child.content)
        elif child.type in {"softbreak", "hardbreak"}:
            parts.append(" ")
        elif child.type == "image":
            parts.append(child.content)
    return "".join(parts)
