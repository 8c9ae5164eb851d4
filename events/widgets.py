"""Form fields that know which events there are."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminTextInputWidget

from events.selectors import event_names

USUAL_EVENTS = ("Order Completed", "Product Viewed", "Product Added", "Email Link Clicked")
EVENTS_SINCE = timedelta(days=90)
EVENTS_OFFERED = 50


class _Suggests(forms.TextInput):
    """Suggests events which were seen, and the usual ones."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        listed = f"known-events-{name}"
        field = super().render(name, value, {**(attrs or {}), "list": listed}, renderer)
        seen = event_names(since=timezone.now() - EVENTS_SINCE, limit=EVENTS_OFFERED)
        names = dict.fromkeys([*seen, *USUAL_EVENTS])
        options = format_html_join("", '<option value="{}"></option>', ((name,) for name in names))
        return format_html('{}<datalist id="{}">{}</datalist>', field, listed, options)


class EventNameInput(_Suggests, UnfoldAdminTextInputWidget):
    """For the admin's forms."""


class PlainEventNameInput(_Suggests):
    """For forms of our own pages."""
