"""Where a text says a phrase. Pure."""

from __future__ import annotations

from audience.phrases import PIECE, content_word

Spans = list[tuple[int, int]]


def phrase_spans(body: str, phrase: str) -> Spans:
    """From where to where a text says a phrase of one or two words, in whatever number.

    >>> body = "Soft sweaters! This soft sweater is mine."
    >>> [body[start:end] for start, end in phrase_spans(body, "soft sweater")]
    ['Soft sweaters', 'soft sweater']
    """
    wanted = phrase.split()
    pieces = [(found.start(), found.end(), _word(found.group())) for found in PIECE.finditer(body)]
    spans = []
    for at in range(len(pieces) - len(wanted) + 1):
        window = pieces[at : at + len(wanted)]
        if [word for _, _, word in window] == wanted:
            spans.append((window[0][0], window[-1][1]))
    return spans


def _word(piece: str) -> str:
    lowered = piece.lower()
    return content_word(lowered) or lowered


def excerpt(body: str, spans: Spans, *, around: int = 140) -> tuple[str, Spans]:
    """The part of a text around its first span, and the spans within that part.

    >>> excerpt("a b c wool d e f", [(6, 10)], around=4)
    ('… c wool d …', [(4, 8)])
    """
    first, last = spans[0] if spans else (0, 0)
    start = first - around
    if start > 0:
        start = body.find(" ", start, first) + 1 or first
    start, end = max(0, start), last + around
    if end < len(body):
        end = max(last, body.rfind(" ", last, end))
    before, after = ("… " if start else "", " …" if end < len(body) else "")
    shift = start - len(before)
    inside = [(one - shift, other - shift) for one, other in spans if one >= start and other <= end]
    return f"{before}{body[start:end]}{after}", inside


def marked_pieces(body: str, spans: Spans) -> list[tuple[str, bool]]:
    """A text in pieces, and whether each is to be marked.

    >>> marked_pieces("soft wool", [(5, 9)])
    [('soft ', False), ('wool', True)]
    """
    pieces, at = [], 0
    for start, end in spans:
        pieces += [(body[at:start], False), (body[start:end], True)]
        at = max(at, end)
    return [(piece, is_marked) for piece, is_marked in [*pieces, (body[at:], False)] if piece]
