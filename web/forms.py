"""The form in which a person writes copy."""

from __future__ import annotations

from typing import Any

from django import forms

from core.errors import CopyliftError, InputRefused
from generation.briefs import Copy
from generation.channels import AD, BANNER, EMAIL, MAY_BE_EMPTY, PUSH, SMS, fields_of

# What a writer is told about each text, and the length at which it begins to be cut off.
LABELS = {
    "call_to_action": "Button",
    "body": "Body",
    "text": "Text",
    "subject": "Subject",
    "preheader": "Preheader",
    "title": "Title",
    "headline": "Headline",
    "description": "Description",
}
BUTTON = ("What the button says, in two to four words.", 25)
HINTS: dict[tuple[str, str], tuple[str, int]] = {
    (EMAIL, "subject"): ("Up to 60 characters are seen on most phones.", 60),
    (EMAIL, "preheader"): ("The grey line after the subject in the inbox.", 100),
    (EMAIL, "body"): ("Keep the merge tags: they fill in the name, the offer, the link.", 0),
    (EMAIL, "call_to_action"): BUTTON,
    (SMS, "text"): ("160 characters fit into one message; an emoji makes it 70.", 160),
    (PUSH, "title"): ("Up to 50 characters are seen on most phones.", 50),
    (PUSH, "body"): ("The first 80 characters are seen on a locked phone.", 178),
    (AD, "headline"): ("Search ads take 30 characters.", 30),
    (AD, "description"): ("Search ads take 90 characters.", 90),
    (AD, "call_to_action"): BUTTON,
    (BANNER, "headline"): ("A few words, readable in passing.", 40),
    (BANNER, "text"): ("One short sentence.", 100),
    (BANNER, "call_to_action"): BUTTON,
}
ROWS = {(EMAIL, "body"): 14, (SMS, "text"): 5, (PUSH, "body"): 4, (AD, "description"): 3}


def text_field(channel: str, name: str) -> forms.CharField:
    """The input for one text of a channel."""
    hint, count = HINTS[channel, name]
    attrs: dict[str, object] = {"class": "cl-input"} | ({"data-count": count} if count else {})
    rows = ROWS.get((channel, name))
    return forms.CharField(
        label=LABELS[name],
        required=(channel, name) not in MAY_BE_EMPTY,
        help_text=hint,
        widget=forms.Textarea(
            attrs | {"class": "cl-input cl-input-body" if rows > 8 else "cl-input", "rows": rows}
        )
        if rows
        else forms.TextInput(attrs),
    )


class CopyForm(forms.Form):
    """The texts of a channel; limits and rules are the services', and come back as errors."""

    def __init__(self, *args: Any, channel: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.channel = channel
        self.fields.update({name: text_field(channel, name) for name in fields_of(channel)})

    def copy(self) -> Copy:
        """The texts as written, with one kind of line end."""
        texts = {name: self.cleaned_data[name].replace("\r\n", "\n") for name in self.fields}
        return Copy(channel=self.channel, **texts)

    def shown(self) -> Copy:
        """The texts as the form shows them, saved or not."""
        texts = {name: str(self[name].value() or "") for name in self.fields}
        return Copy(channel=self.channel, **texts)

    def refuse(self, refusal: CopyliftError) -> None:
        """Show a service's refusal at the field it names."""
        field = refusal.field if isinstance(refusal, InputRefused) else ""
        self.add_error(field if field in self.fields else None, str(refusal))
