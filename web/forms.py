"""The form in which a person writes copy."""

from __future__ import annotations

from django import forms

from core.errors import CopyliftError, InputRefused
from generation.briefs import COPY_FIELDS, Copy


class CopyForm(forms.Form):
    """The four texts of an email; limits and rules are the services', and come back as errors."""

    subject = forms.CharField(
        label="Subject",
        help_text="Up to 60 characters are seen on most phones.",
        widget=forms.TextInput(attrs={"class": "cl-input", "data-count": "60"}),
    )
    preheader = forms.CharField(
        label="Preheader",
        required=False,
        help_text="The grey line after the subject in the inbox.",
        widget=forms.TextInput(attrs={"class": "cl-input", "data-count": "100"}),
    )
    body = forms.CharField(
        label="Body",
        help_text="Keep the merge tags: they fill in the name, the offer, the link.",
        widget=forms.Textarea(attrs={"class": "cl-input cl-input-body", "rows": 14}),
    )
    call_to_action = forms.CharField(
        label="Button",
        help_text="What the button says, in two to four words.",
        widget=forms.TextInput(attrs={"class": "cl-input", "data-count": "25"}),
    )

    def copy(self) -> Copy:
        """The texts as written, with one kind of line end."""
        texts = {name: self.cleaned_data[name].replace("\r\n", "\n") for name in COPY_FIELDS}
        return Copy(**texts)

    def shown(self) -> Copy:
        """The texts as the form shows them, saved or not."""
        return Copy(**{name: str(self[name].value() or "") for name in COPY_FIELDS})

    def refuse(self, refusal: CopyliftError) -> None:
        """Show a service's refusal at the field it names."""
        field = refusal.field if isinstance(refusal, InputRefused) else ""
        self.add_error(field if field in self.fields else None, str(refusal))
