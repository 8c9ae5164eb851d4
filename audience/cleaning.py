"""Making what people wrote fit to be read; what is not worth it gets a reason. Pure."""

from __future__ import annotations

import html
import re
import unicodedata

from audience.boilerplate import is_spam, without_boilerplate
from privacy.masking import masked

# Far beyond what an encoder reads, and it bounds the work a hostile text can cause.
MAX_LENGTH = 20_000
MIN_LETTERS = 3

_HIDDEN = re.compile(r"<(script|style)\b[^>]*>.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_BREAK = re.compile(r"<br\s*/?>|</(?:p|div|li|tr|h[1-6]|blockquote)\s*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--.*?(?:-->|\Z)", re.DOTALL)
_LINK = re.compile(r"(?:https?://|www\.)[^\s<>]+", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_PLACEHOLDER = re.compile(r"\[(?:link|email|account|card|phone)\]")
_WORD = re.compile(r"[^\W\d_]+")


def clean_text(title: str, body: str) -> str:
    """Title and body as one line of plain words, with links and personal numbers replaced.

    >>> clean_text("Great&nbsp;fit", "<p>Call me: (555) 867-5309 or ann@shop.example</p>")
    'Great fit. Call me: [phone] or [email]'
    """
    parts = [_plain(part[:MAX_LENGTH]) for part in (title, body)]
    joined = ". ".join(part.rstrip(".") if part is parts[0] else part for part in parts if part)
    return masked(_LINK.sub("[link]", joined))


def drop_reason(text: str) -> str:
    """Why a cleaned text is not worth reading; empty when it is.

    >>> drop_reason("Lovely soft knit"), drop_reason("[link]"), drop_reason("aaaaaaaaaaaaaaa")
    ('', 'only_links', 'repeated_characters')
    """
    if not text:
        return "empty"
    said = _PLACEHOLDER.sub(" ", text)
    words = _WORD.findall(said.lower())
    letters = "".join(words)
    if not letters and "[link]" in text:
        return "only_links"
    if len(letters) < MIN_LETTERS:
        return "too_short"
    return _repetition(words, letters) or ("spam" if is_spam(text) else "")


def _plain(text: str) -> str:
    # Markup may itself be written in entities, so they are resolved first.
    text = _BREAK.sub("\n", _HIDDEN.sub(" ", html.unescape(text)))
    text = without_boilerplate(_TAG.sub(" ", text))
    if not text.isprintable():
        text = "".join(character for character in text if _is_visible(character))
    return _SPACE.sub(" ", text).strip()


def _is_visible(character: str) -> bool:
    return character.isspace() or unicodedata.category(character)[0] != "C"


def _repetition(words: list[str], letters: str) -> str:
    if len(letters) >= 10 and len(set(letters)) <= 2:
        return "repeated_characters"
    if len(words) >= 6 and len(set(words)) == 1:
        return "repeated_words"
    return ""
