"""Overrides: a person with the right to do so lets a finding pass, and says why."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from campaigns.errors import CopyBlocked
from campaigns.models import GuardrailOverride, Variant
from campaigns.services.guard import BLOCK, digest_of, variant_findings
from campaigns.services.rights import require
from campaigns.services.states import campaign_lock_for_copy
from campaigns.wording import copy_of
from core.audit import audit
from core.errors import InputRefused
from generation.guardrails import can_override

SHORTEST_REASON, LONGEST_REASON = 10, 300


@transaction.atomic
def finding_override(
    variant: Variant, rule: str, *, reason: str, actor: User, now: datetime
) -> GuardrailOverride:
    """Let a blocking rule pass for these very words; another edit asks for it again.

    Raises:
        CopyBlocked: Nobody may overrule this rule.
        InputRefused: The reason is missing or too long, or nothing of this rule blocks the text.
    """
    require(actor, "override_guardrail", doing="overrule a guardrail")
    campaign_lock_for_copy(variant.campaign_id, doing="overrule a guardrail")
    variant.refresh_from_db()
    reason = _reason(reason)
    messages = _blocking_messages(variant, rule)
    if not messages:
        raise InputRefused(f"rule: nothing of “{rule}” blocks “{variant.opening}”", field="rule")
    if not can_override(rule):
        raise CopyBlocked(
            f"“{rule}” cannot be overruled by anybody: {messages[0]} Edit the text instead.",
            messages,
        )
    override, _ = GuardrailOverride.objects.update_or_create(
        variant=variant,
        rule=rule,
        digest=digest_of(copy_of(variant)),
        defaults={"messages": messages, "reason": reason, "made_by": actor, "made_at": now},
    )
    Variant.objects.filter(pk=variant.pk).update(findings=variant_findings(variant), updated_at=now)
    variant.refresh_from_db()
    audit(actor, "finding_override", variant, rule=rule, reason=reason, messages=messages)
    return override


def _blocking_messages(variant: Variant, rule: str) -> list[str]:
    found = [one for one in variant_findings(variant) if one["rule"] == rule]
    return [one["message"] for one in found if one["severity"] == BLOCK]


def _reason(reason: str) -> str:
    reason = " ".join(reason.replace("\x00", "").split())
    if len(reason) < SHORTEST_REASON:
        raise InputRefused("reason: say in a few words why this may go out", field="reason")
    if len(reason) > LONGEST_REASON:
        raise InputRefused(
            f"reason: {len(reason)} characters are too many; keep it to {LONGEST_REASON}",
            field="reason",
        )
    return reason
