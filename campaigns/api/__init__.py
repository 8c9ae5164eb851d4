"""The doors that email tools and SDKs come to: copy, many copies at once, and flags."""

from __future__ import annotations

from django.urls import path

from campaigns.api.bulk import bulk_view
from campaigns.api.decide import decide_view

urlpatterns = [
    path("v1/decide", decide_view, name="decide"),
    path("v1/decide/bulk", bulk_view, name="decide-bulk"),
]
