"""The rows of plans: who gets what, decided from past experiments."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from audience.models import Contact, Segment
from catalog.models import Offer
from core.models import Timestamped
from experiments.models import Arm, Experiment


class Plan(Timestamped):
    """What to do for whom under limits, what that is expected to bring, and how it is proved."""

    class Status(models.TextChoices):
        DRAFT = "draft"
        PROPOSED = "proposed"
        APPROVED = "approved"
        RUNNING = "running"
        PROVEN = "proven"

    class Learner(models.TextChoices):
        S = "s", "linear, held back (S-learner)"
        T = "t", "linear, an arm at a time (T-learner)"
        X = "x", "linear, imputed effects (X-learner)"
        DR = "dr", "linear, doubly robust (DR-learner)"
        BOOSTING = "boosting", "trees, doubly robust: for effects with steps and corners"

    class Channel(models.TextChoices):
        EMAIL = "email"
        SMS = "sms", "SMS"
        PUSH = "push", "push message"

    key = models.SlugField(max_length=50, unique=True, help_text="Salts the holdout; stays.")
    name = models.CharField(max_length=120)
    status = models.CharField(
        max_length=10, choices=Status.choices, default=Status.DRAFT, editable=False
    )
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.EMAIL)
    segment = models.ForeignKey(
        Segment, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="Whom to plan for; empty: everyone.",
    )  # fmt: skip
    goal_event = models.CharField(max_length=200, default="Order Completed")
    value_per_conversion = models.DecimalField(
        max_digits=12, decimal_places=2, null=True, blank=True,
        help_text="What one goal event is worth; empty: the event's own value, as its revenue.",
    )  # fmt: skip
    window_days = models.PositiveSmallIntegerField(
        default=14, help_text="Days after somebody was assigned in which sales count."
    )
    margin = models.FloatField(help_text="Share of the full price that is left, e.g. 0.4.")
    control_is_message = models.BooleanField(
        "the control got the usual message", default=False,
        help_text="Then nobody was left alone, and profits are against the usual message.",
    )  # fmt: skip
    message_cost = models.DecimalField(
        max_digits=8, decimal_places=4, default=0, help_text="Of one message."
    )
    learner = models.CharField(max_length=10, choices=Learner.choices, default=Learner.S)
    attribute_names = ArrayField(
        models.CharField(max_length=100), default=list, blank=True,
        help_text="Attributes of contacts that were known before the experiments began.",
    )  # fmt: skip
    budget = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    most_contacts = models.PositiveIntegerField(null=True, blank=True)
    most_messages = models.PositiveSmallIntegerField(null=True, blank=True)
    message_days = models.PositiveSmallIntegerField(default=7)
    holdout_share = models.FloatField(default=0.1)
    reached_tolerance = models.FloatField(default=0.05)
    discount_tolerance = models.FloatField(default=0.01)
    is_mended = models.BooleanField("bring an unfair plan within the rule", default=True)
    random_state = models.PositiveBigIntegerField(default=0, editable=False)
    requested_at = models.DateTimeField(null=True, editable=False)
    claimed_at = models.DateTimeField(null=True, editable=False)
    stage = models.CharField(max_length=80, blank=True, editable=False)
    done = models.PositiveSmallIntegerField(default=0, editable=False, help_text="Percent.")
    error = models.TextField(blank=True, editable=False)
    results = models.JSONField(default=dict, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+",
        editable=False,
    )  # fmt: skip
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+",
        editable=False,
    )  # fmt: skip
    approved_at = models.DateTimeField(null=True, editable=False)
    experiment = models.OneToOneField(
        Experiment, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    started_at = models.DateTimeField(null=True, editable=False)
    proven_at = models.DateTimeField(null=True, editable=False)
    archived_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-created_at"]
        permissions = [("approve_plan", "Can approve and start a plan")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(margin__gt=0, margin__lte=1),
                name="plan_margin_is_a_share",
                violation_error_message="margin: give the share of the price that is left, as 0.4",
            ),
            models.CheckConstraint(
                condition=models.Q(holdout_share__gte=0.01, holdout_share__lte=0.5),
                name="plan_holdout_is_a_share",
                violation_error_message="holdout_share must lie between 0.01 and 0.5",
            ),
            models.CheckConstraint(
                condition=models.Q(reached_tolerance__range=(0, 1))
                & models.Q(discount_tolerance__range=(0, 1)),
                name="plan_tolerances_are_shares",
                violation_error_message="tolerances must lie between 0 and 1",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["draft", "proposed"])
                | models.Q(approved_at__isnull=False),
                name="plan_approved_has_a_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=["running", "proven"])
                | models.Q(experiment__isnull=False, started_at__isnull=False),
                name="plan_running_has_an_experiment",
            ),
            models.CheckConstraint(
                condition=models.Q(archived_at__isnull=True) | models.Q(status="proven"),
                name="plan_archived_was_proven",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether limits and actions may still change."""
        return self.status in (self.Status.DRAFT, self.Status.PROPOSED)

    @property
    def may_be_deleted(self) -> bool:
        """Whether it never began; what began is the record of what was done."""
        return self.started_at is None

    @property
    def over(self) -> str:
        """The channel, as it stands in a sentence."""
        return {"sms": "SMS", "push": "push messages"}.get(self.channel, self.channel)

    @property
    def others(self) -> str:
        """What those get whom no action is chosen for."""
        return "the usual message" if self.control_is_message else "left alone"

    @property
    def is_working(self) -> bool:
        """Whether a worker has it, or is to get it."""
        return self.requested_at is not None


class PlanAction(models.Model):
    """Something a plan may do: an arm of a finished experiment, and what it was."""

    class Kind(models.TextChoices):
        ANGLE = "angle", "an angle of copy"
        OFFER = "offer", "an offer with a discount"
        CATEGORY = "category", "products of a category"

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="actions")
    position = models.PositiveSmallIntegerField(help_text="1, 2, …; 0 is being left alone.")
    arm = models.ForeignKey(Arm, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.ANGLE)
    offer = models.ForeignKey(
        Offer, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    discount = models.FloatField(
        default=0, help_text="Share of the price taken off; an offer in percent says it itself."
    )
    category = models.CharField(max_length=200, blank=True)
    message_cost = models.DecimalField(max_digits=8, decimal_places=4, default=0)
    people = models.PositiveIntegerField(null=True, editable=False)
    expected_profit = models.FloatField(null=True, editable=False)
    segment = models.ForeignKey(
        Segment, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    campaign = models.OneToOneField(
        "campaigns.Campaign", null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )

    class Meta:
        ordering = ["plan", "position"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "position"], name="plan_action_once"),
            models.UniqueConstraint(fields=["plan", "arm"], name="plan_arm_once"),
            models.CheckConstraint(
                condition=models.Q(discount__gte=0, discount__lt=1),
                name="plan_discount_is_a_share",
                violation_error_message="discount must lie between 0 and below 1",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PlanContact(models.Model):
    """What a plan does for one contact. A held-out contact gets nothing, for the proof."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="contacts")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField(help_text="Of the action; 0: left alone.")
    expected_profit = models.FloatField()
    cost = models.FloatField()
    place = models.PositiveSmallIntegerField(help_text="Of the segment in the plan's explanation.")
    is_held_out = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "contact"], name="plan_contact_once")
        ]

    def __str__(self) -> str:
        return f"{self.contact_id} in plan {self.plan_id}"
