"""What people agreed to, and who must not be written to, in the admin."""

from __future__ import annotations

from django.contrib import admin

from core.admin import ReadOnlyAdmin
from privacy.models import ConsentEntry, Suppression


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
