"""Generation jobs in the admin: how far they are, and a way to stop or repeat them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from core.admin import ReadOnlyAdmin, redirect_after_dialog
from core.errors import CopyliftError
from generation.models import GenerationJob
from generation.selectors import (
    brief_progress,
    cost_words,
    job_cost,
    job_progress,
    refusals_of,
)
from generation.services import job_cancel, job_retry

STATUS_LABELS = {
    GenerationJob.Status.QUEUED.label: "info",
    GenerationJob.Status.RUNNING.label: "primary",
    GenerationJob.Status.DONE.label: "success",
    GenerationJob.Status.FAILED.label: "danger",
    GenerationJob.Status.CANCELLED.label: "warning",
}
UNFINISHED = [GenerationJob.Status.QUEUED, GenerationJob.Status.RUNNING]
REPEATABLE = [GenerationJob.Status.FAILED, GenerationJob.Status.CANCELLED]


@admin.register(GenerationJob)
class GenerationJobAdmin(ReadOnlyAdmin):
    list_display = ["id", "requested_by", "shown_status", "progress", "generator", "created_at"]
    list_display_links = ["id", "requested_by"]
    list_filter = ["status", "generator"]
    search_fields = ["requested_by"]
    ordering = ["-id"]
    actions_detail = ["cancel", "retry"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "requested_by",
                    "shown_status",
                    "progress",
                    "error",
                    "shortfalls",
                    "sent_back",
                ]
            },
        ),
        ("What it took", {"fields": ["cost", "briefs_table"]}),
        ("How", {"fields": ["generator", "candidates", "seed"]}),
        ("When", {"fields": ["created_at", "finished_at"]}),
    ]

    def has_steer_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("generation.change_generationjob")

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list:
        status = GenerationJob.objects.values_list("status", flat=True).filter(pk=object_id).first()
        fitting = {"cancel": status in UNFINISHED, "retry": status in REPEATABLE}
        offered = super().get_actions_detail(request, object_id)
        return [step for step in offered if fitting[step.path]]

    @action(
        description="Cancel",
        permissions=["steer"],
        variant=ActionVariant.DANGER,
        icon="cancel",
        dialog={
            "title": "Cancel this job?",
            "description": "What is already written is kept; nothing more is written.",
            "form_submit_text": "Cancel the job",
            "form_class": None,
        },
    )
    def cancel(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        job = GenerationJob.objects.get(pk=object_id)
        return self._steer(request, job, lambda: job_cancel(job, now=timezone.now()), "cancelled")

    @action(
        description="Try again",
        permissions=["steer"],
        variant=ActionVariant.PRIMARY,
        icon="replay",
        dialog={
            "title": "Try again?",
            "description": "The briefs that are not done are given to a worker once more.",
            "form_submit_text": "Try again",
            "form_class": None,
        },
    )
    def retry(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        job = GenerationJob.objects.get(pk=object_id)
        return self._steer(request, job, lambda: job_retry(job), "queued again")

    def _steer(
        self, request: HttpRequest, job: GenerationJob, step: Any, done: str
    ) -> HttpResponse:
        try:
            step()
        except CopyliftError as refusal:
            self.message_user(request, str(refusal), level="ERROR")
        else:
            self.message_user(request, f"Job {job.pk} is {done}.")
        return redirect_after_dialog(
            reverse("admin:generation_generationjob_change", args=[job.pk])
        )

    @display(description="status", ordering="status", label=STATUS_LABELS)
    def shown_status(self, job: GenerationJob) -> str:
        return str(job.get_status_display())

    @display(description="progress")
    def progress(self, job: GenerationJob) -> str:
        state = job_progress(job)
        return format_html(
            '<progress class="cl-progress" max="{}" value="{}"></progress> {} of {} briefs',
            max(state.total, 1),
            state.done,
            state.done,
            state.total,
        )

    @display(description="in all")
    def cost(self, job: GenerationJob) -> str:
        return cost_words(job_cost(job))

    @display(description="brief by brief")
    def briefs_table(self, job: GenerationJob) -> str:
        lines = format_html_join(
            "",
            "<tr><th scope=row>{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            (
                (one.key, one.status_name, one.drafts, one.texts, f"{one.new_tokens:,}",
                 f"{one.seconds:.1f}")
                for one in brief_progress(job)
            ),
        )  # fmt: skip
        return format_html(
            '<div class="cl-scroll"><table class="cl-table"><thead><tr><th>Brief</th>'
            "<th>Status</th><th>Drafts</th><th>Texts</th><th>Tokens</th><th>Seconds</th></tr></thead>"
            "<tbody>{}</tbody></table></div>",
            lines,
        )

    @display(description="fell short")
    def shortfalls(self, job: GenerationJob) -> str:
        rows = format_html_join("", "<li><b>{}</b>: {}</li>", job_progress(job).shortfalls)
        return format_html("<ul>{}</ul>", rows) if rows else "—"

    @display(description="sent back by the guardrails")
    def sent_back(self, job: GenerationJob) -> str:
        counts = (f"{rule} {count:,}×" for rule, count in refusals_of(job).items())
        return ", ".join(counts) or "—"
