"""Campaigns: the one place where people, products, copy and experiment meet."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from audience.models import Segment, SegmentSnapshot
from campaigns.plan_rows import Plan as Plan
from campaigns.plan_rows import PlanAction as PlanAction
from campaigns.plan_rows import PlanContact as PlanContact
from catalog.models import Offer
from core.models import Timestamped
from experiments.models import Experiment
from generation.channels import fields_of
from generation.models import Draft, GenerationJob


class BrandVoice(Timestamped):
    """How the brand speaks: what it says, what it never says."""

    class Tone(models.TextChoices):
        WARM = "warm"
        PLAIN = "plain"
        PLAYFUL = "playful"
        PREMIUM = "premium"

    name = models.CharField(max_length=100, unique=True)
    brand_name = models.CharField(max_length=100, help_text="As it appears in copy.")
    tone = models.CharField(max_length=10, choices=Tone.choices, default=Tone.WARM)
    descriptors = models.TextField(blank=True, help_text="A few words on how the brand sounds.")
    banned_terms = ArrayField(
        models.CharField(max_length=100),
        default=list,
        blank=True,
        help_text="Never used, comma-separated.",
    )
    required_terms = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    approved_claims = ArrayField(
        models.CharField(max_length=200),
        default=list,
        blank=True,
        help_text="Facts and numbers copy may state.",
    )
    dos = ArrayField(
        models.CharField(max_length=200),
        default=list,
        blank=True,
        help_text="What the brand does, e.g. speaks to one person.",
    )
    donts = ArrayField(
        models.CharField(max_length=200),
        default=list,
        blank=True,
        verbose_name="don'ts",
        help_text="What the brand does not do, e.g. shout.",
    )
    examples = models.TextField(
        blank=True,
        help_text="Sentences the brand has written and would write again, one a line. Writers take "
        "their voice from them; the house copywriter takes whole sentences.",
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    def __str__(self) -> str:
        return self.name


class BrandVoiceVersion(models.Model):
    """A brand voice as it once was: drafts name the version they were written with."""

    voice = models.ForeignKey(BrandVoice, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["voice", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["voice", "number"], name="voice_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.voice} v{self.number}"


class Worded(models.Model):
    """A row that holds copy: an email in columns of its own, any other channel in `content`.

    Read and written through `campaigns.wording`, which knows the difference.
    """

    class Channel(models.TextChoices):
        EMAIL = "email", "email"
        SMS = "sms", "SMS"
        PUSH = "push", "push message"
        AD = "ad", "ad"
        BANNER = "banner", "web banner"

    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.EMAIL)
    content = models.JSONField(default=dict, blank=True, editable=False)

    class Meta:
        abstract = True


def worded_in_one_place(name: str) -> models.CheckConstraint:
    """An email has columns and no `content`; every other channel the other way round."""
    email = models.Q(channel="email", content={})
    other = models.Q(subject="", preheader="", body="", call_to_action="")
    return models.CheckConstraint(
        condition=email | (other & ~models.Q(channel="email") & ~models.Q(content={})), name=name
    )


class Template(Worded, Timestamped):
    """The human control copy, and the frame every variant keeps: merge tags, call to action."""

    class Kind(models.TextChoices):
        RECOMMENDATION = "recommendation"
        PROMOTION = "promotion"
        WINBACK = "winback", "win-back"
        LAUNCH = "launch", "new arrivals"
        SERVICE = "service"

    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.PROMOTION)
    subject = models.CharField(max_length=200, blank=True)
    preheader = models.CharField(max_length=200, blank=True)
    body = models.TextField(
        blank=True,
        help_text="Liquid: {{ first_name | default: 'there' }}, {{ offer }}, {{ url }} …",
    )
    call_to_action = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [worded_in_one_place("template_worded_in_one_place")]

    def __str__(self) -> str:
        return self.name


class Campaign(Timestamped):
    class Status(models.TextChoices):
        DRAFT = "draft"
        GENERATING = "generating"
        REVIEW = "review", "in review"
        LIVE = "live"
        PAUSED = "paused"
        FINISHED = "finished"

    class Membership(models.TextChoices):
        SNAPSHOT = "snapshot", "those in its segments at launch"
        LIVE = "live", "those in its segments at the moment of sending"

    key = models.SlugField(max_length=60, unique=True, help_text="What email tools call it by.")
    name = models.CharField(max_length=120)
    status = models.CharField(
        max_length=12, choices=Status.choices, default=Status.DRAFT, editable=False
    )
    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="campaigns")
    brand_voice = models.ForeignKey(BrandVoice, on_delete=models.PROTECT, related_name="campaigns")
    offer = models.ForeignKey(
        Offer, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    segments = models.ManyToManyField(Segment, through="CampaignSegment", related_name="+")
    angles = ArrayField(
        models.CharField(max_length=40), help_text="The copy strategies under test."
    )
    goal_event = models.CharField(
        max_length=200,
        default="Order Completed",
        help_text="The event that counts as a conversion.",
    )
    membership = models.CharField(
        max_length=10,
        choices=Membership.choices,
        default=Membership.SNAPSHOT,
        verbose_name="who takes part",
        help_text="“At launch”: later builds change nobody’s segment. “At the moment of sending”: "
        "for mail that goes on, as a welcome does.",
    )
    candidates = models.PositiveSmallIntegerField(
        default=3, help_text="Candidates to write per segment and angle."
    )
    job = models.ForeignKey(
        GenerationJob,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
    )
    experiment = models.OneToOneField(
        Experiment,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
    )
    launched_at = models.DateTimeField(null=True, blank=True, editable=False)
    token_version = models.PositiveIntegerField(
        default=1,
        db_default=1,
        editable=False,
        help_text="Counted up, it makes the campaign's old token worthless.",
    )

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(angles__len__gt=0), name="campaign_has_an_angle"
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=["live", "paused", "finished"])
                | models.Q(experiment__isnull=False, launched_at__isnull=False),
                name="campaign_live_has_an_experiment",
            ),
        ]
        permissions = [("launch_campaign", "Can put a campaign live")]

    def __str__(self) -> str:
        return self.name

    @property
    def channel(self) -> str:
        """What the campaign is sent over: the template says it."""
        return self.template.channel


class CampaignSegment(models.Model):
    """A segment of a campaign; a contact in several belongs to the one that stands first."""

    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, related_name="campaign_segments"
    )
    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, related_name="+")
    snapshot = models.ForeignKey(
        SegmentSnapshot,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        help_text="Who was in it at launch; none: whoever is in it now.",
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["campaign", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "segment"], name="campaign_segment_once")
        ]

    def __str__(self) -> str:
        return str(self.segment)


class Variant(Worded, Timestamped):
    """Copy of one angle for one segment, on its way through review; one of each goes live."""

    class Status(models.TextChoices):
        IN_REVIEW = "in_review", "in review"
        APPROVED = "approved"
        REJECTED = "rejected"

    class Origin(models.TextChoices):
        HUMAN = "human", "written by a person"
        GENERATED = "generated"
        EDITED = "edited", "generated, edited by a person"

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="variants")
    segment = models.ForeignKey(
        Segment,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Empty: for everyone else.",
    )
    angle = models.CharField(max_length=40, help_text="The arm; “control” is the human copy.")
    draft = models.OneToOneField(
        Draft, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    origin = models.CharField(max_length=10, choices=Origin.choices)
    subject = models.CharField(max_length=300, blank=True)
    preheader = models.CharField(max_length=300, blank=True)
    body = models.TextField(blank=True)
    call_to_action = models.CharField(max_length=100, blank=True)
    findings = models.JSONField(default=list, editable=False)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.IN_REVIEW)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    review_note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["campaign", "segment", "angle", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "segment", "angle"],
                condition=models.Q(status="approved"),
                nulls_distinct=False,
                name="variant_one_approved_per_cell",
            ),
            models.CheckConstraint(
                condition=~models.Q(angle="control") | models.Q(origin="human"),
                name="variant_control_is_human",
            ),
            models.CheckConstraint(
                condition=models.Q(status="in_review") | models.Q(reviewed_at__isnull=False),
                name="variant_reviewed_has_a_time",
            ),
            worded_in_one_place("variant_worded_in_one_place"),
        ]
        permissions = [("approve_variant", "Can approve or reject copy")]

    def __str__(self) -> str:
        return self.opening

    @property
    def opening(self) -> str:
        """What a reader sees first, and what the text is called by on a page."""
        return self.subject or str(self.content.get(fields_of(self.channel)[0], ""))


class GuardrailOverride(models.Model):
    """A person let a blocking rule pass for one text, word for word, and said why."""

    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="overrides")
    rule = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the text it holds for.")
    messages = models.JSONField(help_text="What the rule said.")
    reason = models.CharField(max_length=300)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["variant", "rule", "digest"], name="override_once_per_text"
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="override_has_a_reason"),
        ]
        permissions = [("override_guardrail", "Can overrule a guardrail, with a reason")]

    def __str__(self) -> str:
        return f"{self.rule}: {self.reason}"


class VariantEdit(models.Model):
    """What a person changed in copy: kept as a pair, to learn from.

    `brief_key` and `brief` say what the text was written for, at the time.
    """

    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="edits")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)
    before = models.JSONField()
    after = models.JSONField()
    brief_key = models.CharField(max_length=200, blank=True)
    brief = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"edit of {self.variant_id}"
