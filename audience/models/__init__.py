"""People, their words, what we understood of them, and the groups they form."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Lower, Now
from pgvector.django import VectorField

from audience.models.backgrounds import PhraseBackground
from audience.models.builds import (
    FutureMember,
    SegmentBuild,
    SegmentSnapshot,
    SnapshotMember,
)
from audience.models.clusters import (
    VECTOR_SIZE,
    Cluster,
    ClusterIdentity,
    Clustering,
    ClusteringJob,
    Estimator,
)
from audience.models.heads import FittedHead
from audience.models.vectors import CompactVector
from core.models import Timestamped

__all__ = [
    "VECTOR_SIZE",
    "Cluster",
    "ClusterIdentity",
    "Clustering",
    "ClusteringJob",
    "CompactVector",
    "Contact",
    "Correction",
    "Estimator",
    "FittedHead",
    "FutureMember",
    "Membership",
    "PhraseBackground",
    "Profile",
    "Segment",
    "SegmentBuild",
    "SegmentSnapshot",
    "SnapshotMember",
    "Text",
]


class Contact(models.Model):
    """A person, as the shop knows them."""

    external_id = models.CharField(
        max_length=200, unique=True, help_text="The shop's own id; the unit of experiments."
    )
    subject_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    email = models.CharField(max_length=320, blank=True)
    first_name = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100, blank=True)
    attributes = models.JSONField(
        default=dict,
        blank=True,
        help_text="Whatever else the shop knows, for rules and merge tags.",
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)
    is_profile_due = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="Their texts changed since their profile was made.",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(external_id=""), name="contact_has_an_external_id"
            )
        ]
        indexes = [
            models.Index(
                fields=["id"],
                condition=models.Q(is_profile_due=True),
                name="contact_profile_is_due",
            ),
            models.Index(
                Lower("email"),
                condition=~models.Q(email=""),
                name="contact_by_email",
            ),
        ]

    def __str__(self) -> str:
        return self.first_name or self.external_id


class Text(models.Model):
    """Something a contact wrote: a review, a search, a question."""

    class Kind(models.TextChoices):
        REVIEW = "review"
        SEARCH = "search"
        QUESTION = "question"
        OTHER = "other"

    class Status(models.TextChoices):
        NEW = "new", "not yet read"
        READ = "read"
        DROPPED = "dropped"
        HELD = "held", "kept unread: no consent to profiling"

    external_id = models.CharField(max_length=200, unique=True)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="texts")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.REVIEW)
    title = models.CharField(max_length=300, blank=True)
    body = models.TextField(blank=True)
    rating = models.SmallIntegerField(
        null=True, blank=True, help_text="1 to 5, where the source has one."
    )
    category = models.CharField(
        max_length=200, blank=True, help_text="What it is about, in the shop's own categories."
    )
    occurred_at = models.DateTimeField(db_default=Now())
    status = models.CharField(
        max_length=10, choices=Status.choices, default=Status.NEW, db_default=Status.NEW
    )
    drop_reason = models.CharField(max_length=40, blank=True, db_default="")
    clean_body = models.TextField(
        blank=True,
        db_default="",
        editable=False,
        help_text="Title and body without markup and personal numbers: what is read.",
    )
    language = models.CharField(
        max_length=8, blank=True, db_default="", help_text="ISO 639-1 code; empty: not known."
    )
    vector = VectorField(dimensions=VECTOR_SIZE, null=True, editable=False)
    opinions = models.JSONField(
        null=True,
        editable=False,
        help_text="What it says of fit, price and the like, and by which model: by, of.",
    )
    read_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(rating__isnull=True) | models.Q(rating__range=(1, 5)),
                name="text_rating_is_one_to_five",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="dropped") | ~models.Q(drop_reason=""),
                name="text_dropped_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="read") | models.Q(vector__isnull=False),
                name="text_read_has_a_vector",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(status="new"), name="text_still_to_read")
        ]

    def __str__(self) -> str:
        return self.title or self.body[:60]


class Profile(models.Model):
    """What we understood of a contact from their own words, or, of who wrote none, their orders.

    A profile of orders alone has no vector and is in no cluster: those are of words.
    """

    contact = models.OneToOneField(Contact, on_delete=models.CASCADE, related_name="profile")
    vector = VectorField(dimensions=VECTOR_SIZE, null=True)
    interests = models.JSONField(
        default=list, help_text='[{"phrase": …, "weight": …}, …], strongest first.'
    )
    categories = models.JSONField(
        default=dict,
        help_text="Share of their texts per shop category; without texts, of what they bought.",
    )
    sentiment = models.FloatField(
        null=True, blank=True, help_text="−1 (unhappy) to 1 (happy), over all their texts."
    )
    text_count = models.PositiveIntegerField()
    last_text_at = models.DateTimeField(null=True, blank=True)
    aspects = models.JSONField(
        default=dict, blank=True, help_text="How they feel about fit, price, …: {aspect: {…}}."
    )
    purchase_intent = models.FloatField(
        null=True, blank=True, help_text="Probability that they buy soon, 0 to 1; empty: unknown."
    )
    rfm = models.JSONField(
        default=dict, blank=True, help_text="Recency, frequency and value of their purchases."
    )
    habits = models.JSONField(default=dict, blank=True, help_text="When and how they buy.")
    evidence = models.JSONField(
        default=dict,
        blank=True,
        help_text='{trait: {name: {"texts": [ids], "events": [ids], "support": 3, "of": 5}}}.',
    )
    cluster = models.ForeignKey(
        Cluster, null=True, on_delete=models.SET_NULL, related_name="profiles"
    )
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sentiment__range=(-1, 1)), name="profile_sentiment_in_range"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    text_count__gt=0,
                    vector__isnull=False,
                    last_text_at__isnull=False,
                )
                | models.Q(text_count=0, vector__isnull=True, last_text_at__isnull=True),
                name="profile_of_texts_has_a_vector",
            ),
            models.CheckConstraint(
                condition=models.Q(purchase_intent__isnull=True)
                | models.Q(purchase_intent__range=(0, 1)),
                name="profile_intent_is_a_probability",
            ),
        ]
        indexes = [
            GinIndex(fields=["interests"], name="profile_by_interest", opclasses=["jsonb_path_ops"])
        ]

    def __str__(self) -> str:
        return f"profile of {self.contact_id}"


class Correction(models.Model):
    """What a person said of a trait: right, wrong, or something else. It outlives refreshes."""

    class Trait(models.TextChoices):
        INTEREST = "interest"
        CATEGORY = "category"
        SENTIMENT = "sentiment", "mood"
        ASPECT = "aspect", "opinion of"
        PURCHASE_INTENT = "purchase_intent", "intent to buy"
        RFM = "rfm", "buying value"
        HABIT = "habit"
        CLUSTER = "cluster", "group"

    class Action(models.TextChoices):
        CONFIRM = "confirm", "is right"
        REMOVE = "remove", "is removed"
        SET = "set", "is set"

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="corrections")
    trait = models.CharField(max_length=20, choices=Trait.choices)
    name = models.CharField(
        max_length=200,
        blank=True,
        help_text="Which one, e.g. the interest; empty where one is all.",
    )
    action = models.CharField(max_length=10, choices=Action.choices)
    value = models.JSONField(null=True, blank=True, help_text="What it is set to.")
    before = models.JSONField(null=True, blank=True, help_text="What had been inferred.")
    reason = models.CharField(max_length=300, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["trait", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "trait", "name"], name="correction_once_per_trait"
            ),
            models.CheckConstraint(
                condition=~models.Q(action="set") | models.Q(value__isnull=False),
                name="correction_set_has_a_value",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_trait_display()} {self.name} {self.get_action_display()}"


class Segment(Timestamped):
    """A named group of contacts: those a rule describes, or those of a cluster."""

    class Kind(models.TextChoices):
        RULE = "rule", "contacts that match a rule"
        CLUSTER = "cluster", "contacts of a cluster"

    key = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    rule = models.JSONField(
        null=True,
        blank=True,
        help_text="Who belongs, in the rule language (docs/reference/segment-rules.md).",
    )
    cluster = models.ForeignKey(
        Cluster, null=True, blank=True, on_delete=models.PROTECT, related_name="segments"
    )
    portrait = models.TextField(
        blank=True, help_text="Who they are, in a sentence or two. A person may rewrite it."
    )
    traits = models.JSONField(default=dict, blank=True)
    size = models.PositiveIntegerField(null=True, blank=True, editable=False)
    built_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="rule", rule__isnull=False, cluster__isnull=True)
                | models.Q(kind="cluster", cluster__isnull=False, rule__isnull=True),
                name="segment_has_a_rule_or_a_cluster",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A contact belongs to a segment, as of the segment's last build."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="memberships")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="memberships")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["segment", "contact"], name="membership_once")
        ]

    def __str__(self) -> str:
        return f"{self.contact_id} in {self.segment_id}"
