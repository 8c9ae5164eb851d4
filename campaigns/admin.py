"""Campaigns and what they are made of, in the admin; they are steered from web's pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from campaigns.forms import template_form
from campaigns.models import BrandVoice, Campaign, CampaignSegment, Template, Variant
from campaigns.services import brand_voice_save
from campaigns.wording import copy_of
from core.admin import ReadOnlyAdmin
from events.widgets import EventNameInput
from generation.angles import ANGLES
from generation.channels import CHANNEL_NAMES, EMAIL, fields_of

STATUS_LABELS = {
    Campaign.Status.DRAFT.label: "default",
    Campaign.Status.GENERATING.label: "info",
    Campaign.Status.REVIEW.label: "info",
    Campaign.Status.LIVE.label: "success",
    Campaign.Status.PAUSED.label: "warning",
    Campaign.Status.FINISHED.label: "primary",
}
OPEN_TO_CHANGE = (Campaign.Status.DRAFT, Campaign.Status.REVIEW)


@admin.register(BrandVoice)
class BrandVoiceAdmin(ModelAdmin):
    list_display = ["name", "brand_name", "tone", "never_says", "version", "updated_at"]
    search_fields = ["name", "brand_name"]
    ordering = ["name"]
    actions_detail = ["draft_from_copy", "try_it"]
    readonly_fields = ["history"]
    fieldsets = [
        (None, {"fields": ["name", ("brand_name", "tone"), "descriptors", ("dos", "donts")]}),
        (
            "What copy may and may not say",
            {
                "fields": ["banned_terms", "required_terms", "approved_claims"],
                "description": "Separate entries with commas. A text that breaks these rules "
                "cannot be approved.",
            },
        ),
        ("In its own words", {"fields": ["examples"]}),
        ("Versions", {"fields": ["history"]}),
    ]

    def save_model(self, request: HttpRequest, obj: BrandVoice, form: Any, change: Any) -> None:
        assert isinstance(request.user, User)  # noqa: S101 (the admin lets nobody else in)
        brand_voice_save(obj, actor=request.user, now=timezone.now())

    @action(description="From past copy", icon="content_paste")
    def draft_from_copy(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("web:voice_draft", args=[object_id]))

    @action(description="Try it", icon="edit_note", variant=ActionVariant.PRIMARY)
    def try_it(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("web:voice_try", args=[object_id]))

    @display(description="versions")
    def history(self, voice: BrandVoice) -> str:
        kept = voice.versions.select_related("saved_by") if voice.pk else []
        lines = (
            (one.number, date_format(one.saved_at, "DATETIME_FORMAT"), one.saved_by or "nobody")
            for one in kept
        )
        words = "<p>Version {}, {} UTC, by {}</p>"
        return format_html_join("", words, lines) or "Every save with a change makes a version."

    @display(description="never says")
    def never_says(self, voice: BrandVoice) -> str:
        return ", ".join(voice.banned_terms[:6]) or "—"


@admin.register(Template)
class TemplateAdmin(ModelAdmin):
    """The channel is chosen before the form opens, by `?channel=`, and stays for good."""

    list_display = ["name", "channel", "kind", "opening", "updated_at"]
    list_filter = ["channel", "kind"]
    search_fields = ["name", "subject"]
    ordering = ["name"]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: Any = None, **options: Any
    ) -> Any:
        options["form"] = template_form(_template_channel(request, obj))
        return super().get_form(request, obj, change=bool(change), **options)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        channel = _template_channel(request, obj)
        return [
            (None, {"fields": [("name", "kind")], "description": _channel_words(channel, obj)}),
            (
                f"The control copy: {CHANNEL_NAMES[channel]}",
                {
                    "fields": list(fields_of(channel)),
                    "description": "What you would send without Copylift. Every variant keeps its "
                    "merge tags: {{ first_name | default: 'there' }}, {{ offer }}, {{ code }}, "
                    "{{ url }}, {{ brand }}.",
                },
            ),
        ]

    @display(description="reads")
    def opening(self, template: Template) -> str:
        return copy_of(template).opening


def _template_channel(request: HttpRequest, template: Template | None) -> str:
    asked = template.channel if template else request.GET.get("channel", EMAIL)
    return asked if asked in CHANNEL_NAMES else EMAIL


def _channel_words(channel: str, template: Template | None) -> str:
    if template is not None:
        return ""
    others = ((key, name) for key, name in CHANNEL_NAMES.items() if key != channel)
    links = format_html_join(", ", '<a class="cl-link" href="?channel={}">{}</a>', others)
    return format_html("A template of another channel: {}.", links)


def _angle_choices() -> list[tuple[str, str]]:
    words = '<b>{}</b> <span class="cl-quiet">{}</span>'
    return [
        (angle.key, format_html(words, angle.name, angle.instruction)) for angle in ANGLES.values()
    ]


class CampaignForm(forms.ModelForm):
    angles = forms.MultipleChoiceField(
        choices=_angle_choices,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="Each is an arm of the test beside the control. Two or three need fewer people "
        "than six.",
    )

    class Meta:
        model = Campaign
        fields = [
            "name",
            "key",
            "template",
            "brand_voice",
            "offer",
            "angles",
            "goal_event",
            "membership",
            "candidates",
        ]
        widgets = {"goal_event": EventNameInput}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # A form that does not ask leaves the default; one to look at has no fields.
        if "membership" in self.fields:
            self.fields["membership"].required = False


class CampaignSegmentInline(TabularInline):
    model = CampaignSegment
    extra = 1
    fields = ["segment", "position"]
    ordering_field = "position"
    hide_ordering_field = True
    autocomplete_fields = ["segment"]
    verbose_name = "segment"
    verbose_name_plural = "Segments: a contact in several belongs to the one that stands first"


@admin.register(Campaign)
class CampaignAdmin(ModelAdmin):
    form = CampaignForm
    list_display = ["name", "shown_status", "template", "angle_names", "owner", "launched_at"]
    list_filter = ["status", "template"]
    list_select_related = ["template", "owner"]
    search_fields = ["name", "key"]
    ordering = ["-created_at"]
    prepopulated_fields = {"key": ["name"]}
    inlines = [CampaignSegmentInline]
    actions_detail = ["open_overview", "review_copy", "see_results", "set_up"]
    warn_unsaved_form = True
    fieldsets = [
        (None, {"fields": [("name", "key")]}),
        ("What is sent", {"fields": ["template", ("brand_voice", "offer")]}),
        ("What is tested", {"fields": ["angles", ("goal_event", "candidates"), "membership"]}),
    ]

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        # Once people are assigned, another brief would make the results lie: look, but don't touch.
        is_open = not isinstance(obj, Campaign) or obj.status in OPEN_TO_CHANGE
        return is_open and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        is_open = not isinstance(obj, Campaign) or obj.experiment_id is None
        return is_open and super().has_delete_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Campaign, form: Any, change: Any) -> None:
        if not change:
            obj.owner_id = request.user.pk
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: HttpRequest, obj: Model, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._to_overview(request, obj) or super().response_add(
            request, obj, post_url_continue
        )

    def response_change(self, request: HttpRequest, obj: Model) -> HttpResponse:
        return self._to_overview(request, obj) or super().response_change(request, obj)

    def _to_overview(self, request: HttpRequest, obj: Model) -> HttpResponse | None:
        if "_continue" in request.POST or "_addanother" in request.POST:
            return None
        self.message_user(request, f"The brief of “{obj}” is saved.")
        return HttpResponseRedirect(reverse("web:campaign", args=[obj.pk]))

    @action(description="Open campaign", icon="flag", variant=ActionVariant.PRIMARY)
    def open_overview(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("web:campaign", args=[object_id]))

    @action(description="Review copy", icon="rate_review")
    def review_copy(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("web:review", args=[object_id]))

    @action(description="Results", icon="bar_chart")
    def see_results(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("web:results", args=[object_id]))

    @action(description="Set up", icon="integration_instructions")
    def set_up(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("web:setup", args=[object_id]))

    @display(description="status", ordering="status", label=STATUS_LABELS)
    def shown_status(self, campaign: Campaign) -> str:
        return str(campaign.get_status_display())

    @display(description="angles")
    def angle_names(self, campaign: Campaign) -> str:
        return ", ".join(ANGLES[key].name if key in ANGLES else key for key in campaign.angles)


@admin.register(Variant)
class VariantAdmin(ReadOnlyAdmin):
    list_display = ["opening", "campaign", "segment", "angle", "shown_status", "origin"]
    list_filter = ["status", "origin", "angle", "campaign"]
    list_select_related = ["campaign", "segment"]
    search_fields = ["subject", "body"]
    ordering = ["-id"]
    actions_detail = ["open_review"]
    fieldsets = [
        (None, {"fields": ["campaign", "segment", "angle", "shown_status", "origin"]}),
        ("Copy", {"fields": ["channel", "texts"]}),
        ("Review", {"fields": ["reviewed_by", "reviewed_at", "review_note"]}),
    ]

    @display(description="texts")
    def texts(self, variant: Variant) -> str:
        return format_html_join("", "<p><b>{}</b>: {}</p>", copy_of(variant).texts())

    @action(description="Open in review", icon="rate_review", variant=ActionVariant.PRIMARY)
    def open_review(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        campaign_id = Variant.objects.values_list("campaign_id", flat=True).get(pk=object_id)
        url = reverse("web:review", args=[campaign_id])
        return HttpResponseRedirect(f"{url}#variant-{object_id}")

    @display(
        description="status",
        ordering="status",
        label={
            Variant.Status.IN_REVIEW.label: "info",
            Variant.Status.APPROVED.label: "success",
            Variant.Status.REJECTED.label: "danger",
        },
    )
    def shown_status(self, variant: Variant) -> str:
        return str(variant.get_status_display())
