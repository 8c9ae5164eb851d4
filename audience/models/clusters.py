"""The groups people form: fits, the jobs that make them, and what stays itself from fit to fit."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from pgvector.django import VectorField

from core.models import Timestamped

VECTOR_SIZE = 384


class Estimator(models.TextChoices):
    """How clusters are found."""

    KMEANS = "kmeans", "k-means: everybody is in a group"
    HDBSCAN = "hdbscan", "HDBSCAN: dense groups, and people in none"


class Clustering(models.Model):
    """One fit of the clusters; the newest finished one counts."""

    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    estimator = models.CharField(
        max_length=10, choices=Estimator.choices, default=Estimator.KMEANS, db_default="kmeans"
    )
    random_state = models.PositiveIntegerField()
    cluster_count = models.PositiveSmallIntegerField()
    profile_count = models.PositiveIntegerField()
    loose_count = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Profiles in no cluster: too unlike everybody else."
    )
    silhouette = models.FloatField(null=True, help_text="−1 to 1: how well apart the clusters are.")
    stability = models.FloatField(
        null=True, help_text="Mean adjusted Rand index between seeds: 1 is the same every time."
    )

    def __str__(self) -> str:
        return f"{self.cluster_count} clusters of {self.profile_count} profiles"


class ClusteringJob(models.Model):
    """A refit that was asked for. The row is the job: one worker claims it, and tells how far
    it is.
    """

    class Status(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    estimator = models.CharField(max_length=10, choices=Estimator.choices, default=Estimator.KMEANS)
    count = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="How many clusters; empty: the fit chooses."
    )
    random_state = models.PositiveIntegerField()
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now())
    claimed_at = models.DateTimeField(null=True, help_text="Renewed while the worker lives.")
    attempts = models.PositiveSmallIntegerField(default=0)
    stage = models.CharField(max_length=60, blank=True, help_text="What is being done now.")
    done = models.PositiveSmallIntegerField(default=0, help_text="Percent.")
    finished_at = models.DateTimeField(null=True)
    clustering = models.ForeignKey(
        Clustering, null=True, on_delete=models.SET_NULL, related_name="jobs"
    )
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                models.Value(1),
                condition=models.Q(status__in=["queued", "running"]),
                name="clustering_job_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["queued", "running"], finished_at__isnull=True)
                | models.Q(status__in=["done", "failed", "cancelled"], finished_at__isnull=False),
                name="clustering_job_finished_has_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(done__range=(0, 100)), name="clustering_job_done_is_percent"
            ),
        ]

    def __str__(self) -> str:
        return f"refit {self.pk} ({self.status})"


class ClusterIdentity(Timestamped):
    """A group of people that stays itself from fit to fit: the same people, or much the same
    words.
    """

    name = models.CharField(max_length=120)
    portrait = models.TextField(blank=True)
    is_named_by_hand = models.BooleanField(default=False)
    is_portrayed_by_hand = models.BooleanField(default=False)
    came_from = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="offshoots",
        help_text="The group most of its first members were in before.",
    )

    class Meta:
        verbose_name = "group"
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Cluster(models.Model):
    """People who write about similar things, with a name and a portrait in words."""

    clustering = models.ForeignKey(Clustering, on_delete=models.CASCADE, related_name="clusters")
    identity = models.ForeignKey(
        ClusterIdentity,
        null=True,
        on_delete=models.PROTECT,
        related_name="clusters",
        help_text="The group it is in this fit; none in fits made before groups were kept.",
    )
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    portrait = models.TextField(blank=True)
    traits = models.JSONField(
        default=dict,
        help_text="Interests, categories, sentiment: what the portrait says, as values.",
    )
    size = models.PositiveIntegerField()
    centroid = VectorField(dimensions=VECTOR_SIZE)
    least_cosine = models.FloatField(
        null=True, help_text="Who is less like the centroid than this is not in it; none: all are."
    )

    class Meta:
        ordering = ["clustering", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["clustering", "position"], name="cluster_position_once"
            ),
            models.UniqueConstraint(
                fields=["clustering", "identity"], name="cluster_identity_once_per_fit"
            ),
        ]

    def __str__(self) -> str:
        return self.name
