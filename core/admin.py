"""API keys and the audit trail in the admin, and the read-only page other apps build theirs on."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSplitDateTimeWidget,
)

from core.api_keys import api_key_create, api_key_revoke, api_key_rotate
from core.errors import DomainError
from core.models import ApiKey, AuditEntry
from core.secret_pages import OverlapForm, acting_person, rotate_page, secret_page
from core.webhooks.admin import WebhookDeliveryAdmin, WebhookEndpointAdmin

__all__ = [
    "ApiKeyAdmin",
    "AuditEntryAdmin",
    "ReadOnlyAdmin",
    "WebhookDeliveryAdmin",
    "WebhookEndpointAdmin",
    "pretty_json",
    "redirect_after_dialog",
]


class ReadOnlyAdmin(ModelAdmin):
    """Rows that programs write and people only read."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def pretty_json(value: object) -> str:
    """JSON as a person reads it; escaped."""
    text = json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True, default=str)
    return format_html('<pre class="cl-json">{}</pre>', text)


def redirect_after_dialog(url: str) -> HttpResponse:
    """Tell the dialog, which posts by htmx, to load a page."""
    return HttpResponse(headers={"HX-Redirect": url})


class ApiKeyForm(forms.ModelForm):
    expires_at = forms.SplitDateTimeField(
        required=False,
        widget=UnfoldAdminSplitDateTimeWidget,
        label="Expires",
        help_text="From then on it opens nothing; empty: never.",
    )
    scopes = forms.MultipleChoiceField(
        choices=ApiKey.Scope.choices,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="Give a key only what its program needs: one that leaks can do no more.",
    )

    class Meta:
        model = ApiKey
        fields = ["name", "scopes", "requests_per_minute", "expires_at"]


@admin.register(ApiKey)
class ApiKeyAdmin(ModelAdmin):
    form = ApiKeyForm
    list_display = ["name", "starts_with", "may", "state", "limit", "created_by", "last_used_at"]
    list_select_related = ["created_by"]
    search_fields = ["name", "prefix"]
    ordering = ["revoked_at", "-created_at"]
    actions_detail = ["rotate", "revoke"]
    add_fieldsets = [
        (
            None,
            {
                "fields": ["name", "scopes", "requests_per_minute", "expires_at"],
                "description": "The key is shown once, right after you save. "
                "Only a fingerprint of it is kept.",
            },
        )
    ]
    fieldsets = [
        (None, {"fields": ["name", "starts_with", "may", "limit", "state"]}),
        (
            "History",
            {
                "fields": [
                    "created_by",
                    "created_at",
                    "last_used_at",
                    "replaces",
                    "expires_at",
                    "revoked_at",
                ]
            },
        ),
    ]

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_revoke_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("core.change_apikey")

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list:
        key = ApiKey.objects.filter(pk=object_id).first()
        is_live = key is not None and key.is_live(now=timezone.now())
        return super().get_actions_detail(request, object_id) if is_live else []

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        given = form.cleaned_data
        key, secret = api_key_create(
            given["name"],
            given["scopes"],
            actor=acting_person(request),
            expires_at=given["expires_at"],
            requests_per_minute=given["requests_per_minute"],
        )
        obj.pk = key.pk
        obj.secret_for_one_look = secret

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        return _new_key_page(self, request, obj, obj.secret_for_one_look)

    @action(description="Exchange", permissions=["revoke"], icon="autorenew")
    def rotate(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        key = ApiKey.objects.get(pk=object_id)
        form = OverlapForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                made, secret = api_key_rotate(
                    key, now=timezone.now(), overlap=form.hours(), actor=acting_person(request)
                )
            except DomainError as refused:
                self.message_user(request, str(refused), messages.ERROR)
            else:
                return _new_key_page(self, request, made, secret)
        return rotate_page(
            self,
            request,
            key,
            form,
            title=f"Exchange the key “{key.name}”",
            heading="A new key that may do the same",
            words="Put it into your program while the old one still works.",
            button="Make the new key",
        )

    @action(
        description="Revoke",
        permissions=["revoke"],
        variant=ActionVariant.DANGER,
        icon="block",
        dialog={
            "title": "Revoke this key?",
            "description": "Programs that use it are refused from the next request on. "
            "This cannot be undone; make a new key instead.",
            "form_submit_text": "Revoke the key",
            "form_class": None,
        },
    )
    def revoke(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        key = ApiKey.objects.get(pk=object_id)
        api_key_revoke(key, now=timezone.now(), actor=acting_person(request))
        self.message_user(request, f"The key “{key.name}” is revoked.")
        return redirect_after_dialog(reverse("admin:core_apikey_change", args=[key.pk]))

    @display(description="starts with", ordering="prefix")
    def starts_with(self, key: ApiKey) -> str:
        return format_html("<code>{}…</code>", key.prefix)

    @display(description="may")
    def may(self, key: ApiKey) -> str:
        return ", ".join(str(ApiKey.Scope(scope).label) for scope in key.scopes)

    @display(description="limit")
    def limit(self, key: ApiKey) -> str:
        return f"{key.requests_per_minute:,} a minute" if key.requests_per_minute else "none"

    @display(
        description="state", label={"live": "success", "revoked": "danger", "expired": "danger"}
    )
    def state(self, key: ApiKey) -> str:
        if key.revoked_at:
            return "revoked"
        return "live" if key.is_live(now=timezone.now()) else "expired"


def _new_key_page(
    key_admin: ApiKeyAdmin, request: HttpRequest, key: ApiKey, secret: str
) -> HttpResponse:
    return secret_page(
        key_admin,
        request,
        key,
        secret,
        title="Your new API key",
        heading="Copy it now: this key is shown only once",
        words=f"“{key.name}” is ready. Put it where your program keeps its secrets. Only a "
        "fingerprint of it is kept here, so nobody can look it up again.",
        lost="Lost it? Revoke this one and make another.",
        back="I have it: back to the keys",
    )


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ["at", "who", "action", "target", "summary"]
    list_display_links = ["at", "action"]
    list_filter = ["action", "target_type"]
    list_select_related = ["actor"]
    search_fields = ["action", "target_id", "actor__username"]
    ordering = ["-at", "-id"]
    fields = ["at", "who", "action", "target", "detail_as_text"]

    @display(description="who", ordering="actor__username")
    def who(self, entry: AuditEntry) -> str:
        return str(entry.actor) if entry.actor else "Copylift itself"

    @display(description="what")
    def target(self, entry: AuditEntry) -> str:
        return f"{entry.target_type} {entry.target_id}"

    @display(description="detail")
    def summary(self, entry: AuditEntry) -> str:
        text = ", ".join(f"{name}: {value}" for name, value in entry.detail.items())
        return text if len(text) <= 80 else f"{text[:79]}…"

    @display(description="detail")
    def detail_as_text(self, entry: AuditEntry) -> str:
        return pretty_json(entry.detail)
