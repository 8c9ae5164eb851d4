"""The form in which a shop says the assistant's sentences in its own words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from assistant.models import KnowledgeBase
from assistant.understanding.own_sentences import LONGEST, sentences_of, written, wrong_with
from assistant.understanding.speaking import DEFAULT, words_of

GROUPS = (
    ("Questions back, hand-over, no answer", ("said",)),
    ("What the catalog says", ("catalog", "left")),
    ("The chat’s window", ("chat",)),
)
AREA = {"class": "cl-input cl-input-body", "rows": 1, "maxlength": LONGEST}


@dataclass(frozen=True)
class Group:
    name: str
    fields: list[BoundField]
    own: int
    is_open: bool


class SentencesForm(forms.Form):
    """A field for each sentence, called by its part and name; our own is its label."""

    def __init__(self, base: KnowledgeBase, language: str, data: Any = None) -> None:
        super().__init__(data)
        own = base.own_sentences.get(language, {})
        english = words_of(DEFAULT)
        for part, name, ours in sentences_of(language):
            meaning = "" if language == DEFAULT else english[part].get(name, "")
            self.fields[f"{part}.{name}"] = forms.CharField(
                required=False,
                label=ours,
                initial=own.get(part, {}).get(name, ""),
                help_text=meaning,
                widget=forms.Textarea(AREA | {"lang": language}),
            )

    def clean(self) -> dict[str, Any]:
        for key, text in list(self.cleaned_data.items()):
            own = written(text)
            if own and (wrong := wrong_with(own, str(self.fields[key].label))):
                self.add_error(key, f"{wrong[:1].upper()}{wrong[1:]}.")
        return self.cleaned_data

    def groups(self) -> Iterator[Group]:
        """As the page shows them; those with something of the shop's are open."""
        for at, (name, parts) in enumerate(GROUPS):
            fields = [field for field in self if field.name.partition(".")[0] in parts]
            own = sum(bool(field.value()) for field in fields)
            is_wrong = any(field.errors for field in fields)
            yield Group(name, fields, own, is_open=bool(own) or is_wrong or at == 0)
