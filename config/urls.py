from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

import campaigns.api
import events.api
from web.views import health, subscriptions

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="home"),
    path("admin/", admin.site.urls),
    path("", include("web.urls")),
    path("", include((events.api.root_urlpatterns, "mail"))),
    path("u/<str:token>", subscriptions.subscription, name="unsubscribe"),
    path("v1/", include((events.api.urlpatterns, "events"))),
    path("v1/", include((campaigns.api.urlpatterns, "campaigns"))),
    path("healthz", health.healthz, name="healthz"),
    path("metrics", health.metrics, name="metrics"),
]

if settings.BENCH:
    urlpatterns.append(path("bench/bare", health.bare, name="bare"))
