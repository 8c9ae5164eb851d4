"""The forms of a plan: where it learns from, what it may use, and what each action was."""

from __future__ import annotations

from typing import Any

from django import forms

from audience.models import Segment
from campaigns.models import BrandVoice, Plan, PlanAction, Template
from campaigns.selectors.plans import (
    attribute_choices,
    finished_experiments,
    plan_key,
    usual_margin,
)
from catalog.models import Offer
from core.errors import CopyliftError, InputRefused
from events.widgets import PlainEventNameInput

PERCENTS = {
    "margin": 100,
    "holdout_share": 100,
    "reached_tolerance": 100,
    "discount_tolerance": 100,
}
PLAIN = (
    "name", "channel", "segment", "goal_event", "value_per_conversion", "window_days",
    "control_is_message", "message_cost", "learner", "budget", "most_contacts", "most_messages",
    "message_days", "is_mended",
)  # fmt: skip
EXPERIMENT_HELP = "Their arms are what the plan may do; only what was tested can be planned."


def _number(**attributes: object) -> forms.NumberInput:
    return forms.NumberInput(attrs={"class": "cl-input", "step": "any", **attributes})


def _select() -> forms.Select:
    return forms.Select(attrs={"class": "cl-input"})


class PlanForm(forms.Form):
    """Shares are asked for in percent."""

    name = forms.CharField(
        label="Name", max_length=100, widget=forms.TextInput(attrs={"class": "cl-input"})
    )
    experiments: forms.ModelMultipleChoiceField = forms.ModelMultipleChoiceField(
        label="Learn from", queryset=None, widget=forms.CheckboxSelectMultiple,
        help_text=EXPERIMENT_HELP,
    )  # fmt: skip
    segment = forms.ModelChoiceField(
        label="Plan for", queryset=Segment.objects.order_by("name"), required=False,
        empty_label="Everyone", widget=_select(),
    )  # fmt: skip
    channel = forms.ChoiceField(label="Over", choices=Plan.Channel.choices, widget=_select())
    goal_event = forms.CharField(
        label="What counts as a sale", max_length=200,
        widget=PlainEventNameInput({"class": "cl-input"}),
    )  # fmt: skip
    value_per_conversion = forms.DecimalField(
        label="Worth of a sale", required=False, min_value=0, max_digits=12, decimal_places=2,
        widget=_number(), help_text="Empty: what the sale's event says.",
    )  # fmt: skip
    window_days = forms.IntegerField(
        label="Days in which sales count", min_value=1, max_value=365, widget=_number()
    )
    margin = forms.FloatField(
        label="Margin", min_value=0.1, max_value=100, widget=_number(),
        help_text="Percent of the full price that is left after what goods cost.",
    )  # fmt: skip
    message_cost = forms.DecimalField(
        label="Cost of a message", min_value=0, max_digits=8, decimal_places=4, widget=_number()
    )
    control_is_message = forms.BooleanField(
        label="In these experiments, the control got the usual message", required=False,
        help_text="Then profits are against the usual message, and nobody is left without one.",
    )  # fmt: skip
    budget = forms.DecimalField(
        label="Budget", required=False, min_value=0, max_digits=14, decimal_places=2,
        widget=_number(), help_text="For messages and discounts together. Empty: no limit.",
    )  # fmt: skip
    most_contacts = forms.IntegerField(
        label="People reached at most", required=False, min_value=0, widget=_number(),
        help_text="Empty: no limit.",
    )  # fmt: skip
    most_messages = forms.IntegerField(
        label="Messages a person at most", required=False, min_value=1, widget=_number(),
        help_text="This one included. Empty: no limit.",
    )  # fmt: skip
    message_days = forms.IntegerField(
        label="… in so many days", min_value=1, max_value=365, widget=_number()
    )
    holdout_share = forms.FloatField(
        label="Kept out for the proof", min_value=1, max_value=50, widget=_number(),
        help_text="Percent, drawn by chance.",
    )  # fmt: skip
    reached_tolerance = forms.FloatField(
        label="Reached share: apart at most", min_value=0, max_value=100, widget=_number(),
        help_text="Percentage points between any group and everybody.",
    )  # fmt: skip
    discount_tolerance = forms.FloatField(
        label="Mean discount: apart at most", min_value=0, max_value=100, widget=_number(),
        help_text="Percentage points of the price.",
    )  # fmt: skip
    is_mended = forms.BooleanField(
        label="Bring an unfair plan within these limits", required=False,
        help_text="Otherwise it cannot be approved.",
    )  # fmt: skip
    attribute_names = forms.MultipleChoiceField(
        label="What else may be known of people", required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Tick only what was known before the experiments and did not change through "
        "them. Protected attributes are not on offer.",
    )  # fmt: skip
    learner = forms.ChoiceField(label="Learner", choices=Plan.Learner.choices, widget=_select())

    def __init__(self, *args: Any, plan: Plan | None = None, **kw: Any):
        kw["initial"] = {**_initial(plan), **kw.pop("initial", {})}
        super().__init__(*args, **kw)
        self.plan = plan
        _offer_choices(self.fields["attribute_names"], attribute_choices())
        if plan is None:
            sources: Any = self.fields["experiments"]
            sources.queryset = finished_experiments()
        else:
            del self.fields["experiments"]

    def apply(self) -> Plan:
        """The plan with what was typed; not saved."""
        plan = self.plan or Plan(key=plan_key(self.cleaned_data["name"]))
        for field in (*PLAIN, "attribute_names"):
            setattr(plan, field, self.cleaned_data[field])
        for field, factor in PERCENTS.items():
            setattr(plan, field, self.cleaned_data[field] / factor)
        return plan

    def refuse(self, refusal: CopyliftError) -> None:
        """Show a service's refusal at the field it names."""
        field = refusal.field if isinstance(refusal, InputRefused) else ""
        self.add_error(field if field in self.fields else None, str(refusal))


class ActionForm(forms.ModelForm):
    """What an arm was."""

    percent = forms.FloatField(
        label="Discount", min_value=0, max_value=99, required=False, widget=_number(),
        help_text="Percent; an offer in percent says it itself.",
    )  # fmt: skip

    class Meta:
        model = PlanAction
        fields = ["name", "kind", "offer", "category", "message_cost"]
        widgets = {
            "name": forms.TextInput(attrs={"class": "cl-input"}),
            "kind": _select(),
            "offer": _select(),
            "category": forms.TextInput(attrs={"class": "cl-input"}),
            "message_cost": _number(),
        }

    def __init__(self, *args: Any, **kw: Any):
        super().__init__(*args, **kw)
        self.fields["percent"].initial = float(f"{100 * self.instance.discount:.4g}")
        offers: Any = self.fields["offer"]
        offers.queryset, offers.empty_label = Offer.objects.order_by("name"), "none"

    def apply(self) -> PlanAction:
        """The action with what was typed; not saved."""
        action = self.save(commit=False)
        action.discount = (self.cleaned_data["percent"] or 0.0) / 100
        return action


class CampaignsForm(forms.Form):
    """What every campaign of a plan begins with."""

    template: forms.ModelChoiceField = forms.ModelChoiceField(
        label="Template", queryset=None, widget=_select()
    )
    brand_voice = forms.ModelChoiceField(
        label="Brand voice", queryset=BrandVoice.objects.order_by("name"), widget=_select()
    )

    def __init__(self, plan: Plan, *args: Any, **kw: Any):
        super().__init__(*args, **kw)
        templates: Any = self.fields["template"]
        templates.queryset = Template.objects.filter(channel=plan.channel).order_by("name")
        if not templates.queryset.exists():
            templates.help_text = f"There is no template for {plan.over} yet."


def action_forms(plan: Plan, posted: Any = None) -> list[ActionForm]:
    """A form for each action of a plan."""
    actions = plan.actions.select_related("arm__experiment", "offer").order_by("position")
    return [
        ActionForm(posted, instance=action, prefix=f"action-{action.position}")
        for action in actions
    ]


def _initial(plan: Plan | None) -> dict[str, Any]:
    given = plan or Plan(margin=usual_margin() or 0.4)
    shares = {name: float(f"{factor * getattr(given, name):.4g}")
              for name, factor in PERCENTS.items()}  # fmt: skip
    return {name: getattr(given, name) for name in (*PLAIN, "attribute_names")} | shares


def _offer_choices(field: forms.Field, names: list[str]) -> None:
    choices: Any = field
    choices.choices = [(name, name) for name in names]
