"""Webhooks in the admin: endpoints and their secrets, and the log, from which one sends again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from core.errors import CopyliftError, InputRefused
from core.secret_pages import OverlapForm, acting_person, rotate_page, secret_page
from core.webhooks.kinds import known_kinds
from core.webhooks.models import WebhookDelivery, WebhookEndpoint
from core.webhooks.services import (
    deliveries_replay,
    deliveries_replay_since,
    webhook_change,
    webhook_check,
    webhook_create,
    webhook_secret_rotate,
)

SECRET_WORDS = {
    "heading": "Copy it now: this secret is shown only once",
    "words": "Your program checks with it that a webhook comes from here: any library of Standard "
    "Webhooks does. Put it where the program keeps its secrets.",
    "lost": "Lost it? Exchange it for another.",
    "back": "I have it: back to the webhooks",
}


class WebhookForm(forms.ModelForm):
    kinds = forms.MultipleChoiceField(
        required=False,
        label="Events",
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="Nothing chosen: everything, also what is added later.",
    )

    class Meta:
        model = WebhookEndpoint
        fields = ["name", "url", "kinds", "is_enabled"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["kinds"]
        chosen.choices = [(kind.name, f"{kind.name}: {kind.meaning}") for kind in known_kinds()]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "url" in cleaned:
            try:
                webhook_check(cleaned["url"], cleaned.get("kinds", []))
            except InputRefused as refused:
                self.add_error(refused.field or "url", str(refused))
        return cleaned


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(ModelAdmin):
    form = WebhookForm
    list_display = ["name", "url", "state", "events", "last_delivery"]
    search_fields = ["name", "url"]
    ordering = ["name"]
    actions_detail = ["rotate", "replay_missed"]
    fieldsets = [(None, {"fields": ["name", "url", "kinds", "is_enabled"]})]

    def has_rotate_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("core.change_webhookendpoint")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        given = form.cleaned_data
        actor = acting_person(request)
        if change:
            webhook_change(obj, **given, actor=actor)
            return
        made, secret = webhook_create(
            given["name"], given["url"], kinds=given["kinds"], actor=actor
        )
        obj.pk = made.pk
        obj.secret_for_one_look = secret

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        title = "Your new webhook's secret"
        return secret_page(self, request, obj, obj.secret_for_one_look, title=title, **SECRET_WORDS)

    @action(description="Exchange the secret", permissions=["rotate"], icon="autorenew")
    def rotate(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        endpoint = WebhookEndpoint.objects.get(pk=object_id)
        form = OverlapForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            secret = webhook_secret_rotate(
                endpoint, now=timezone.now(), overlap=form.hours(), actor=acting_person(request)
            )
            title = f"The new secret of “{endpoint.name}”"
            return secret_page(self, request, endpoint, secret, title=title, **SECRET_WORDS)
        return rotate_page(
            self,
            request,
            endpoint,
            form,
            title=f"Exchange the secret of “{endpoint.name}”",
            heading="A new secret",
            words="Meanwhile every webhook is signed with both, so that your program may change "
            "over when it likes.",
            button="Make a new secret",
        )

    @action(
        description="Send again what it missed",
        permissions=["rotate"],
        icon="replay",
        dialog={
            "title": "Send again what it missed?",
            "description": "Everything of the log that was given up or stopped goes out once more, "
            "under the same ids.",
            "form_submit_text": "Send it again",
            "form_class": None,
        },
    )
    def replay_missed(self, request: HttpRequest, form: Any, object_id: Any) -> HttpResponse:
        endpoint = WebhookEndpoint.objects.get(pk=object_id)
        try:
            count = deliveries_replay_since(
                endpoint, endpoint.created_at, now=timezone.now(), actor=acting_person(request)
            )
        except CopyliftError as refused:
            self.message_user(request, str(refused), messages.ERROR)
        else:
            self.message_user(request, f"{count} webhooks are sent again.")
        page = reverse("admin:core_webhookendpoint_change", args=[endpoint.pk])
        return HttpResponse(headers={"HX-Redirect": page})

    @display(description="state", label={"on": "success", "off": "danger", "resting": "warning"})
    def state(self, endpoint: WebhookEndpoint) -> str:
        if not endpoint.is_enabled:
            return "off"
        until = endpoint.paused_until
        return "resting" if until is not None and until > timezone.now() else "on"

    @display(description="events")
    def events(self, endpoint: WebhookEndpoint) -> str:
        return endpoint.disabled_because or ", ".join(endpoint.kinds) or "everything"

    @display(description="last delivered")
    def last_delivery(self, endpoint: WebhookEndpoint) -> Any:
        newest = endpoint.deliveries.filter(delivered_at__isnull=False).order_by("-delivered_at")
        return newest.values_list("delivered_at", flat=True).first()


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ModelAdmin):
    """The log. Rows are written by programs; people read them and send them again."""

    show_full_result_count = False
    list_display = ["created", "kind", "endpoint", "shown_state", "attempts", "due_at"]
    list_filter = ["state", "endpoint", "message__kind"]
    list_select_related = ["message", "endpoint"]
    search_fields = ["message__id__exact"]
    search_help_text = "A message's full id (webhook-id)"
    ordering = ["-message__created_at", "-pk"]
    actions = ["replay"]
    fields = ["kind", "endpoint", "shown_state", "due_at", "delivered_at", "body", "tries"]

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_replay_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("core.change_webhookendpoint")

    @admin.action(description="Send again", permissions=["replay"])
    def replay(self, request: HttpRequest, queryset: QuerySet[WebhookDelivery]) -> None:
        try:
            ids = list(queryset.values_list("pk", flat=True))
            count = deliveries_replay(ids, now=timezone.now(), actor=acting_person(request))
        except CopyliftError as refused:
            self.message_user(request, str(refused), messages.ERROR)
        else:
            self.message_user(request, f"{count} webhooks are sent again.")

    @display(description="created", ordering="message__created_at")
    def created(self, delivery: WebhookDelivery) -> Any:
        return delivery.message.created_at

    @display(description="event", ordering="message__kind")
    def kind(self, delivery: WebhookDelivery) -> str:
        return delivery.message.kind

    @display(
        description="state",
        label={"waiting": "info", "delivered": "success", "given up": "danger"},
    )
    def shown_state(self, delivery: WebhookDelivery) -> str:
        return str(delivery.get_state_display())

    @display(description="body")
    def body(self, delivery: WebhookDelivery) -> str:
        return format_html('<pre class="cl-json">{}</pre>', delivery.message.body)

    @display(description="attempts")
    def tries(self, delivery: WebhookDelivery) -> str:
        lines = (
            (f"{one.at:%Y-%m-%d %H:%M:%S}", one.outcome, f"{one.seconds:.2f}", one.answer)
            for one in delivery.log.all()
        )
        listed = format_html_join("", "<li>{}: {} ({} s) <code>{}</code></li>", lines)
        return format_html("<ul>{}</ul>", listed) if listed else "none yet"
