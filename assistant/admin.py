"""Knowledge bases, their documents, and what visitors asked, in the admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from assistant import intent_admin
from assistant.documents.reading import BYTES_MAX, kind_of
from assistant.models import Conversation, Document, EvalQuestion, Gap, KnowledgeBase, Message
from assistant.policy_admin import PolicyAdmin
from assistant.services import Incoming, documents_save
from assistant.services.embedding import origin_of
from assistant.understanding.orders import check_pattern
from core.admin import ReadOnlyAdmin
from core.errors import InputRefused

__all__ = [
    "ConversationAdmin",
    "DocumentAdmin",
    "KnowledgeBaseAdmin",
    "PolicyAdmin",
]


class EvalQuestionInline(TabularInline):
    model = EvalQuestion
    fields = ["question", "document", "heading"]
    # Headings are lines: a table of text boxes would be pages long.
    formfield_overrides = {models.TextField: {"widget": UnfoldAdminTextInputWidget}}
    extra = 0
    hide_title = True
    verbose_name = "question"
    verbose_name_plural = "questions it is judged by"


class KnowledgeBaseForm(forms.ModelForm):
    file = forms.FileField(
        required=False,
        label="Add a document",
        help_text="Markdown, HTML, PDF, Word, or CSV with the columns question and answer. "
        "A file of the same name is a new version.",
    )

    class Meta:
        model = KnowledgeBase
        exclude: list[str] = []

    def clean_allowed_origins(self) -> list[str]:
        """Kept as browsers send them, or never matched."""
        try:
            return [origin_of(one) for one in self.cleaned_data["allowed_origins"]]
        except InputRefused as refused:
            raise forms.ValidationError(str(refused)) from refused

    def clean_order_pattern(self) -> str:
        pattern: str = self.cleaned_data["order_pattern"]
        try:
            check_pattern(pattern or "usual")
        except InputRefused as refused:
            raise forms.ValidationError(str(refused)) from refused
        return pattern

    def clean_file(self) -> UploadedFile | None:
        """Refused here, by name, what could not be read later."""
        file: UploadedFile | None = self.cleaned_data.get("file")
        if file is None:
            return None
        try:
            kind_of(file.name or "")
        except InputRefused as refused:
            raise forms.ValidationError(str(refused)) from refused
        if (file.size or 0) > BYTES_MAX:
            raise forms.ValidationError(f"At most {BYTES_MAX // 1024**2} MB are read: split it.")
        return file


@admin.register(KnowledgeBase)
class KnowledgeBaseAdmin(intent_admin.IntentActions, ModelAdmin):
    form = KnowledgeBaseForm
    change_form_outer_before_template = "assistant/knowledge_base_links.html"
    list_display = ["name", "key", "is_published", "documents_read", "chunk_count", "pages"]
    search_fields = ["name", "key"]
    prepopulated_fields = {"key": ["name"]}
    readonly_fields = ["chunk_count", "word_count"]
    inlines = [EvalQuestionInline]
    fieldsets = [
        (None, {"fields": ["name", "key", "language", "file"]}),
        ("What it knows beside", {"fields": ["answers_from_catalog", "order_pattern"]}),
        ("Who may ask", {"fields": ["is_published", "allowed_origins"]}),
        ("What is kept", {"fields": ["keep_days", "refetch_hours"]}),
        (
            "How it finds",
            {
                "fields": ["lexical_weight", "lexical_weight_pages", "refusal_threshold"],
                "classes": ["collapse"],
                "description": "`manage.py assistant_eval --base KEY --tune` sets the weights by "
                "the questions below.",
            },
        ),
    ]

    def save_model(self, request: HttpRequest, obj: KnowledgeBase, form: Any, change: bool) -> None:  # noqa: FBT001 (Django's)
        super().save_model(request, obj, form, change)
        file = form.cleaned_data.get("file")
        if file:
            documents_save(
                obj,
                [Incoming(file.name, file.read())],
                actor=request.user if request.user.is_authenticated else None,
            )

    @display(description="")
    def pages(self, base: KnowledgeBase) -> SafeString:
        count = base.gaps.filter(status=Gap.Status.OPEN).count()
        write = f"Write next: {count:,}" if count else "Write next"
        links = (("web:sources", "Sources"), ("web:gaps", write), ("web:quality", "Quality"))
        return format_html_join(
            " · ",
            '<a href="{}">{}</a>',
            ((reverse(page, args=[base.pk]), words) for page, words in links),
        )

    @display(description="documents")
    def documents_read(self, base: KnowledgeBase) -> str:
        waiting = base.documents.exclude(status=Document.Status.READY).count()
        read = base.documents.count() - waiting
        return f"{read:,} read, {waiting:,} not" if waiting else f"{read:,}"


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin):
    list_display = [
        "title_or_source",
        "base",
        "state",
        "version",
        "chunk_count",
        "kept_out_count",
        "read_at",
    ]
    list_filter = ["base", "status", "audience"]
    search_fields = ["title", "source"]
    readonly_fields = ["kept_out"]

    @display(description="kept out")
    def kept_out_count(self, document: Document) -> str:
        return f"{len(document.findings):,}" if document.findings else "—"

    @display(description="Kept out, because it speaks to the assistant")
    def kept_out(self, document: Document) -> str:
        rows = ((one["heading"] or "—", one["sentence"]) for one in document.findings)
        return format_html_join("", "<p><small>{}</small><br>{}</p>", rows) or "—"

    @display(description="document", ordering="source")
    def title_or_source(self, document: Document) -> str:
        return document.title or document.source

    @display(
        description="state",
        label={"ready": "success", "waiting": "info", "reading": "info", "failed": "danger"},
    )
    def state(self, document: Document) -> tuple[str, str]:
        return document.status, document.error or str(document.get_status_display())


class MessageInline(TabularInline):
    model = Message
    fields = ["said_at", "role", "text", "outcome", "alike"]
    readonly_fields = fields
    extra = 0
    hide_title = True
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Conversation | None = None) -> bool:
        return False

    @display(description="similarity")
    def alike(self, message: Message) -> str:
        return "—" if message.similarity is None else f"{message.similarity:.2f}"


@admin.register(Conversation)
class ConversationAdmin(ReadOnlyAdmin):
    list_display = ["started_at", "base", "status", "first_question", "last_at"]
    list_filter = ["base", "status"]
    ordering = ["-last_at"]
    inlines = [MessageInline]

    @display(description="asked")
    def first_question(self, conversation: Conversation) -> str:
        first = conversation.messages.filter(role=Message.Role.VISITOR).first()
        return first.text[:80] if first else "—"
