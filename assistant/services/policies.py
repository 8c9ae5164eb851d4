"""Policies: ways to answer, in versions. What has answered never changes."""

from __future__ import annotations

import copy
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from assistant.finding.fusion import PASSAGES_MAX
from assistant.models import KnowledgeBase, Policy
from core.audit import audit
from core.errors import DomainError, InputRefused

FIELDS = (
    "generator",
    "prompt_version",
    "tone",
    "lexical_weight",
    "lexical_weight_pages",
    "refusal_threshold",
    "passages_max",
)


@transaction.atomic
def policy_create(base: KnowledgeBase, name: str, *, actor: User | None, **fields: Any) -> Policy:
    """A new policy, or a new version of the one of that name.

    Raises:
        InputRefused: A field is not usable; the message names it.
    """
    # The row of the base is the lock of its versions.
    KnowledgeBase.objects.select_for_update(no_key=True).get(pk=base.pk)
    newest = base.policies.filter(name=name).aggregate(newest=Max("version"))["newest"] or 0
    policy = Policy(base=base, name=name.strip(), version=newest + 1)
    _fill(policy, fields)
    policy.save()
    audit(actor, "policy_create", policy, name=policy.name, version=policy.version)
    return policy


@transaction.atomic
def policy_change(policy: Policy, *, actor: User | None, **fields: Any) -> Policy:
    """Change a policy that has not answered yet.

    Raises:
        DomainError: It has.
        InputRefused: A field is not usable.
    """
    policy = Policy.objects.select_for_update(no_key=True).get(pk=policy.pk)
    if policy.answered_at is not None:
        raise DomainError(f"{policy} has answered and is frozen: make a new version of it")
    _fill(policy, fields)
    policy.save()
    audit(actor, "policy_change", policy, **{name: str(value) for name, value in fields.items()})
    return policy


@transaction.atomic
def policy_go_live(policy: Policy, *, actor: User | None) -> None:
    """From now on the base answers by this policy, where no experiment says otherwise."""
    base = KnowledgeBase.objects.select_for_update(no_key=True).get(pk=policy.base_id)
    refuse_generator(policy.generator)
    base.policies.filter(is_live=True).update(is_live=False)
    Policy.objects.filter(pk=policy.pk).update(is_live=True)
    audit(actor, "policy_go_live", policy, name=policy.name, version=policy.version)


@transaction.atomic
def policy_step_down(policy: Policy, *, actor: User | None) -> None:
    """The base answers as it does without a policy: word for word, by its own weights."""
    Policy.objects.filter(pk=policy.pk).update(is_live=False)
    audit(actor, "policy_step_down", policy, name=policy.name, version=policy.version)


def policy_frozen(policy: Policy, *, now: datetime) -> Policy:
    """The policy as it answers from now on: nobody can change it any more."""
    if policy.answered_at is None:
        Policy.objects.filter(pk=policy.pk, answered_at=None).update(answered_at=now)
        policy.refresh_from_db()
    return policy


def weighed_by(base: KnowledgeBase, policy: Policy | None) -> KnowledgeBase:
    """The base with the policy's weights in place of its own; never to be saved."""
    weighed = copy.copy(base)
    for field in ("lexical_weight", "lexical_weight_pages", "refusal_threshold"):
        value = getattr(policy, field, None)
        if value is not None:
            setattr(weighed, field, value)
    return weighed


def passages_max_of(policy: Policy | None) -> int:
    return policy.passages_max if policy else PASSAGES_MAX


def refuse_generator(generator: str) -> None:
    """Policies are written in the admin; whom to send questions and keys to is not decided there.

    Raises:
        InputRefused: The installation does not name the generator.
    """
    if generator and generator not in settings.ASSISTANT_GENERATORS:
        known = ", ".join(settings.ASSISTANT_GENERATORS) or "none"
        raise InputRefused(
            f"generator: {generator[:80]!r} is not in ASSISTANT_GENERATORS ({known}); "
            "add it there, or leave it empty",
            field="generator",
        )


def _fill(policy: Policy, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        if name not in FIELDS:
            raise InputRefused(f"{name}: no policy has it", field=name)
        setattr(policy, name, value)
    refuse_generator(policy.generator)
    try:
        policy.full_clean()
    except ValidationError as error:
        field, said = next(iter(error.message_dict.items()))
        raise InputRefused(f"{field}: {said[0]}", field=field) from error
