"""The event log in the admin: to look at, never to change."""

from __future__ import annotations

from django.contrib import admin
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from core.admin import ReadOnlyAdmin, pretty_json
from events.models import Event, Rejection


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ["occurred_at", "what", "unit_id", "value", "source"]
    list_filter = ["kind"]
    search_fields = ["unit_id__exact", "message_id__exact", "name__exact"]
    search_help_text = "A contact's id, a message id, or an event's exact name"
    ordering = ["-id"]
    # A log has millions of rows; counting them for a page number is not worth the wait.
    paginator = InfinitePaginator
    fieldsets = [
        (None, {"fields": ["what", "unit_id", "occurred_at", "value"]}),
        ("Where it came from", {"fields": ["source", "message_id", "received_at"]}),
        ("As it was sent", {"fields": ["properties_as_text", "context_as_text"]}),
    ]

    @display(description="what")
    def what(self, event: Event) -> str:
        return event.name or str(event.get_kind_display())

    @display(description="properties")
    def properties_as_text(self, event: Event) -> str:
        return pretty_json(event.properties)

    @display(description="context")
    def context_as_text(self, event: Event) -> str:
        return pretty_json(event.context)


@admin.register(Rejection)
class RejectionAdmin(ReadOnlyAdmin):
    list_display = ["received_at", "reason", "source"]
    search_fields = ["reason", "source"]
    ordering = ["-received_at"]
    fields = ["received_at", "source", "reason", "payload_as_text"]

    @display(description="what was sent")
    def payload_as_text(self, rejection: Rejection) -> str:
        return pretty_json(rejection.payload)
