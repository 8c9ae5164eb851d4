"""What programs add to what people write, and what was never written for the shop. Pure."""

from __future__ import annotations

import re

_ENDS = re.compile(
    r"""
    ^[ \t]*(?:
        -{2,}[ ]?original\ message.*
      | -{5,}\ ?forwarded\ message.*
      | on\ [^\n]{4,120}\ wrote:[ \t]*$
      | am\ [^\n]{4,120}\ schrieb[^\n]{0,80}:
      | le\ [^\n]{4,120}\ a\ écrit\ ?:
      | from:\ [^\n]{3,120}\n[ \t]*(?:sent|date|to|subject):
      | sent\ from\ (?:my|the)\ [^\n]{2,40}
      | get\ outlook\ for\ [^\n]{2,20}
      | --[ ]?$
    )""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
_LINES = re.compile(
    r"""
    ^[ \t]*(?:
        >.*
      | (?:verified|confirmed)\ (?:purchase|buyer|reviewer)[.]?
      | (?:was\ this\ (?:review\ )?)?helpful\?.*
      | \d+\ (?:people|of\ \d+\ people)\ found\ this\ (?:review\ )?helpful[.]?
      | (?:read|show|see)\ (?:more|less)
      | report\ (?:abuse|review)
      | this\ (?:e-?mail|message)\ (?:and\ any\ attachments\ )?(?:is|are|may\ be)\ confidential.*
      | (?:click\ here\ to\ )?unsubscribe.*
    )[ \t]*$""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
_NOTES = re.compile(
    r"[\[(]?(?:this review was (?:collected|posted|originally posted|written)"
    r"|i received this (?:product|item) (?:for )?free)[^\].)\n]{0,200}\.?[\])]?",
    re.IGNORECASE,
)
_SALES = re.compile(
    r"""\b(?:
        viagra|cialis|casino|payday\ loans?|forex|bitcoin|crypto\ (?:signals?|invest\w*)
      | seo\ services?|backlinks?|guest\ posts?|buy\ (?:followers|likes|reviews)
      | work\ from\ home|earn\ (?:money|\$|€|£)|make\ money\ (?:fast|online)|get\ rich
      | click\ (?:here|this\ link|the\ link)|visit\ my\ (?:site|website|page|profile|channel)
      | whats?app\ me|text\ me\ (?:at|on)|dm\ me|free\ gift\ cards?
      | 100\ ?%\ free|adult\ (?:site|chat)
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
_PLACEHOLDER = re.compile(r"\[(?:link|email|phone)\]")
_WORD = re.compile(r"[^\W\d_]+")
WORDS_PER_LINK = 6
LINKS = 2


def without_boilerplate(text: str) -> str:
    """A text without quoted mails, signatures and the notes of review tools.

    Args:
        text: Plain text with its line breaks.

    >>> without_boilerplate("Runs small.\\n\\nSent from my iPhone")
    'Runs small.'
    >>> without_boilerplate("Verified purchase\\nLovely! [This review was collected by Acme.]")
    'Lovely!'
    """
    text = _LINES.sub("", text)
    found = _ENDS.search(text)
    if found:
        text = text[: found.start()]
    return _NOTES.sub("", text).strip()


def is_spam(text: str) -> bool:
    """Whether a cleaned text sells something else: links or numbers beside little or sales talk.

    >>> is_spam("Buy followers cheap, click here [link]"), is_spam("Fits like on [link], love it")
    (True, False)
    """
    contacts = len(_PLACEHOLDER.findall(text))
    pitches = len(_SALES.findall(text))
    words = len(_WORD.findall(_PLACEHOLDER.sub(" ", text)))
    is_list_of_links = contacts >= LINKS and words < WORDS_PER_LINK * contacts
    return is_list_of_links or pitches >= 2 or (pitches > 0 and contacts > 0)
