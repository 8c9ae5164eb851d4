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

RANKS = {
    FittedHead.Kind.SENTIMENT: "of pairs of a happy and an unhappy text",
    FittedHead.Kind.PURCHASE: "of pairs of one who bought and one who did not",
}


@admin.register(FittedHead)
class FittedHeadAdmin(ReadOnlyAdmin):
    list_display = ["kind", "is_in_force", "fitted_at", "examples", "right", "shipped", "slope"]
    list_filter = ["kind"]
    ordering = ["-fitted_at", "-pk"]
    actions_list = ["fit_again"]
    fields = [
        "kind", "is_in_force", "fitted_at", "examples", "encoder",
        "ranks_right", "shipped", "slope", "measured",
    ]  # fmt: skip
    readonly_fields = ["measured", "is_in_force", "ranks_right", "shipped", "slope"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[FittedHead]:
        return super().get_queryset(request).defer("weights")

    @display(description="in force", boolean=True)
    def is_in_force(self, head: FittedHead) -> bool:
        newest = newest_head(head.kind)
        return newest is not None and newest.pk == head.pk

    @display(description="ranks right", empty_value="—")
    def right(self, head: FittedHead) -> str | None:
        return _percent(head.quality.get("auc"))

    @display(description="ranks right, of people or texts it had not seen")
    def ranks_right(self, head: FittedHead) -> str:
        return f"{self.right(head) or '—'} {RANKS[FittedHead.Kind(head.kind)]}"

    @display(description="the shipped one did", empty_value="—")
    def shipped(self, head: FittedHead) -> str | None:
        return _percent(head.quality.get("auc_shipped"))

    @display(description="calibration (1 is best)", empty_value="—")
    def slope(self, head: FittedHead) -> float | None:
        return head.quality.get("slope")

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


def _percent(share: float | None) -> str | None:
    return None if share is None else f"{share:.1%}"
