"""HTML into sections: what a reader would see of the page's own matter. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.documents.sections import Outline, Page, plain
from core.errors import InputRefused

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# Not what the page is about, or nothing a reader sees.
_UNREAD = """
    script style noscript template iframe object svg canvas nav footer aside form button select
    input textarea dialog head
"""
_LEFT_OUT = frozenset(_UNREAD.split())
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_CONTAINERS = {"div", "section", "article", "br", "dt", "ul", "ol", "table"}
_BLOCKS = {"p", "li", "dd", "blockquote", "pre", "tr", "figcaption", "caption", "address", "td"}
_HIDDEN_STYLES = ("display:none", "visibility:hidden", "font-size:0", "opacity:0")


def read_html(content: bytes) -> Page:
    """The headings of the page's main part and the text under each.

    Navigation, forms, scripts and whatever is hidden are left out: hidden text is where somebody
    would write to a language model.

    >>> page = read_html(b"<title>Help</title><nav>Home</nav><h1>Pay</h1><p>By card<p hidden>x")
    >>> page.title, [(section.path, section.blocks) for section in page.sections]
    ('Help', [(('Pay',), ('By card',))])

    Raises:
        InputRefused: There is no HTML in it.
    """
    from lxml import etree, html  # noqa: PLC0415 (asked for only where such a file is read)

    try:
        tree = html.document_fromstring(content, parser=html.HTMLParser(huge_tree=False))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise InputRefused("file: it holds no HTML that can be read", field="file") from error
    title = plain(str(tree.findtext(".//title") or ""))
    main = tree.find(".//main")
    outline = Outline()
    _walk(main if main is not None else tree, outline)
    sections = outline.sections()
    return Page(title or (sections[0].path[0] if sections and sections[0].path else ""), sections)


def _walk(root: HtmlElement, outline: Outline) -> None:
    """Depth first, without recursion: a page may be nested deeper than Python's stack."""
    waiting: list[HtmlElement | str | None] = [None, root]
    loose: list[str] = []

    def flush() -> None:
        outline.block("".join(loose))
        loose.clear()

    while waiting:
        node = waiting.pop()
        if node is None:
            flush()
        elif isinstance(node, str):
            loose.append(node)
        elif not isinstance(node.tag, str) or _is_left_out(node):
            continue
        elif node.tag in _HEADINGS:
            flush()
            outline.heading(_HEADINGS[node.tag], _text(node))
        elif node.tag == "tr" or (node.tag in _BLOCKS and not _holds_blocks(node)):
            flush()
            outline.block(_text(node, between=" | " if node.tag == "tr" else ""))
        else:
            # None stands for “what was loose is a block of its own”.
            edges = [None] if node.tag in _BLOCKS or node.tag in _CONTAINERS else []
            waiting.extend(reversed([*edges, *_parts(node), *edges]))


def _parts(node: HtmlElement) -> list[HtmlElement | str]:
    parts: list[HtmlElement | str] = [node.text or ""]
    for child in node:
        parts += [child, child.tail or ""]
    return parts


def _holds_blocks(node: HtmlElement) -> bool:
    return any(child.tag in _BLOCKS or child.tag in _HEADINGS for child in node.iterdescendants())


def _text(node: HtmlElement, *, between: str = "") -> str:
    if between:
        return between.join(said for cell in node if (said := plain(_text(cell))))
    pieces: list[str] = []
    waiting: list[HtmlElement | str] = list(reversed(_parts(node)))
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            pieces.append(part)
        elif isinstance(part.tag, str) and not _is_left_out(part):
            waiting.extend(reversed([" " if part.tag == "br" else "", *_parts(part)]))
    return "".join(pieces)


def _is_left_out(node: HtmlElement) -> bool:
    style = node.get("style", "").replace(" ", "").lower()
    return (
        node.tag in _LEFT_OUT
        or node.get("hidden") is not None
        or node.get("aria-hidden") == "true"
        or any(hidden in style for hidden in _HIDDEN_STYLES)
    )
