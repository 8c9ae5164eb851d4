"""The assistant's own sentences, in the language of who is spoken to. Pure.

`assistant/sentences/<language>.toml` holds them; a test sees to it that every file has every one.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal

FOLDER = Path(__file__).parent.parent / "sentences"
DEFAULT = "en"
LANGUAGES = tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))
# PostgreSQL's names of languages, and their codes.
CODES: Mapping[str, str] = {
    "arabic": "ar",
    "catalan": "ca",
    "danish": "da",
    "dutch": "nl",
    "english": "en",
    "finnish": "fi",
    "french": "fr",
    "german": "de",
    "greek": "el",
    "hindi": "hi",
    "hungarian": "hu",
    "indonesian": "id",
    "italian": "it",
    "lithuanian": "lt",
    "norwegian": "no",
    "portuguese": "pt",
    "romanian": "ro",
    "russian": "ru",
    "spanish": "es",
    "swedish": "sv",
    "turkish": "tr",
}
# Close enough that a short text in one is often taken for the other.
_ALIKE = ({"da", "no", "sv"}, {"es", "pt", "ca"}, {"hr", "sl"}, {"cs", "sk"})
# Norwegian goes by its two written forms too.
_SAME = {"nb": "no", "nn": "no"}
# Of those that write numbers and dates in more than one way, whose.
_LOCALES = {"en": "en_GB", "no": "nb", "pt": "pt_PT"}
# The code says which dollar or krona is meant.
_MONEY = "#,##0.00 ¤¤"
Words = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Voice:
    """A language, and how a shop says things in it.

    Attributes:
        language: One of `LANGUAGES`.
        own: The shop's own sentences, by part and name, in place of ours.
    """

    language: str = DEFAULT
    own: Words = field(default_factory=dict)

    def say(self, name: str, /, **values: str) -> str:
        """A sentence of the house.

        >>> Voice("de").say("ask_one", label="„Alma“")
        'Meinen Sie „Alma“?'
        >>> Voice("de", {"said": {"ask_one": "Geht es um {label}?"}}).say("ask_one", label="Alma")
        'Geht es um Alma?'
        """
        return self._sentence("said", name).format(**values)

    def say_of_product(self, name: str, /, **values: str) -> str:
        """A sentence that says what the catalog holds.

        >>> Voice("fr").say_of_product("price", title="Alma", price="79,00 EUR")
        'Alma coûte 79,00 EUR.'
        """
        return self._sentence("catalog", name).format(**values)

    def say_left(self, count: int, title: str) -> str:
        """That a few are left, in the form that goes with the number.

        >>> [Voice("pl").say_left(count, "Alma").split(": ")[1] for count in (1, 2, 5)]
        ['została 1 sztuka.', 'zostały 2 sztuki.', 'zostało 5 sztuk.']
        """
        form = self._locale.plural_form(count)
        return self._sentence("left", form).format(title=title, count=str(count))

    def listed(self, values: Sequence[str]) -> str:
        """Values as they are read out.

        >>> Voice("en").listed(["S", "M", "L"]), Voice("de").listed(["rot"])
        ('S, M and L', 'rot')
        """
        return format_list(values, locale=self._locale)

    def money(self, amount: Decimal, currency: str) -> str:
        """An amount as it is written.

        >>> Voice("de").money(Decimal("1290"), "SEK")
        '1.290,00 SEK'
        """
        if not currency:
            return format_decimal(amount, format="#,##0.00", locale=self._locale)
        return format_currency(amount, currency, format=_MONEY, locale=self._locale)

    def date(self, day: date) -> str:
        """A day as it is written.

        >>> Voice("es").date(date(2026, 5, 1))
        '1 de mayo de 2026'
        """
        return format_date(day, "long", locale=self._locale)

    def _sentence(self, part: str, name: str) -> str:
        own = self.own.get(part, {}).get(name)
        return words_of(self.language)[part][name] if own is None else own

    @property
    def _locale(self) -> Locale:
        return Locale.parse(_LOCALES.get(self.language, self.language))


def language_of(*wanted: str) -> str:
    """The first of these languages that we speak, best guess first; English where it is none.

    >>> language_of("hu", "", "nb-NO", "de"), language_of("", "xx")
    ('no', 'en')
    """
    codes = (language.lower().replace("_", "-").partition("-")[0] for language in wanted)
    ours = (_SAME.get(code, code) for code in codes)
    return next((code for code in ours if code in LANGUAGES), DEFAULT)


@cache
def words_of(language: str) -> Words:
    """All that is said in a language.

    `said` and `catalog` here, the latter of products, `left` by the form a number takes, `chat` in
    the browser, and the names of `languages`.
    """
    return tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


def asked_back(labels: Sequence[str], voice: Voice) -> str:
    """The one question that lets somebody choose.

    >>> asked_back(["A", "B"], Voice()), asked_back(["A", "B", "C"], Voice("de"))
    ('Do you mean “A” or “B”?', 'Meinen Sie „A“, „B“ oder „C“?')
    """
    *others, last = [voice.say("quoted", label=label) for label in labels]
    if not others:
        return voice.say("ask_one", label=last)
    return voice.say("ask_several", labels=", ".join(others), last=last)


def is_foreign(language: str, base_language: str) -> bool:
    """Whether a question's language is known to be another than the documents'.

    >>> is_foreign("de", "english"), is_foreign("", "english"), is_foreign("en", "english")
    (True, False, False)
    >>> is_foreign("no", "danish"), is_foreign("de", "simple")
    (False, False)
    """
    own = CODES.get(base_language, "")
    if not own or not language or language == own:
        return False
    return not any({own, language} <= alike for alike in _ALIKE)


def foreign_notice(
    language: str, base_language: str, own: Mapping[str, Words] = MappingProxyType({})
) -> str:
    """In the question's language, where we speak it, and in English: what can be asked in.

    `own` are the shop's own sentences, by language.

    >>> foreign_notice("sv", "english").split(". ")[0]
    'Det jag vet är skrivet på engelska'
    """
    tongues = dict.fromkeys((language_of(language), DEFAULT))
    return "\n".join(
        Voice(tongue, own.get(tongue, {})).say("foreign", language=_named(base_language, tongue))
        for tongue in tongues
    )


def _named(base_language: str, tongue: str) -> str:
    names = words_of(tongue)["languages"]
    return names.get(CODES.get(base_language, ""), base_language.capitalize())
