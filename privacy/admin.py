"""What people agreed to, and who must not be written to, in the admin."""

from __future__ import annotations

from django.contrib import admin

from core.admin import ReadOnlyAdmin
from privacy.models import ConsentEntry, SubjectRequest, Suppression


@admin.register(Suppression)
class SuppressionAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "subject_id", "channel", "reason", "source"]
    list_filter = ["channel", "reason"]
    search_fields = ["subject_id__exact", "source"]
    search_help_text = "A subject's full id, or what said so"
    ordering = ["-created_at"]


@admin.register(ConsentEntry)
class ConsentEntryAdmin(ReadOnlyAdmin):
    list_display = ["occurred_at", "subject_id", "purpose", "is_given", "source", "recorded_by"]
    list_filter = ["purpose", "is_given"]
    search_fields = ["subject_id__exact", "source"]
    search_help_text = "A subject's full id, or where it was said"
    ordering = ["-occurred_at"]


@admin.register(SubjectRequest)
class SubjectRequestAdmin(ReadOnlyAdmin):
    list_display = ["received_at", "id", "type", "regulation", "status", "due_at", "completed_at"]
    list_filter = ["type", "status", "regulation"]
    search_fields = ["id__exact"]
    search_help_text = "The full id of a request"
    ordering = ["-received_at"]
    # What was found of people is fetched by who asked, not browsed.
    exclude = ["identities", "export"]
