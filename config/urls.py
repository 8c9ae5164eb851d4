from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

import assistant.api
import campaigns.api
import events.api
import privacy.api
from web.views import health, openapi, subscriptions

urlpatterns = [
    # First, because they are asked for every email, and routes are tried one after the other.
    path("", include((campaigns.api.urlpatterns, "campaigns"))),
    path("", RedirectView.as_view(pattern_name="admin:index"), name="home"),
    path("admin/", admin.site.urls),
    path("", include("web.urls")),
    path("", include((events.api.root_urlpatterns, "mail"))),
    path("u/<str:token>", subscriptions.subscription, name="unsubscribe"),
    path("v1/", include((events.api.urlpatterns, "events"))),
    path("", include((assistant.api.urlpatterns, "assistant"))),
    path("", include((privacy.api.urlpatterns, "privacy"))),
    path("v1/openapi.json", openapi.openapi, name="openapi"),
    path("healthz", health.healthz, name="healthz"),
    path("metrics", health.metrics, name="metrics"),
]

if settings.BENCH:
    urlpatterns.insert(0, path("bench/bare", health.bare, name="bare"))
