"""Language: the copy is in the language that was asked for, as its commonest words tell.

Stop words know a language in about ten words, cost next to nothing and need no model. A better
detector, such as lingua's (`pip install .[languages]`), is handed in by whoever has one.
"""

from __future__ import annotations

from collections.abc import Iterator

from generation.guardrails.cases import Case
from generation.guardrails.findings import Finding
from generation.guardrails.lingua_detector import LANGUAGES

# Words that few of the other languages share.
_STOP_WORDS = {
    "en": "the and you your with for this that have from are was what when it's here our all "
    "look into will not but they there it of to be been is",
    "de": "der die das und ist nicht mit fur von auf ein eine sich auch wir sie ihr ihre dein "
    "deine dich dir euch zum zur bei jetzt noch nur haben wird sind oder aber wenn",
    "fr": "le les des et est pour vous votre vos avec dans une que qui sur pas nous notre mais "
    "plus cette ces aux du au sont ou",
    "es": "el los las y es para tu tus con una que del por se su sus nuestra nuestro pero esta "
    "este muy ahora mas como al",
    "it": "il gli le e per tuo tua con una che del della di si nostra nostro ma questo questa "
    "piu ora sono al alla dei delle",
    "nl": "de het een en van is voor met je jouw niet ook wij zijn maar deze nu nog bij naar om "
    "hebben wordt",
    "pt": "o os as e para voce seu sua com uma que do da em nao nosso nossa mas esta este mais "
    "agora dos das ao",
    "sv": "och att det som en ett pa ar for med din ditt dina har inte vi av till den nu men",
    "pl": "na jest nie sie dla twoj twoja ktory oraz ale teraz jak tylko po",
}
_WORDS = {code: frozenset(words.split()) for code, words in _STOP_WORDS.items()}
_ANY_STOP_WORD = frozenset().union(*_WORDS.values())
_FEWEST_WORDS = 12
_CLEAR_LEAD = 4


def check_language(case: Case) -> Iterator[Finding]:
    """Compare what language the copy is in with the one of the brief."""
    wanted = case.brief.language.partition("-")[0].lower()
    found = _detected(case, wanted)
    if found and found != wanted:
        names = LANGUAGES.get(found, found), LANGUAGES.get(wanted, wanted)
        field = case.main_field
        message = f"This reads like {names[0]}; the brief asks for {names[1]}."
        span = (0, len(case.fields[field]))
        yield Finding("language.other", "block", field, span, message, f"Write it in {names[1]}.")


def _detected(case: Case, wanted: str) -> str:
    detect = case.around.detect_language
    if detect is None:
        return guess_language(case.vocabulary, wanted)
    prose = " ".join(case.prose.values())
    return detect(prose) if len(case.vocabulary) >= _FEWEST_WORDS else ""


def guess_language(vocabulary: frozenset[str], wanted: str) -> str:
    """The language whose stop words clearly lead over those of `wanted`; else empty.

    >>> guess_language(frozenset("wir haben das und die sind nicht fur dich mit der".split()), "en")
    'de'
    >>> guess_language(frozenset("we have the dress you want with long sleeves".split()), "en")
    ''
    """
    if wanted not in _WORDS:
        return ""
    own = len(_WORDS[wanted] & vocabulary)
    if len(_ANY_STOP_WORD & vocabulary) < 2 * own + _CLEAR_LEAD:
        return ""
    counts = {code: len(words & vocabulary) for code, words in _WORDS.items() if code != wanted}
    best = max(counts, key=lambda code: counts[code])
    return best if counts[best] >= own + _CLEAR_LEAD else ""
