"""Insults, profanity and slurs: a list of whole words, so that Scunthorpe and cocktails pass.

Lists made for chat rooms (better-profanity's, for one) hold “nude”, “sexy”, “thong” and “damn”,
which are colours, moods and goods in a shop; this one holds what no brand would sign.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from generation.guardrails.cases import Case, span_in
from generation.guardrails.findings import Finding
from generation.guardrails.phrases import PhraseList, split_phrases

_STEMS = split_phrases("fuck|shit|bitch|cunt|wank|twat|slut|whore|faggot|nigger|bullshit")
_ENDINGS = ("", "s", "es", "ed", "er", "ers", "ing", "in", "y", "ty", "head", "face")
_INSULTS = """
    motherfucker|motherfuckers|asshole|assholes|arsehole|arseholes|bastard|bastards|bollocks
    crap|crappy|dickhead|dickheads|douchebag|dumbass|jackass|goddamn|piss|pissed|pissing|prick|pricks
    retard|retards|retarded|nigga|niggas|chink|chinks|gook|gooks|kike|kikes|spic|spics|tranny
    trannies
    paki|pakis|coon|coons|wetback|wetbacks|raghead|ragheads|dyke|dykes|fag|fags|nazi|nazis
    hitler
    scheisse|arschloch|hurensohn|fotze|wichser|schlampe|missgeburt|merde|putain|salope|connard
    encule
    batard|puta|puto|mierda|joder|gilipollas|cabron|cazzo|stronzo|puttana|vaffanculo|klootzak
    hoer|kurwa|kill yourself|go to hell|screw you|shut up|you idiot|you idiots|you stupid
    you moron|you loser|you fat
    you are fat|you are ugly|you ugly|nobody likes you|son of a bitch|white power
"""
_SHAMING = """
    hide your belly|problem areas|problem zones|beach body ready|too fat|too old|bikini body
    flaws|anti aging|real women|guilty pleasure|like a girl
"""
_INSULT_LIST = PhraseList(
    {"": [*split_phrases(_INSULTS), *(stem + ending for stem in _STEMS for ending in _ENDINGS)]}
)
_SHAMING_LIST = PhraseList({"": split_phrases(_SHAMING)})
# f*ck, sh!t, a$$hole: what a list of words cannot read.
_MASKED = re.compile(
    r"(?<!\w)(?:f[*@#$!u]{1,2}c?k|f[*@#]{2,3}|sh[*!@1]t|b[*!1@]tch|c[*@#]nt|a[$*@]{2}hole)"
)
_MASKS = re.compile(r"[*@#$!1]\w|[*@#]{2}")


def check_toxicity(case: Case) -> Iterator[Finding]:
    """Look for words that insult, and for such as shame a reader's body."""
    for field, span, words in _INSULT_LIST.places(case):
        message = f"“{words}” insults readers."
        yield Finding("toxicity.insult", "block", field, span, message, "Take it out.")
    for field, text in case.searched.items() if _MASKS.search(case.raw) else ():
        found = _MASKED.search(text)
        if found:
            message = f"“{found.group()}” is an insult in disguise."
            span = span_in(case.fields[field], found.span(), text)
            yield Finding("toxicity.insult", "block", field, span, message, "Take it out.")
    for field, span, words in _SHAMING_LIST.places(case):
        message = f"“{words}” may hurt readers."
        yield Finding("toxicity.shaming", "warn", field, span, message, "Speak of the product.")
