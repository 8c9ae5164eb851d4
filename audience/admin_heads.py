"""Heads fitted on the shop's own texts and orders, in the admin: to be read, and fitted again."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from audience.models import FittedHead
from audience.selectors.heads import newest_head
from core.admin import ReadOnlyAdmin, pretty_json, redirect_after_dialog
from core.jobs import wake

NAMES = {
    "auc": "ranks right",
    "auc_shipped": "the shipped one did",
    "slope": "calibration slope (1 is best)",
    "held_out": "judged on",
}


@admin.register(FittedHead)
class FittedHeadAdmin(ReadOnlyAdmin):
    list_display = ["kind", "is_in_force", "fitted_at", "examples", "how_good"]
    list_filter = ["kind"]
    ordering = ["-fitted_at", "-pk"]
    actions_list = ["fit_again"]
    fields = ["kind", "is_in_force", "fitted_at", "examples", "encoder", "how_good", "measured"]
    readonly_fields = ["measured", "is_in_force", "how_good"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[FittedHead]:
        return super().get_queryset(request).defer("weights")

    @display(description="in force", boolean=True)
    def is_in_force(self, head: FittedHead) -> bool:
        newest = newest_head(head.kind)
        return newest is not None and newest.pk == head.pk

    @display(description="on examples it had not seen")
    def how_good(self, head: FittedHead) -> str:
        found = {name: head.quality[name] for name in NAMES if name in head.quality} | head.quality
        return ", ".join(f"{NAMES.get(name, name)} {value}" for name, value in found.items())

    @display(description="as it was measured")
    def measured(self, head: FittedHead) -> str:
        return pretty_json(head.quality)

    def has_fit_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("audience.add_fittedhead")

    @action(
        description="Learn again",
        permissions=["fit"],
        variant=ActionVariant.PRIMARY,
        icon="model_training",
        dialog={
            "title": "Learn again from the shop's own?",
            "description": "Sentiment from rated texts, the intent to buy from orders. A worker "
            "does it; where there is too little, or it would be no better than what ships, what is "
            "in force stays.",
            "form_submit_text": "Learn again",
            "form_class": None,
        },
    )
    def fit_again(self, request: HttpRequest, form: Any) -> HttpResponse:  # noqa: ARG002 (the dialog's)
        wake("audience.tasks.heads_fit")
        messages.success(request, "A worker is learning: look here again in a few minutes.")
        return redirect_after_dialog(reverse("admin:audience_fittedhead_changelist"))
