"""A product's words as a document: no price and no stock, which are looked up when asked. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from assistant.documents.sections import plain
from assistant.documents.sentences import sentences_of
from assistant.understanding.orders import states_money

# An attribute of such a name is no fact that stays one.
_PASSING = re.compile(r"price|cost|stock|quantit|availab|inventory|sale|margin", re.IGNORECASE)
VALUE_LONGEST = 300
DESCRIPTION_READ = 8_000


def described(
    title: str,
    *,
    description: str = "",
    brand: str = "",
    category: str = "",
    attributes: Mapping[str, object] | None = None,
) -> str:
    r"""The document of a product, in Markdown.

    >>> described("Alma dress", description="Cut wide. Now only 49 EUR!", brand="Nord",
    ...           attributes={"sizes": ["S", "M"], "sale_price": "49"})
    '# Alma dress\n\nCut wide.\n\n## Details\n\n- Brand: Nord\n- Sizes: S, M\n'
    """
    own = {"brand": brand, "category": category, **(attributes or {})}
    said = [
        sentence
        for sentence in sentences_of(plain(description[:DESCRIPTION_READ]))
        if not states_money(sentence)
    ]
    details = list(_details(own))
    # A name alone is something to be found, too.
    body = " ".join(said) or ("" if details else f"{title}.")
    parts = [f"# {title}", body, *(["## Details", "\n".join(details)] if details else [])]
    return "\n\n".join(part for part in parts if part) + "\n"


def _details(values: Mapping[str, object]) -> Iterator[str]:
    for name, value in values.items():
        if _PASSING.search(name):
            continue
        many = value if isinstance(value, list) else [value]
        written = ", ".join(plain(str(one)) for one in many if one not in ("", None))
        if written and len(written) <= VALUE_LONGEST:
            yield f"- {name.replace('_', ' ').capitalize()}: {written}"
