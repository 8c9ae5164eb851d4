"""What offers have cost so far, added up from the event log."""

from __future__ import annotations

from django.db import connection

from catalog.models import Offer

# As tools write it: the code in `coupon`, what it took off in `discount`.
_SPENT = """
    WITH used AS (
        SELECT properties->>'coupon' AS code, sum((properties->>'discount')::numeric) AS spent
        FROM events_event
        WHERE name = 'Order Completed' AND properties->>'coupon' = ANY(%s)
            AND jsonb_typeof(properties->'discount') = 'number'
        GROUP BY 1
    )
    UPDATE catalog_offer offer SET spent = round(COALESCE(used.spent, 0), 2)
    FROM catalog_offer twin LEFT JOIN used ON used.code = twin.code
    WHERE twin.id = offer.id AND offer.code = ANY(%s)
        AND offer.spent IS DISTINCT FROM round(COALESCE(used.spent, 0), 2)
"""


def offers_spent_refresh() -> int:
    """Add up the discounts of every offer with a budget and a code; how many sums changed."""
    codes = list(
        Offer.objects.filter(budget__isnull=False).exclude(code="").values_list("code", flat=True)
    )
    if not codes:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_SPENT, [codes, codes])
        return int(cursor.rowcount)
