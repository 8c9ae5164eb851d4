"""The doors that email tools and SDKs come to: copy, many copies at once, and flags."""

from __future__ import annotations

from django.urls import path

from campaigns.api.bulk import bulk_view
from campaigns.api.decide import decide_view
from campaigns.api.growthbook import eval_view, features_view, stream_view
from campaigns.api.ofrep import flag_view, flags_view

urlpatterns = [
    path("v1/decide", decide_view, name="decide"),
    path("v1/decide/bulk", bulk_view, name="decide-bulk"),
    path("ofrep/v1/evaluate/flags", flags_view, name="ofrep-flags"),
    path("ofrep/v1/evaluate/flags/<str:key>", flag_view, name="ofrep-flag"),
    path("api/features/<str:client_key>", features_view, name="growthbook-features"),
    path("api/eval/<str:client_key>", eval_view, name="growthbook-eval"),
    path("sub/<str:client_key>", stream_view, name="growthbook-stream"),
]
