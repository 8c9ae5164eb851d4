"""The admin's pages around secrets: shown once, and exchanged with an overlap."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminSelectWidget

OVERLAPS = [("24", "24 hours"), ("1", "an hour"), ("168", "a week"), ("0", "not at all: it leaked")]


class OverlapForm(forms.Form):
    overlap = forms.ChoiceField(
        choices=OVERLAPS, label="The old one goes on working for", widget=UnfoldAdminSelectWidget
    )

    def hours(self) -> timedelta:
        return timedelta(hours=int(self.cleaned_data["overlap"]))


def acting_person(request: HttpRequest) -> User:
    """Who is logged in; the admin lets nobody else in."""
    assert isinstance(request.user, User), "the admin lets only people in"  # noqa: S101
    return request.user


def secret_page(
    admin: ModelAdmin, request: HttpRequest, row: Model, secret: str, **words: str
) -> HttpResponse:
    """Show a secret this once: `title`, `heading`, `words`, `lost` and `back` say what it is."""
    opts = row._meta
    context = {
        **admin.admin_site.each_context(request),
        **words,
        "secret": secret,
        "opts": opts,
        "page_url": reverse(f"admin:core_{opts.model_name}_change", args=[row.pk]),
        "list_url": reverse(f"admin:core_{opts.model_name}_changelist"),
    }
    response = TemplateResponse(request, "core/secret_made.html", context)
    response["Cache-Control"] = "no-store"
    return response


def rotate_page(
    admin: ModelAdmin, request: HttpRequest, row: Model, form: OverlapForm, **words: str
) -> HttpResponse:
    """Ask how long the old secret is to go on working."""
    opts = row._meta
    context: dict[str, Any] = {
        **admin.admin_site.each_context(request),
        **words,
        "form": form,
        "opts": opts,
        "page_url": reverse(f"admin:core_{opts.model_name}_change", args=[row.pk]),
    }
    return TemplateResponse(request, "core/rotate.html", context)
