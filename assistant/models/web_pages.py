"""Web pages that are a knowledge base's documents."""

from __future__ import annotations

from django.db import models

from assistant.models.knowledge import Document, KnowledgeBase


class WebPage(models.Model):
    """An address whose page is fetched, and again when its time has come. The row is the job."""

    class Status(models.TextChoices):
        WAITING = "waiting", "waiting to be fetched"
        FETCHING = "fetching", "being fetched"
        KEPT = "kept", "fetched"
        FAILED = "failed", "could not be fetched"
        STOPPED = "stopped", "stopped before it was fetched"

    base = models.ForeignKey(KnowledgeBase, on_delete=models.CASCADE, related_name="web_pages")
    url = models.URLField(max_length=1000)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    error = models.TextField(blank=True)
    etag = models.CharField(max_length=500, blank=True)
    last_modified = models.CharField(max_length=100, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    fetched_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was last looked at."
    )
    changed_at = models.DateTimeField(null=True, blank=True)
    document = models.ForeignKey(
        Document, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["base", "url"]
        constraints = [
            models.UniqueConstraint(fields=["base", "url"], name="web_page_once"),
            models.CheckConstraint(
                condition=~models.Q(status="fetching") | models.Q(claimed_at__isnull=False),
                name="web_page_fetching_is_claimed",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                condition=models.Q(status__in=["waiting", "fetching"]),
                name="web_page_still_to_fetch",
            )
        ]

    def __str__(self) -> str:
        return self.url
