"""People, their words, clusters and segments in the admin."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Model, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminTextareaWidget

from audience.admin_heads import FittedHeadAdmin
from audience.models import Cluster, Contact, Profile, Segment, SegmentBuild, Text
from audience.moods import mood_word
from audience.rule_checks import rule_check, segments_naming
from audience.rules.forms import FORMS
from audience.selectors import active_build, drop_reasons, latest_clustering, segment_members
from audience.services import (
    BuildOver,
    build_cancel,
    build_order,
    segment_build,
    segments_from_clustering,
)
from core.admin import ReadOnlyAdmin, pretty_json, redirect_after_dialog
from core.errors import CopyliftError, InputRefused

# Imported so that it is registered with the rest.
__all__ = ["ContactAdmin", "FittedHeadAdmin", "SegmentAdmin"]

MOOD_LABELS = {"happy": "success", "mixed": "info", "unhappy": "danger"}
TEXTS_SHOWN = 20
LONGEST_ID = 19
MEMBERS_SHOWN = 10
RULE_HELP = f"""For example {{"all": [{{"interest": "wool"}}, {{"about": "winter running"}}]}}.
Combine with all, any, not; ask for {", ".join(form.key for form in FORMS)}."""
# So many are built while one waits; more take a worker, who shows how far it is.
BUILT_AT_ONCE = 50_000


class InGroup(admin.SimpleListFilter):
    """The groups of the newest fit; one of an earlier fit only where a page leads to it."""

    title = "group"
    parameter_name = "group"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        shown = clusters_to_choose(request.GET.get(self.parameter_name, ""))
        return [(str(one.pk), one.name) for one in shown]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Contact]) -> QuerySet[Contact]:
        chosen = self.value() or ""
        return queryset.filter(profile__cluster=int(chosen)) if _is_id(chosen) else queryset


def clusters_to_choose(also: object = "") -> QuerySet[Cluster]:
    """The clusters of the newest fit, largest first, and the one that is chosen already."""
    own = Q(pk=int(str(also))) if _is_id(str(also)) else Q()
    return Cluster.objects.filter(Q(clustering=latest_clustering()) | own).order_by("-size")


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < LONGEST_ID


@admin.register(Contact)
class ContactAdmin(ModelAdmin):
    list_display = ["person", "external_id", "email", "mood", "cluster", "text_count"]
    list_filter = [InGroup]
    list_select_related = ["profile__cluster"]
    search_fields = ["external_id__exact", "email__iexact", "first_name", "last_name"]
    search_help_text = "Name, the shop's id, or an email address"
    show_full_result_count = False
    ordering = ["-id"]
    list_per_page = 50
    readonly_fields = ["external_id", "created_at", "updated_at"]
    change_form_outer_before_template = "audience/contact_profile.html"
    fieldsets = [
        (None, {"fields": [("first_name", "last_name"), "email", "external_id"]}),
        ("What the shop knows", {"fields": ["attributes"]}),
        ("Record", {"fields": [("created_at", "updated_at")], "classes": ["collapse"]}),
    ]

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        own = (
            Contact.objects.filter(pk=object_id)
            if object_id.isdecimal()
            else Contact.objects.none()
        )
        context = {
            "profile": Profile.objects.filter(contact__in=own).select_related("cluster").first(),
            "texts": Text.objects.filter(contact__in=own).order_by("-occurred_at", "-id")[
                :TEXTS_SHOWN
            ],
            "segments": Segment.objects.filter(memberships__contact__in=own),
        }
        return super().change_view(request, object_id, form_url, (extra_context or {}) | context)

    @display(description="name", ordering="first_name")
    def person(self, contact: Contact) -> str:
        return f"{contact.first_name} {contact.last_name}".strip() or contact.external_id

    @display(description="mood", ordering="profile__sentiment", label=MOOD_LABELS)
    def mood(self, contact: Contact) -> str | None:
        profile = _profile(contact)
        if profile is None or profile.sentiment is None:
            return None
        return mood_word(profile.sentiment)

    @display(description="group", ordering="profile__cluster__name")
    def cluster(self, contact: Contact) -> str:
        profile = _profile(contact)
        return str(profile.cluster) if profile and profile.cluster else "—"

    @display(description="texts", ordering="profile__text_count")
    def text_count(self, contact: Contact) -> int:
        profile = _profile(contact)
        return profile.text_count if profile else 0


def _profile(contact: Contact) -> Profile | None:
    return getattr(contact, "profile", None)


class DroppedBecause(admin.SimpleListFilter):
    """Why texts were not read, each reason with how many."""

    title = "reason it was dropped for"
    parameter_name = "dropped"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(reason, f"{reason} ({count:,})") for reason, count in drop_reasons().items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Text]) -> QuerySet[Text]:
        dropped = queryset.filter(status=Text.Status.DROPPED, drop_reason=self.value() or "")
        return dropped if self.value() else queryset


@admin.register(Text)
class TextAdmin(ReadOnlyAdmin):
    list_display = ["excerpt", "kind", "rating", "category", "shown_status", "occurred_at"]
    list_filter = ["kind", "status", DroppedBecause, "rating"]
    search_fields = ["external_id__exact", "contact__external_id__exact"]
    search_help_text = "A text's id, or a contact's id"
    ordering = ["-id"]
    fieldsets = [
        (None, {"fields": ["contact", "kind", "title", "body", "rating", "category"]}),
        ("As it was read", {"fields": ["shown_status", "drop_reason", "clean_body"]}),
        ("Record", {"fields": ["external_id", "occurred_at"]}),
    ]

    @display(description="text")
    def excerpt(self, text: Text) -> str:
        words = text.title or text.body
        return words if len(words) <= 70 else f"{words[:69]}…"

    @display(
        description="status",
        ordering="status",
        label={
            Text.Status.NEW.label: "info",
            Text.Status.READ.label: "success",
            Text.Status.DROPPED.label: "warning",
            Text.Status.HELD.label: "warning",
        },
    )
    def shown_status(self, text: Text) -> str:
        return str(text.get_status_display())


@admin.register(Cluster)
class ClusterAdmin(ReadOnlyAdmin):
    list_display = ["name", "portrait", "size", "clustering"]
    list_select_related = ["clustering"]
    search_fields = ["name", "portrait"]
    ordering = ["-clustering_id", "-size"]
    actions_detail = ["make_segments"]
    fields = ["name", "portrait", "size", "clustering", "traits_as_text"]

    def has_segment_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("audience.add_segment")

    @action(
        description="Make segments of these clusters",
        permissions=["segment"],
        variant=ActionVariant.PRIMARY,
        icon="groups",
        dialog={
            "title": "Make segments of these clusters?",
            "description": "One segment per cluster of the same fit. Those that exist are kept, "
            "with the names and portraits people gave them.",
            "form_submit_text": "Make segments",
            "form_class": None,
        },
    )
    def make_segments(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        clustering = Cluster.objects.select_related("clustering").get(pk=object_id).clustering
        segments = segments_from_clustering(clustering)
        for segment in segments:
            segment_build(segment, now=timezone.now())
        self.message_user(request, f"{len(segments)} segments are built.")
        return redirect_after_dialog(reverse("admin:audience_segment_changelist"))

    @display(description="traits")
    def traits_as_text(self, cluster: Cluster) -> str:
        return pretty_json(cluster.traits)


class RuleField(forms.JSONField):
    """Laid out to be read; nothing where there is none."""

    def prepare_value(self, value: Any) -> Any:
        if value is None:
            return ""
        if isinstance(value, str | forms.fields.InvalidJSONInput):
            return value
        return json.dumps(value, indent=2, ensure_ascii=False)


class SegmentForm(forms.ModelForm):
    rule = RuleField(
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=RULE_HELP,
    )

    class Meta:
        model = Segment
        fields = ["name", "key", "kind", "rule", "cluster", "portrait"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "cluster" in self.fields:
            clusters: Any = self.fields["cluster"]
            clusters.queryset = clusters_to_choose(self.instance.cluster_id or "")

    def clean_rule(self) -> object:
        rule = self.cleaned_data["rule"]
        if rule is None or self.data.get("kind") == Segment.Kind.CLUSTER:
            return None
        try:
            rule_check(rule, now=timezone.now(), key=self.data.get("key", ""))
        except InputRefused as refused:
            raise forms.ValidationError(str(refused)) from refused
        return rule

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"]
        before = Segment.objects.filter(pk=self.instance.pk).values_list("key", flat=True).first()
        naming = segments_naming(before) if before and before != key else []
        if naming:
            raise forms.ValidationError(
                f"Rules of {_names(naming)} name it “{before}”: change them first."
            )
        return key

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("kind") == Segment.Kind.CLUSTER:
            if cleaned.get("cluster") is None:
                self.add_error("cluster", "Choose the cluster whose contacts belong.")
        else:
            cleaned["cluster"] = None
            if cleaned.get("rule") is None and "rule" not in self.errors:
                self.add_error("rule", "Write the rule that says who belongs.")
        return cleaned


def _names(segments: list[Segment]) -> str:
    return ", ".join(f"“{one.name}”" for one in segments)


def _built(segment: Segment, request: HttpRequest) -> str:
    """Build a segment, or have it built, and say which."""
    now = timezone.now()
    active = active_build(segment)
    if active:
        # It was ordered before this save, and may be finding people of another rule.
        with suppress(BuildOver):
            build_cancel(active)
    if Contact.objects.count() > BUILT_AT_ONCE:
        assert isinstance(request.user, User)  # noqa: S101 (the admin lets nobody else in)
        build_order(segment, now=now, requested_by=request.user)
        return f"“{segment.name}” is being built. You may leave this page; the work goes on."
    size = segment_build(segment, now=now)
    return f"{size:,} contacts belong to “{segment.name}” now."


@admin.register(Segment)
class SegmentAdmin(ModelAdmin):
    form = SegmentForm
    list_display = ["name", "shown_kind", "people", "may_be_written_to", "who", "built_at"]
    list_filter = ["kind"]
    list_select_related = ["cluster"]
    search_fields = ["name", "key", "portrait"]
    ordering = ["-size", "name"]
    prepopulated_fields = {"key": ["name"]}
    conditional_fields = {"rule": "kind == 'rule'", "cluster": "kind == 'cluster'"}
    readonly_fields = ["people", "built_at", "members"]
    change_form_outer_before_template = "audience/segment_count.html"
    fieldsets = [
        (None, {"fields": [("name", "key"), "kind", "rule", "cluster"]}),
        (
            "Portrait",
            {"fields": ["portrait"], "description": "Writers are told this about the segment."},
        ),
        ("Members", {"fields": [("people", "built_at"), "members"]}),
    ]

    def save_model(self, request: HttpRequest, obj: Segment, form: Any, change: Any) -> None:
        super().save_model(request, obj, form, change)
        try:
            self.message_user(request, _built(obj, request))
        except CopyliftError as refusal:
            self.message_user(request, f"Saved, but not built: {refusal}", level="WARNING")

    @admin.action(description="Build again")
    def build(self, request: HttpRequest, queryset: QuerySet[Segment]) -> None:
        for segment in queryset:
            self.message_user(request, _built(segment, request))

    actions = ["build"]

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What names a segment in its rule protects it, as a foreign key would."""
        going, counts, rights, protected = super().get_deleted_objects(objs, request)
        keys = {one.key for one in objs}
        naming = [one for key in keys for one in segments_naming(key) if one.key not in keys]
        return going, counts, rights, [*protected, *(f"the rule of {one}" for one in naming)]

    @display(description="kind", ordering="kind", label={"rule": "info", "cluster": "primary"})
    def shown_kind(self, segment: Segment) -> str:
        return segment.kind

    @display(description="people", ordering="size")
    def people(self, segment: Segment) -> str:
        return "not built yet" if segment.size is None else f"{segment.size:,}"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Segment]:
        done = SegmentBuild.objects.filter(segment=OuterRef("pk"), status=SegmentBuild.Status.DONE)
        newest = done.order_by("-as_of", "-pk").values("sendable")[:1]
        return super().get_queryset(request).annotate(sendable=Subquery(newest))

    @display(description="may be written to", ordering="sendable", empty_value="—")
    def may_be_written_to(self, segment: Segment) -> str | None:
        sendable = getattr(segment, "sendable", None)
        return None if sendable is None else f"{sendable:,}"

    @display(description="portrait")
    def who(self, segment: Segment) -> str:
        # As much as a narrow screen shows without cutting it.
        return Truncator(segment.portrait).chars(60)

    @display(description="for example")
    def members(self, segment: Segment) -> str:
        if segment.pk is None:
            return "—"
        people = [
            (reverse("admin:audience_contact_change", args=[contact.pk]), contact)
            for contact in segment_members(segment)[:MEMBERS_SHOWN]
        ]
        return format_html_join(", ", '<a href="{}">{}</a>', people) or format_html("nobody")
