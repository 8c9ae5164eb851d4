"""The doors by which events come in: Segment's HTTP API, email tools' webhooks, our own links."""

from django.urls import URLPattern, URLResolver, include, path

from events.api import esp, links, segment

urlpatterns: list[URLPattern | URLResolver] = [*segment.urlpatterns, *esp.urlpatterns]
# Outside `/v1`: the same API where Dittofeed's client looks for it, and short links for mails.
root_urlpatterns: list[URLPattern | URLResolver] = [
    path("api/public/apps/", include((segment.dittofeed_urlpatterns, "dittofeed"))),
    *links.urlpatterns,
]
