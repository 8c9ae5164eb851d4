"""Saying that a question is in another language than what is known. Pure."""

from __future__ import annotations

from collections.abc import Mapping

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
_ONLY: Mapping[str, str] = {
    "da": "Det, jeg ved, er skrevet på {language}. Spørg mig gerne på det sprog, eller bed om et "
    "menneske.",
    "de": "Was ich weiß, ist auf {language} geschrieben. Fragen Sie mich in dieser Sprache, oder "
    "verlangen Sie einen Menschen.",
    "es": "Lo que sé está escrito en {language}. Pregúnteme en ese idioma o pida hablar con una "
    "persona.",
    "fr": "Ce que je sais est écrit en {language}. Posez votre question dans cette langue, ou "
    "demandez à parler à quelqu'un.",
    "it": "Quello che so è scritto in {language}. Mi scriva in quella lingua, o chieda di una "
    "persona.",
    "nl": "Wat ik weet, staat in het {language}. Stel uw vraag in die taal, of vraag om een "
    "medewerker.",
    "no": "Det jeg vet, er skrevet på {language}. Spør meg gjerne på det språket, eller be om et "
    "menneske.",
    "pl": "To, co wiem, jest napisane w języku: {language}. Proszę zapytać w tym języku albo "
    "poprosić o rozmowę z człowiekiem.",
    "pt": "O que sei está escrito em {language}. Pergunte nessa língua, ou peça para falar com uma "
    "pessoa.",
    "sv": "Det jag vet är skrivet på {language}. Fråga mig gärna på det språket, eller be att få "
    "tala med en människa.",
}
_IN_WORDS = (
    "What I know is written in {language}. Please ask in that language, or ask for a person."
)


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
    """In the question's language, where it is one of ten, and in English: what can be asked in.

    >>> foreign_notice("sv", "english").split(". ")[0]
    'Det jag vet är skrivet på English'
    """
    named = base_language.capitalize()
    own = [_ONLY[language].format(language=named)] if language in _ONLY else []
    return "\n".join([*own, _IN_WORDS.format(language=named)])
