"""How a knowledge base answers, in versions; which are compared; what wording has cost."""

from __future__ import annotations

from django.db import models

from assistant.answering.prompting import NEWEST, PROMPTS, TONES
from assistant.models.knowledge import KnowledgeBase
from core.models import Timestamped
from experiments.models import Arm, Experiment


class Policy(Timestamped):
    """A way to answer. Once it has answered it never changes: another version is another row."""

    base = models.ForeignKey(KnowledgeBase, on_delete=models.CASCADE, related_name="policies")
    name = models.CharField(max_length=80)
    version = models.PositiveIntegerField(default=1, editable=False)
    generator = models.CharField(
        max_length=300,
        blank=True,
        help_text="The language model that words answers, one of ASSISTANT_GENERATORS; empty: "
        "answers are sentences of the documents, word for word.",
    )
    prompt_version = models.CharField(
        max_length=30, default=NEWEST, choices=[(version, version) for version in PROMPTS]
    )
    tone = models.CharField(
        max_length=10, choices=[(tone, tone) for tone in TONES], default=TONES[0]
    )
    lexical_weight = models.FloatField(
        null=True, blank=True, help_text="0 to 1: how much words count; empty: as the base says."
    )
    lexical_weight_pages = models.FloatField(
        null=True, blank=True, help_text="The same for pages and files."
    )
    refusal_threshold = models.FloatField(
        null=True, blank=True, help_text="Below it there is no evidence; empty: as the base says."
    )
    passages_max = models.PositiveSmallIntegerField(
        default=5, help_text="1 to 5: out of how many passages an answer is made."
    )
    is_live = models.BooleanField(default=False, editable=False)
    answered_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When it first answered, and was frozen."
    )

    class Meta:
        ordering = ["base", "name", "-version"]
        verbose_name_plural = "policies"
        constraints = [
            models.UniqueConstraint(fields=["base", "name", "version"], name="policy_version_once"),
            models.UniqueConstraint(
                fields=["base"], condition=models.Q(is_live=True), name="policy_one_is_live"
            ),
            models.CheckConstraint(
                condition=models.Q(passages_max__range=(1, 5)),
                name="policy_passages_in_range",
                violation_error_message="passages_max must lie between 1 and 5",
            ),
            *(
                models.CheckConstraint(
                    condition=models.Q((f"{field}__isnull", True))
                    | models.Q((f"{field}__range", (0, 1))),
                    name=f"policy_{field}_in_range",
                    violation_error_message=f"{field} must lie between 0 and 1",
                )
                for field in ("lexical_weight", "lexical_weight_pages", "refusal_threshold")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


class PolicyTrial(models.Model):
    """An experiment whose arms are policies of one base."""

    base = models.ForeignKey(KnowledgeBase, on_delete=models.CASCADE, related_name="trials")
    experiment = models.OneToOneField(
        Experiment, on_delete=models.CASCADE, related_name="policy_trial"
    )
    is_open = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["base"], condition=models.Q(is_open=True), name="policy_trial_one_is_open"
            )
        ]

    def __str__(self) -> str:
        return str(self.experiment)


class PolicyArm(models.Model):
    """Which policy an arm stands for."""

    trial = models.ForeignKey(PolicyTrial, on_delete=models.CASCADE, related_name="arms")
    arm = models.OneToOneField(Arm, on_delete=models.CASCADE, related_name="+")
    policy = models.ForeignKey(Policy, on_delete=models.RESTRICT, related_name="arms")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["trial", "policy"], name="policy_arm_once_per_trial")
        ]

    def __str__(self) -> str:
        return f"{self.arm}: {self.policy}"


class WordingDay(models.Model):
    """What language models were given and paid for a base on a day (UTC), promises included."""

    base = models.ForeignKey(KnowledgeBase, on_delete=models.CASCADE, related_name="wording_days")
    day = models.DateField()
    tokens = models.PositiveBigIntegerField()
    cost = models.DecimalField(max_digits=14, decimal_places=6)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["base", "day"], name="wording_day_once"),
        ]

    def __str__(self) -> str:
        return f"{self.base} on {self.day}"
