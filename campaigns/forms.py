"""Forms of the admin for what campaigns are made of."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from campaigns.models import Template
from campaigns.wording import copy_of, set_copy
from core.errors import CopyliftError
from generation.briefs import Copy
from generation.channels import EMAIL, MANY_LINES, MAY_BE_EMPTY, fields_of
from generation.liquid import check_syntax

BODY_HINT = "Liquid: {{ first_name | default: 'there' }}, {{ offer }}, {{ url }} …"
LONGEST_LINE = 200


class TemplateForm(forms.ModelForm):
    """A template of one channel: its class is made for it by `template_form`."""

    channel: ClassVar[str] = EMAIL

    class Meta:
        model = Template
        fields = ["name", "kind"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            self.initial.update(copy_of(self.instance).texts())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in fields_of(self.channel):
            try:
                check_syntax(cleaned.get(name) or "")
            except CopyliftError as refusal:
                self.add_error(name, str(refusal))
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # the hook after which a row is complete
        texts = {
            name: str(self.cleaned_data.get(name) or "").replace("\r\n", "\n")
            for name in fields_of(self.channel)
        }
        set_copy(self.instance, Copy(channel=self.channel, **texts))


def template_form(channel: str) -> type[TemplateForm]:
    """The form whose texts are those of a channel."""
    texts = {name: _text_field(channel, name) for name in fields_of(channel)}
    return type("TemplateForm", (TemplateForm,), {"channel": channel, **texts})


def _text_field(channel: str, name: str) -> forms.CharField:
    is_long = (channel, name) in MANY_LINES
    return forms.CharField(
        required=(channel, name) not in MAY_BE_EMPTY,
        max_length=None if is_long else LONGEST_LINE,
        help_text=BODY_HINT if is_long else "",
        widget=UnfoldAdminTextareaWidget() if is_long else UnfoldAdminTextInputWidget(),
    )
