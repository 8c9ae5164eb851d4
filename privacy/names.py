"""Personal names out of free text, where how they are said tells that they are names. Pure.

A capital alone says nothing: products, brands and cities have one too, and every German noun. So a
name is taken for one after words that say so (“my name is”), after a title and at the end of a
letter; after words that say it only at times (“I am”), where it is a common given name or two names
in a row. Names that nothing gives away stay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import regex

from privacy.given_names import GIVEN_NAMES

MASK = "[name]"
SHORTEST_KNOWN = 3
Span = tuple[int, int]

# Not a person, however it is said. Compared in lower case.
_NEVER_WORDS = """
a an the no not all back please sir madam madame monsieur team customer customers service
support
everyone everybody friends shop store thanks thank you size order hello hi
monday tuesday wednesday thursday friday saturday sunday january february march april may
june
july august september october november december today tomorrow
herr frau damen herren grüße gruß größe kunde kundin kundenservice alles alle montag
dienstag
mittwoch donnerstag freitag samstag sonntag morgen heute danke bitte
bonjour merci lundi mardi mercredi jeudi vendredi samedi dimanche taille equipe équipe
hola gracias lunes martes miércoles jueves viernes sábado domingo talla equipo señor señora
buongiorno grazie lunedì martedì mercoledì giovedì venerdì sabato domenica taglia
dank groet groeten maat maandag dinsdag woensdag donderdag vrijdag zaterdag zondag
klantenservice
english american british german french spanish italian dutch belgian swiss austrian european
deutsche deutscher français française española español italiana italiano nederlandse
nederlander
"""
_NEVER = frozenset(_NEVER_WORDS.split())

_PARTICLE = r"(?:van|von|vom|de|der|den|del|della|di|da|dos|du|la|le|ten|ter|zu|af|al)"
_WORD = r"\p{Lu}[\p{L}\p{M}]+(?:['’\-][\p{L}\p{M}]+)*|\p{Lu}['’]\p{Lu}[\p{L}\p{M}]+"
_NEXT = rf"(?:\ (?:{_PARTICLE}\ ){{0,2}}(?:{_WORD}|\p{{Lu}}\.(?=\ \p{{Lu}})))"
_SIGNED = rf"(?P<name>(?:{_WORD}){_NEXT}{{0,3}})"
_NAME = rf"(?P<name>(?:{_PARTICLE}\ ){{0,2}}(?:{_WORD}){_NEXT}{{0,3}})"
_LOWER = r"(?P<name>\p{Ll}+(?:['’\-]\p{Ll}+)*(?:\ \p{Ll}{3,})?)"
_LOWER_ENDS = r"(?=[.,;!?]|$|\ (?:and|und|et|y|e|en)\b)"
_CLAUSE_ENDS = r"(?=\s*(?:[.,;:!?]|$)|\ (?:and|und|et|y|e|en|again|from|that|speaking)\b)"
_TEXT_ENDS = r"(?=\s*[.!]*\s*$)"

_INTRODUCES = r"""
    my\ name(?:\ is|['’]s) | my\ names | ich\ hei(?:ß|ss)e | mein\ name\ ist | je\ m['’]appelle
    | mon\ nom\ est | me\ llamo | mi\ nombre\ es | mi\ chiamo | il\ mio\ nome\ è | mijn\ naam\ is
    | ik\ heet | (?:his|her|their)\ name\ is | call\ me
"""
_NAMES = r"""
    under\ the\ name(?:\ of)? | in\ the\ name\ of | auf\ den\ namen | au\ nom\ de
    | a\ nombre\ de | a\ nome(?:\ di)? | op\ naam\ van
    | (?:daughter|son|husband|wife|mother|father|sister|brother|friend|partner|boss)\ is\ called
"""
_I_AM = r"""
    i\ am | i['’]m | ich\ bin | hier\ spricht | je\ suis | soy | sono | ik\ ben
"""
_MAY_NAME = r"""
    this\ is | it['’]s | it\ is | hier\ ist | dit\ is | ici | c['’]est | asked | told\ by
    | (?:spoke|talked)\ (?:to|with) | parlé\ (?:à|avec) | hablé\ con | parlato\ con
    | gesprochen\ mit
"""
_GREETS = (
    r"dear|hi|hello|hey|hallo|lieber?|sehr\ geehrter?|chère|cher|querid[oa]|car[oa]|beste|lieve"
)
_TITLES = r"""
    Mr\.? | Mrs\.? | Ms\.? | Miss | Dr\.? | Prof\.? | Herrn? | Frau | Mme\.? | Mlle\.? | Madame
    | Monsieur | (?:^|(?<=[.!?]\ )|(?<=\b(?:à|que|avec|chez|pour|et)\ ))M\. | [Ss]eñora? | Sra?\.
    | [Ss]ignora? | Sig(?:\.ra|\.)? | [Dd]ott(?:\.ssa|\.) | [Mm]eneer | [Mm]evrouw | [Dd]hr\.
    | [Mm]evr\.
"""
_SIGNS = r"""
    (?:(?:best|kind|kindest|warm|many)\ )?regards | yours(?:\ (?:sincerely|truly|faithfully))?
    | sincerely | best\ wishes | gru(?:ß|ss) | mit\ freundlichen?\ grü(?:ß|ss)en? | mfg | lg
    | (?:(?:viele|liebe|beste|schöne|herzliche)\ )?grü(?:ß|ss)e | cordialement | bien\ à\ vous
    | (?:un\ )?(?:cordial\ )?saludo(?:s|\ cordial)? | atentamente
    | (?:(?:cordiali|distinti)\ )?saluti | (?:met\ )?vriendelijke\ groet(?:en)? | groet(?:en|jes)
"""
_THANKS = r"""
    thanks(?:\ a\ lot|\ in\ advance)? | thank\ you(?:\ very\ much)? | cheers | danke | merci
    | gracias | grazie | bedankt
"""


def _compiled(before: str, between: str, after: str, *, name: str = _NAME) -> regex.Pattern[str]:
    """What comes before a name in any case, the name in its own."""
    return regex.compile(rf"(?i:\b(?:{_tight(before)})){between}{name}{after}")


def _tight(pattern: str) -> str:
    """Without the spaces that are there to be read."""
    return regex.sub(r"(?<!\\)\s+", "", pattern)


# Whatever follows is a name: a person's, or a product's too.
_SURE_PERSON = (_compiled(_INTRODUCES, r"\ ", r"(?![\p{L}\p{M}])"),)
_SURE = (
    _compiled(_NAMES, r"\ ", r"(?![\p{L}\p{M}])"),
    regex.compile(rf"(?<![\p{{L}}.])(?P<title>{_tight(_TITLES)})\ (?:(?:Dr|Prof)\.\ )*{_NAME}"),
    _compiled(_SIGNS, r"[,.!]?\s+", _TEXT_ENDS, name=_SIGNED),
)
# What follows is a name where it looks like one.
_PERHAPS_PERSON = (
    _compiled(_I_AM, r"\ ", _CLAUSE_ENDS),
    regex.compile(rf"(?:^|[.!?,]\ ){_NAME}\ (?:here|hier|aquí|ici|qui)\b"),
)
_PERHAPS = (
    _compiled(_MAY_NAME, r"\ ", _CLAUSE_ENDS),
    _compiled(_GREETS, r"\ ", r"(?=\s*(?:[,!]|$))"),
    _compiled(_THANKS, r"[,.!]?\ ", _TEXT_ENDS, name=_SIGNED),
)
_SMALL = _compiled(_INTRODUCES, r"\ ", _LOWER_ENDS, name=_LOWER)
# A German noun has a capital too, so two in a row say nothing.
_GERMAN = regex.compile(r"(?i)(?:ich bin|hier ist|hier spricht|lieber?|hallo|danke) ?$")


def _no_product(_: str) -> bool:
    return False


def without_names(
    text: str, *, known: Iterable[str] = (), is_product: Callable[[str], bool] = _no_product
) -> str:
    """The text with personal names replaced.

    Args:
        text: In English, German, French, Spanish, Italian or Dutch.
        known: Names to be replaced wherever they stand: those of who writes.
        is_product: Whether some words are what the shop calls a product or a brand; these stay.

    >>> without_names("Hi, this is Anna. I am Sick of waiting! Best regards, Anna Smith")
    'Hi, this is [name]. I am Sick of waiting! Best regards, [name]'
    >>> without_names("Are Dr. Martens dear to Dr. Miller?", is_product="Dr. Martens".__eq__)
    'Are Dr. Martens dear to Dr. [name]?'
    """
    for start, end in reversed(names_in(text, known=known, is_product=is_product)):
        text = text[:start] + MASK + text[end:]
    return text


def names_in(
    text: str, *, known: Iterable[str] = (), is_product: Callable[[str], bool] = _no_product
) -> list[Span]:
    """Where the names stand, in their order; none within another."""
    persons = [*_matches(_SURE_PERSON, text, _may_be_one)]
    persons += _matches(_PERHAPS_PERSON, text, _looks_like_one)
    # “my name is anna smith”: nothing but the given name tells.
    persons += _matches((_SMALL,), text, _is_given_name)
    others = [*_matches(_SURE, text, _may_be_one), *_matches(_PERHAPS, text, _looks_like_one)]
    others += _known(text, known)
    persons += [match for match in others if not is_product(_called(match))]
    return _apart([match.span("name") for match in persons])


def _matches(
    patterns: Iterable[regex.Pattern[str]], text: str, fits: Callable[[regex.Match[str]], bool]
) -> Iterator[regex.Match[str]]:
    return (one for pattern in patterns for one in pattern.finditer(text) if fits(one))


def _may_be_one(match: regex.Match[str]) -> bool:
    return _first(match) not in _NEVER


def _is_given_name(match: regex.Match[str]) -> bool:
    return _first(match) in GIVEN_NAMES


def _looks_like_one(match: regex.Match[str]) -> bool:
    words = match["name"].lower().split()
    if any(word in _NEVER for word in words):
        return False
    if words[0] in GIVEN_NAMES:
        return True
    is_german = _GERMAN.search(match.string[: match.start("name")])
    return len(words) > 1 and not is_german


def _called(match: regex.Match[str]) -> str:
    """With its title, as a brand may be called: Dr. Martens, Mr Porter."""
    title = match.groupdict().get("title")
    return f"{title} {match['name']}" if title else str(match["name"])


def _first(match: regex.Match[str]) -> str:
    return str(match["name"]).lower().split()[0]


def _known(text: str, known: Iterable[str]) -> Iterator[regex.Match[str]]:
    """A short name may be a word as well (“will”), and needs its capital."""
    for name in map(str.strip, known):
        if len(name) < SHORTEST_KNOWN:
            continue
        whole = rf"(?<![\p{{L}}\p{{M}}])(?P<name>{regex.escape(name)})(?![\p{{L}}\p{{M}}])"
        for match in regex.finditer(whole, text, regex.IGNORECASE):
            if len(name) > SHORTEST_KNOWN + 1 or match[0][0].isupper():
                yield match


def _apart(spans: Sequence[Span]) -> list[Span]:
    """Those that overlap or stand side by side as one."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1] + 1:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined
