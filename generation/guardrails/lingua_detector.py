"""lingua's language detector, an extra of 96 MB: loaded on first use, for a few languages."""

from __future__ import annotations

from functools import lru_cache

LANGUAGES = {
    "en": "English",
    "de": "German",
    "fr": "French",
    "es": "Spanish",
    "it": "Italian",
    "nl": "Dutch",
    "pt": "Portuguese",
    "sv": "Swedish",
    "pl": "Polish",
}


@lru_cache(maxsize=1)
def _detector() -> object:
    from lingua import Language, LanguageDetectorBuilder  # noqa: PLC0415 (an extra)

    languages = [getattr(Language, name.upper()) for name in LANGUAGES.values()]
    return LanguageDetectorBuilder.from_languages(*languages).build()


def detect_with_lingua(text: str) -> str:
    """The two-letter code of a text's language, or "" where lingua does not know.

    Raises:
        ImportError: The extra `languages` is not installed.
    """
    found = _detector().detect_language_of(text)  # type: ignore[attr-defined]
    return "" if found is None else str(found.iso_code_639_1.name).lower()
