"""The assistant's own sentences, in the language of who is spoken to. Pure.

`assistant/sentences/<language>.toml` holds them; a test sees to it that every file has every one.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

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


def say(language: str, name: str, /, **values: str) -> str:
    """A sentence of ours.

    >>> say("de", "ask_one", label="„Alma“")
    'Meinen Sie „Alma“?'
    """
    return words_of(language)["said"][name].format(**values)


def language_of(*wanted: str) -> str:
    """The first of these languages that we speak, best guess first; English where it is none.

    >>> language_of("hu", "", "nb-NO", "de"), language_of("", "xx")
    ('no', 'en')
    """
    codes = (language.lower().replace("_", "-").partition("-")[0] for language in wanted)
    ours = (_SAME.get(code, code) for code in codes)
    return next((code for code in ours if code in LANGUAGES), DEFAULT)


@cache
def words_of(language: str) -> Mapping[str, Mapping[str, str]]:
    """All that is said in a language: `said` here, `chat` in the browser, names of `languages`."""
    return tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


def asked_back(labels: Sequence[str], language: str = DEFAULT) -> str:
    """The one question that lets somebody choose.

    >>> asked_back(["A", "B"]), asked_back(["A", "B", "C"], "de")
    ('Do you mean “A” or “B”?', 'Meinen Sie „A“, „B“ oder „C“?')
    """
    *others, last = [say(language, "quoted", label=label) for label in labels]
    if not others:
        return say(language, "ask_one", label=last)
    return say(language, "ask_several", labels=", ".join(others), last=last)


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


def foreign_notice(language: str, base_language: str) -> str:
    """In the question's language, where we speak it, and in English: what can be asked in.

    >>> foreign_notice("sv", "english").split(". ")[0]
    'Det jag vet är skrivet på engelska'
    """
    tongues = dict.fromkeys((language_of(language), DEFAULT))
    return "\n".join(
        say(tongue, "foreign", language=_named(base_language, tongue)) for tongue in tongues
    )


def _named(base_language: str, tongue: str) -> str:
    names = words_of(tongue)["languages"]
    return names.get(CODES.get(base_language, ""), base_language.capitalize())
