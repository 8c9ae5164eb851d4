"""Builds of segments, which give them their members; snapshots, which keep them as they were."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class SegmentBuild(models.Model):
    """One building of a segment. The row is the job while it lasts, and the history after.

    Contacts are gone through in the order of their ids: `reached_id` is the last one looked at, so
    that whoever takes over from a dead worker goes on there.
    """

    class Status(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    segment = models.ForeignKey("audience.Segment", on_delete=models.CASCADE, related_name="builds")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now())
    as_of = models.DateTimeField(help_text="Where its days count back from, however long it takes.")
    claimed_at = models.DateTimeField(null=True, help_text="Renewed while the worker lives.")
    attempts = models.PositiveSmallIntegerField(default=0)
    total = models.PositiveIntegerField(default=0, help_text="Contacts to look at.")
    done = models.PositiveIntegerField(default=0, help_text="Contacts looked at so far.")
    reached_id = models.BigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    size = models.PositiveIntegerField(null=True)
    sendable = models.PositiveIntegerField(
        null=True, help_text="Members who may be written to by email."
    )
    joined = models.PositiveIntegerField(null=True)
    left = models.PositiveIntegerField(null=True)
    seconds = models.FloatField(default=0, help_text="Work only; waiting is not counted.")
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["segment"],
                condition=models.Q(status__in=["queued", "running"]),
                name="segment_build_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["queued", "running"], finished_at__isnull=True)
                | models.Q(status__in=["done", "failed", "cancelled"], finished_at__isnull=False),
                name="segment_build_finished_has_a_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="done") | models.Q(size__isnull=False),
                name="segment_build_done_has_a_size",
            ),
        ]
        indexes = [
            models.Index(fields=["segment", "finished_at"], name="segment_build_by_end"),
        ]

    def __str__(self) -> str:
        return f"build {self.pk} of {self.segment_id} ({self.status})"


class FutureMember(models.Model):
    """Somebody a build has found: a member once it is done, and nobody's business before."""

    pk = models.CompositePrimaryKey("build_id", "contact_id")
    build = models.ForeignKey(
        SegmentBuild, on_delete=models.CASCADE, related_name="found", db_index=False
    )
    # Without a constraint in the database: the rows live for minutes and number millions, and the
    # build takes only contacts that are still there.
    contact = models.ForeignKey(
        "audience.Contact",
        on_delete=models.CASCADE,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )

    def __str__(self) -> str:
        return f"{self.contact_id} found by build {self.build_id}"


class SegmentSnapshot(models.Model):
    """Who was in a segment at a moment, whatever later builds say."""

    segment = models.ForeignKey(
        "audience.Segment", on_delete=models.CASCADE, related_name="snapshots"
    )
    taken_at = models.DateTimeField()
    built_at = models.DateTimeField(null=True, help_text="The build it shows.")
    size = models.PositiveIntegerField()

    class Meta:
        ordering = ["-taken_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.size} in {self.segment_id} at {self.taken_at:%Y-%m-%d %H:%M}"


class SnapshotMember(models.Model):
    pk = models.CompositePrimaryKey("snapshot_id", "contact_id")
    snapshot = models.ForeignKey(
        SegmentSnapshot, on_delete=models.CASCADE, related_name="members", db_index=False
    )
    # Without a constraint in the database, which makes keeping a million people take four times as
    # long; they are only ever looked up from a contact.
    contact = models.ForeignKey(
        "audience.Contact", on_delete=models.CASCADE, related_name="+", db_constraint=False
    )

    def __str__(self) -> str:
        return f"{self.contact_id} in snapshot {self.snapshot_id}"
