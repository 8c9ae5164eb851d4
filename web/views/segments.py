"""How many contacts a rule describes, while it is being written."""

from __future__ import annotations

import json

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST

from audience.selectors import rule_count
from core.errors import CopyliftError
from web.views.access import page


@require_POST
@page("audience.view_segment")
def count(request: HttpRequest) -> JsonResponse:
    """`{"count": n}`, or `{"error": why}` where the rule is not one."""
    try:
        rule = json.loads(request.POST.get("rule", ""))
    except ValueError as error:
        return JsonResponse({"error": f"This is not JSON yet: {error}"})
    try:
        return JsonResponse({"count": rule_count(rule)})
    except CopyliftError as refusal:
        return JsonResponse({"error": str(refusal)})
