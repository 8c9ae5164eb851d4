"""The launch form: what is measured, how one may look, who gets what; and what it all costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms

from campaigns.briefs import angle_name
from campaigns.cells import CONTROL
from campaigns.models import Campaign
from campaigns.services.campaigns import default_metrics
from core.errors import CopyliftError, InputRefused
from experiments.models import Experiment
from experiments.plans import MetricSpec
from experiments.selectors import metric_from, saved_metrics

DEFAULT_GOAL = "default"
ASSIGNMENTS = " or ".join(Experiment.Assignment.values)
LOOKS = [
    ("", "As the sample says: one look with a planned sample, any time without"),
    *Experiment.Looks.choices,
]
# What the services call a setting, and where it stands in the form.
FIELD_OF = {"metrics": "goals", "weights": "weight_control", "arms": "weight_control"}


def _input(**attributes: object) -> dict[str, Any]:
    return {"class": "cl-input", **attributes}


class LaunchForm(forms.Form):
    """Every field may be left as it is: then the campaign's own goal is tested, in equal shares."""

    assignment = forms.ChoiceField(
        label="Who splits the traffic?",
        choices=Experiment.Assignment.choices,
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": f"assignment: choose {ASSIGNMENTS}"},
    )
    goals = forms.MultipleChoiceField(
        label="Goals", widget=forms.CheckboxSelectMultiple, required=False,
        help_text="The verdict rests on them. Each further goal costs power: one is best.",
    )  # fmt: skip
    guardrails = forms.MultipleChoiceField(
        label="Guardrails", widget=forms.CheckboxSelectMultiple, required=False,
        help_text="What must not get worse. With a margin, a loss as large must be ruled out.",
    )  # fmt: skip
    planned_units = forms.IntegerField(
        label="Planned sample", required=False, min_value=2, max_value=2_000_000_000,
        widget=forms.NumberInput(attrs=_input(inputmode="numeric")),
        help_text="People in all arms together. Empty: none is planned.",
    )  # fmt: skip
    looks = forms.ChoiceField(
        label="How may one look?", choices=LOOKS, required=False,
        widget=forms.Select(attrs=_input()),
    )  # fmt: skip
    planned_looks = forms.IntegerField(
        label="Number of looks", required=False, min_value=2, max_value=20,
        widget=forms.NumberInput(attrs=_input()),
        help_text="At equal steps to the planned sample.",
    )  # fmt: skip
    spending = forms.ChoiceField(
        label="How strict is an early look?", choices=Experiment.Spending.choices, required=False,
        widget=forms.Select(attrs=_input()),
    )  # fmt: skip
    correction = forms.ChoiceField(
        label="Correction for several comparisons", choices=Experiment.Correction.choices,
        required=False, widget=forms.Select(attrs=_input()),
        help_text="Holm suits nearly always; Dunnett is a little sharper with several arms.",
    )  # fmt: skip
    coverage = forms.FloatField(
        label="Start with", required=False, min_value=0.1, max_value=100,
        widget=forms.NumberInput(attrs=_input(step="any")),
        help_text="Percent of the people take part. Growing later moves nobody.",
    )  # fmt: skip
    baseline = forms.FloatField(
        label="Control’s rate", required=False, min_value=0.001, max_value=99.9,
        widget=forms.NumberInput(attrs=_input(step="any")),
        help_text="Percent of people who reach the goal without the test.",
    )  # fmt: skip
    lift = forms.FloatField(
        label="Smallest lift worth finding", required=False, min_value=0.1, max_value=1000,
        widget=forms.NumberInput(attrs=_input(step="any")),
        help_text="Percent, relative to control’s rate.",
    )  # fmt: skip

    def __init__(self, *args: Any, campaign: Campaign, baseline: float | None = None, **kw: Any):
        self.campaign = campaign
        self.arms = [CONTROL, *campaign.angles]
        self.library = {saved.key: saved for saved in saved_metrics()}
        kw["initial"] = {**self._defaults(baseline), **kw.pop("initial", {})}
        super().__init__(*args, **kw)
        kept = [(key, f"{saved.name} ({saved.kind})") for key, saved in self.library.items()]
        _offer(self.fields["goals"], [(DEFAULT_GOAL, f"“{campaign.goal_event}” done"), *kept])
        _offer(self.fields["guardrails"], kept)
        for arm in self.arms:
            self.fields[_weight(arm)] = forms.FloatField(
                label=angle_name(arm), required=False, min_value=0, max_value=100,
                widget=forms.NumberInput(attrs=_input(step="any")),
            )  # fmt: skip

    def _defaults(self, baseline: float | None) -> dict[str, Any]:
        share = round(100 / len(self.arms), 2)
        return {
            "assignment": Experiment.Assignment.HASH,
            "goals": [DEFAULT_GOAL],
            "planned_looks": 5,
            "spending": Experiment.Spending.OBRIEN_FLEMING,
            "correction": Experiment.Correction.HOLM,
            "coverage": 100,
            "baseline": None if baseline is None else float(f"{baseline * 100:.3g}"),
            "lift": 10,
            **{_weight(arm): share for arm in self.arms},
        }

    @property
    def weight_fields(self) -> list[forms.BoundField]:
        return [self[_weight(arm)] for arm in self.arms]

    @property
    def has_folded_errors(self) -> bool:
        """Whether what is folded away has to be seen."""
        folded = {"coverage", "correction", *map(_weight, self.arms)}
        return self.is_bound and bool(folded & set(self.errors))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for key in set(cleaned.get("goals") or ()) & set(cleaned.get("guardrails") or ()):
            name = self.library[key].name
            self.add_error("guardrails", f"“{name}” is a goal already: take it out of one of them.")
        is_planned = cleaned.get("looks") == Experiment.Looks.GROUP_SEQUENTIAL
        if is_planned and not cleaned.get("planned_units") and "planned_units" not in self.errors:
            self.add_error(
                "planned_units", "Planned looks need a planned sample: give the number of people."
            )
        return cleaned

    def weights(self) -> dict[str, float] | None:
        """Shares of 1 by arm; None: equal. A sum a hair off 100 comes from rounding."""
        given = [self.cleaned_data.get(_weight(arm)) for arm in self.arms]
        equal = self._defaults(None)[_weight(CONTROL)]
        if all(percent is None or percent == equal for percent in given):
            return None
        shares = [(percent or 0.0) / 100 for percent in given]
        total = sum(shares)
        if abs(total - 1) > 0.0011:
            raise InputRefused(
                f"The arms’ shares must sum to 100 %; the sum is {total * 100:g} %.",
                field="weights",
            )
        return dict(zip(self.arms, (share / total for share in shares), strict=True))

    @property
    def rule(self) -> str:
        """How one may look, as the services would take what is chosen so far."""
        chosen = self.cleaned_data.get("looks")
        default = Experiment.Looks.FIXED if self.cleaned_data.get("planned_units") else None
        return chosen or default or Experiment.Looks.ANYTIME

    def metrics(self) -> list[MetricSpec]:
        """Goals in the order of the form, then guardrails; revenue beside the default goal."""
        goals = self.cleaned_data.get("goals") or [DEFAULT_GOAL]
        usual = default_metrics(self.campaign.goal_event) if DEFAULT_GOAL in goals else []
        chosen = [self._kept(key, "goal") for key in goals if key != DEFAULT_GOAL]
        guards = [self._kept(key, "guardrail") for key in self.cleaned_data.get("guardrails") or []]
        taken = {metric.key for metric in (*chosen, *guards)}
        first = [metric for metric in usual if metric.role == "goal"]
        beside = [metric for metric in usual if metric.role != "goal" and metric.key not in taken]
        return [*_renamed(first, taken), *chosen, *beside, *guards]

    def _kept(self, key: str, role: str) -> MetricSpec:
        return metric_from(self.library[key], role=role)

    def options(self) -> dict[str, Any]:
        """The settings as `campaign_launch` takes them; what was left empty is left out."""
        cleaned = self.cleaned_data
        given = {
            "planned_units": cleaned.get("planned_units"),
            "looks": cleaned.get("looks") or None,
            "planned_looks": cleaned.get("planned_looks"),
            "spending": cleaned.get("spending") or None,
            "correction": cleaned.get("correction") or None,
            "coverage": None if cleaned.get("coverage") is None else cleaned["coverage"] / 100,
        }
        return {
            "assignment": cleaned.get("assignment") or Experiment.Assignment.HASH,
            "weights": self.weights(),
            "metrics": self.metrics(),
            **{name: value for name, value in given.items() if value is not None},
        }

    def refuse(self, refusal: CopyliftError) -> None:
        """Show a service's refusal at the field it names."""
        named = refusal.field if isinstance(refusal, InputRefused) else ""
        field = FIELD_OF.get(named, named)
        self.add_error(field if field in self.fields else None, str(refusal))


def _weight(arm: str) -> str:
    return f"weight_{arm}"


def _offer(field: forms.Field, choices: Sequence[tuple[str, str]]) -> None:
    assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101
    field.choices = choices


def _renamed(metrics: Sequence[MetricSpec], taken: set[str]) -> list[MetricSpec]:
    """The default goal makes way where the library has its key."""
    return [
        replace(metric, key=f"{metric.key}-default") if metric.key in taken else metric
        for metric in metrics
    ]


def as_typed(form: LaunchForm) -> dict[str, Any]:
    """The form's initial values, as if somebody had sent them off unchanged."""
    return {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
