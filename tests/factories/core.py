"""The three personas."""

from __future__ import annotations

from django.contrib.auth.models import Permission, User
from django.db import connection
from django.db.models import QuerySet

MARKETER_APPS = ["campaigns", "audience", "catalog", "experiments", "generation", "assistant"]
APPROVER_RIGHTS = ["approve_variant", "launch_campaign", "override_guardrail", "approve_plan"]


def owner() -> User:
    user = User.objects.create_user("olivia", "olivia@shop.example", "pw", is_staff=True)
    _grant(user, Permission.objects.filter(content_type__app_label__in=[*MARKETER_APPS, "core"]))
    return user


def teammate() -> User:
    user = User.objects.create_user("theo", "theo@shop.example", "pw", is_staff=True)
    rights = Permission.objects.filter(content_type__app_label__in=MARKETER_APPS)
    _grant(user, rights.exclude(codename__in=APPROVER_RIGHTS))
    return user


def stranger() -> User:
    return User.objects.create_user("sam", "sam@elsewhere.example", "pw", is_staff=True)


def _grant(user: User, rights: QuerySet[Permission]) -> None:
    # In the database: reading hundreds of rights and writing them back takes longer than most tests
    # that need somebody who has them.
    chosen, given = rights.order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO auth_user_user_permissions (user_id, permission_id) "
            f"SELECT {user.pk}, id FROM ({chosen}) AS chosen (id)",
            given,
        )
