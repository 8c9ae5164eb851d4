"""Making what people wrote fit to be read; what is not worth it gets a reason. Pure."""

from __future__ import annotations

import html
import re
import unicodedata

from audience.boilerplate import is_spam, without_boilerplate

# Far beyond what an encoder reads, and it bounds the work a hostile text can cause.
MAX_LENGTH = 20_000
MIN_LETTERS = 3

_HIDDEN = re.compile(r"<(script|style)\b[^>]*>.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_BREAK = re.compile(r"<br\s*/?>|</(?:p|div|li|tr|h[1-6]|blockquote)\s*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--.*?(?:-->|\Z)", re.DOTALL)
_LINK = re.compile(r"(?:https?://|www\.)[^\s<>]+", re.IGNORECASE)
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_CARD = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")
_PHONE = re.compile(
    r"(?<![\w.])(?:\+\d{1,3}[ .-]?)?(?:\(\d{1,5}\)|\d{1,5})(?:[ .-]?\d{2,5}){1,5}(?![\w])"
)
_SPACE = re.compile(r"\s+")
_PLACEHOLDER = re.compile(r"\[(?:link|email|card|phone)\]")
_WORD = re.compile(r"[^\W\d_]+")


def clean_text(title: str, body: str) -> str:
    """Title and body as one line of plain words, with links and personal numbers replaced.

    >>> clean_text("Great&nbsp;fit", "<p>Call me: (555) 867-5309 or ann@shop.example</p>")
    'Great fit. Call me: [phone] or [email]'
    """
    parts = [_plain(part[:MAX_LENGTH]) for part in (title, body)]
    joined = ". ".join(part.rstrip(".") if part is parts[0] else part for part in parts if part)
    return _without_personal_numbers(joined)


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


def has_card_checksum(digits: str) -> bool:
    """Luhn's check, which nearly every payment card number passes and one other number in ten.

    >>> has_card_checksum("4111111111111111"), has_card_checksum("4111111111111112")
    (True, False)
    """
    total = 0
    for position, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 + position % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def _plain(text: str) -> str:
    # Markup may itself be written in entities, so they are resolved first.
    text = _BREAK.sub("\n", _HIDDEN.sub(" ", html.unescape(text)))
    text = without_boilerplate(_TAG.sub(" ", text))
    kept = (character for character in text if _is_visible(character))
    return _SPACE.sub(" ", "".join(kept)).strip()


def _is_visible(character: str) -> bool:
    return character.isspace() or unicodedata.category(character)[0] != "C"


def _without_personal_numbers(text: str) -> str:
    text = _EMAIL.sub("[email]", _LINK.sub("[link]", text))
    return _PHONE.sub(_phone_or_itself, _CARD.sub(_card_or_itself, text))


def _card_or_itself(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match[0])
    return "[card]" if has_card_checksum(digits) else match[0]


def _phone_or_itself(match: re.Match[str]) -> str:
    """Measurements are numbers in a row too: only lengths that countries use count as a phone."""
    digits = re.sub(r"\D", "", match[0])
    lengths = range(7, 16) if match[0].startswith("+") else (10, 11)
    is_phone = len(digits) in lengths
    return "[phone]" if is_phone else match[0]


def _repetition(words: list[str], letters: str) -> str:
    if len(letters) >= 10 and len(set(letters)) <= 2:
        return "repeated_characters"
    if len(words) >= 6 and len(set(words)) == 1:
        return "repeated_words"
    return ""
