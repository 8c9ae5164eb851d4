"""Policies in the admin: written here, frozen by their first answer, changed as new versions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminSelectWidget

from assistant.models import Policy
from assistant.services.policies import FIELDS, policy_change, policy_create
from core.secret_pages import acting_person

WORD_FOR_WORD = ("", "none: the documents' own words")


class PolicyForm(forms.ModelForm):
    class Meta:
        model = Policy
        fields = ["base", "name", *FIELDS]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "generator" in self.fields:
            known = dict.fromkeys(filter(None, [*settings.ASSISTANT_GENERATORS]))
            self.fields["generator"] = forms.ChoiceField(
                choices=[WORD_FOR_WORD, *((one, one) for one in known)],
                required=False,
                widget=UnfoldAdminSelectWidget,
                help_text="The language model that words answers; ASSISTANT_GENERATORS lists them.",
            )


@admin.register(Policy)
class PolicyAdmin(ModelAdmin):
    """The list is on a page of its own, beside the experiments."""

    form = PolicyForm
    list_display = ["__str__", "base", "generator", "tone", "is_live", "answered_at"]
    list_filter = ["base"]
    fields = ["base", "name", *FIELDS]

    def get_readonly_fields(self, request: HttpRequest, obj: Policy | None = None) -> list[str]:
        return ["base", "name"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Policy | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Policy, form: Any, change: bool) -> None:  # noqa: FBT001 (Django's)
        fields = {name: form.cleaned_data[name] for name in FIELDS}
        stored = Policy.objects.get(pk=obj.pk) if change else None
        if stored is not None and stored.answered_at is None:
            policy_change(stored, actor=acting_person(request), **fields)
            return
        made = policy_create(obj.base, obj.name, actor=acting_person(request), **fields)
        obj.pk = made.pk
        if stored is not None:
            self.message_user(
                request, f"“{stored}” has answered and stays as it is: “{made}” is new."
            )

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        return HttpResponseRedirect(reverse("web:policies"))

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("web:policies"))
