from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

import campaigns.api
import events.api
from web.views import health, openapi

urlpatterns = [
    # First, because they are asked for every email, and routes are tried one after the other.
    path("", include((campaigns.api.urlpatterns, "campaigns"))),
    path("", RedirectView.as_view(pattern_name="admin:index"), name="home"),
    path("admin/", admin.site.urls),
    path("", include("web.urls")),
    path("v1/", include((events.api.urlpatterns, "events"))),
    path("v1/openapi.json", openapi.openapi, name="openapi"),
    path("healthz", health.healthz, name="healthz"),
    path("metrics", health.metrics, name="metrics"),
]

if settings.BENCH:
    urlpatterns.insert(0, path("bench/bare", health.bare, name="bare"))
