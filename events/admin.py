"""The event log in the admin: to look at, never to change."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from core.admin import ReadOnlyAdmin, pretty_json
from events.bots import MEANINGS
from events.models import Event, Rejection


class DoneBy(admin.SimpleListFilter):
    """People's events, or those that are thought to be a program's, by the reason."""

    title = "done by"
    parameter_name = "by"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        programs = [(reason, f"a program: {reason.replace('_', ' ')}") for reason in MEANINGS]
        return [("people", "people"), ("programs", "programs"), *programs]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        chosen = self.value()
        if chosen == "people":
            return queryset.filter(bot_reasons=[])
        if chosen == "programs":
            return queryset.exclude(bot_reasons=[])
        return queryset.filter(bot_reasons__contains=[chosen]) if chosen in MEANINGS else queryset


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ["occurred_at", "what", "unit_id", "value", "done_by", "source"]
    list_filter = ["kind", DoneBy]
    search_fields = ["unit_id__exact", "message_id__exact", "name__exact"]
    search_help_text = "A contact's id, a message id, or an event's exact name"
    ordering = ["-id"]
    # A log has millions of rows; counting them for a page number is not worth the wait.
    paginator = InfinitePaginator
    fieldsets = [
        (None, {"fields": ["what", "unit_id", "occurred_at", "value", "why_a_program"]}),
        ("Where it came from", {"fields": ["source", "message_id", "received_at"]}),
        ("As it was sent", {"fields": ["properties_as_text", "context_as_text"]}),
    ]

    @display(description="what")
    def what(self, event: Event) -> str:
        return event.name or str(event.get_kind_display())

    @display(description="done by", label={"a program": "warning", "": "info"})
    def done_by(self, event: Event) -> str:
        return "a program" if event.bot_reasons else ""

    @display(description="why a program")
    def why_a_program(self, event: Event) -> str:
        return " ".join(MEANINGS.get(reason, reason) for reason in event.bot_reasons)

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
