"""What contacts are marked with, so that segments can follow a plan."""

from __future__ import annotations

from django.db import connection

from audience.models import Contact
from campaigns.models import Plan, PlanContact

# One plan at a time: a later plan's mark takes the place of an earlier one's, and who is left
# alone or held out loses theirs.
MARK_ALL = f"""
UPDATE {Contact._meta.db_table} c
SET attributes = CASE
    WHEN p.position > 0 AND NOT p.is_held_out
    THEN c.attributes || jsonb_build_object(%(mark)s::text, %(plan)s || '/' || p.position)
    ELSE c.attributes - %(mark)s::text END
FROM {PlanContact._meta.db_table} p
WHERE p.plan_id = %(id)s AND p.contact_id = c.id
    AND ((p.position > 0 AND NOT p.is_held_out) OR c.attributes ? %(mark)s::text)
"""  # noqa: S608 (table names, no values)


def contacts_mark(plan: Plan, mark: str) -> None:
    """Put each contact's action into their attributes, as `<plan key>/<position>`."""
    with connection.cursor() as cursor:
        cursor.execute(MARK_ALL, {"mark": mark, "plan": plan.key, "id": plan.pk})
