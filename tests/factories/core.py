"""The three personas."""

from __future__ import annotations

from django.contrib.auth.models import Permission, User

MARKETER_APPS = ["campaigns", "audience", "catalog", "experiments", "generation", "assistant"]
APPROVER_RIGHTS = ["approve_variant", "launch_campaign", "override_guardrail", "approve_plan"]


def owner() -> User:
    user = User.objects.create_user("olivia", "olivia@shop.example", "pw", is_staff=True)
    user.user_permissions.set(
        Permission.objects.filter(content_type__app_label__in=[*MARKETER_APPS, "core"])
    )
    return user


def teammate() -> User:
    user = User.objects.create_user("theo", "theo@shop.example", "pw", is_staff=True)
    rights = Permission.objects.filter(content_type__app_label__in=MARKETER_APPS)
    user.user_permissions.set(rights.exclude(codename__in=APPROVER_RIGHTS))
    return user


def stranger() -> User:
    return User.objects.create_user("sam", "sam@elsewhere.example", "pw", is_staff=True)
