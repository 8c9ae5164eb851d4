"""Who must not be written to, in the admin."""

from __future__ import annotations

from django.contrib import admin

from core.admin import ReadOnlyAdmin
from privacy.models import Suppression


@admin.register(Suppression)
class SuppressionAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "subject_id", "channel", "reason", "source"]
    list_filter = ["channel", "reason"]
    search_fields = ["subject_id__exact", "source"]
    search_help_text = "A subject's full id, or what said so"
    ordering = ["-created_at"]
