"""In which language a base answers, and a shop's own sentences in place of ours."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib.auth.models import User
from django.db import transaction

from assistant.models import KnowledgeBase
from assistant.understanding.own_sentences import sentences_of, written, wrong_with
from assistant.understanding.speaking import CODES, LANGUAGES, Voice, language_of
from core.audit import audit
from core.errors import InputRefused


def voice_for(base: KnowledgeBase, *wanted: str) -> Voice:
    """In the first of the wanted languages that we speak, else that of the documents."""
    language = language_of(*wanted, CODES.get(base.language, ""))
    return Voice(language, base.own_sentences.get(language, {}))


@transaction.atomic
def own_sentences_change(
    base: KnowledgeBase, language: str, said: Mapping[str, str], *, actor: User
) -> None:
    """Say these sentences, by `part.name`, in the shop's words; one that is empty, in ours again.

    Raises:
        InputRefused: We do not speak the language, there is no such sentence, or what is filled in
            is missing or unknown.
    """
    if language not in LANGUAGES:
        raise InputRefused(f"language: choose one of {', '.join(LANGUAGES)}", field="language")
    kept = KnowledgeBase.objects.select_for_update().get(pk=base.pk)
    own = kept.own_sentences.get(language, {})
    before = {f"{part}.{name}": text for part in own for name, text in own[part].items()}
    after = {**before, **_checked(language, said)}
    after = {key: text for key, text in after.items() if text}
    if after == before:
        return
    kept.own_sentences = {**kept.own_sentences, language: _by_part(after)}
    kept.save(update_fields=["own_sentences", "updated_at"])
    base.own_sentences = kept.own_sentences
    changed = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    audit(actor, "own_sentences_change", base, language=language, sentences=changed)


def _checked(language: str, said: Mapping[str, str]) -> dict[str, str]:
    """The sentences as they are kept; empty where they are ours."""
    ours = {f"{part}.{name}": text for part, name, text in sentences_of(language)}
    checked = {}
    for key, text in said.items():
        if key not in ours:
            raise InputRefused(f"{key}: there is no such sentence", field=key)
        own = written(text)
        if own and (wrong := wrong_with(own, ours[key])):
            raise InputRefused(f"{key}: {wrong}", field=key)
        checked[key] = "" if own == ours[key] else own
    return checked


def _by_part(said: Mapping[str, str]) -> dict[str, dict[str, str]]:
    own: dict[str, dict[str, str]] = {}
    for key, text in said.items():
        part, _, name = key.partition(".")
        own.setdefault(part, {})[name] = text
    return own
