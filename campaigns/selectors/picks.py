"""Products recommended to a contact, and to a segment, from what the nightly batch worked out."""

from __future__ import annotations

from django.db import connection
from django.db.models.functions import Now

from audience.models import Segment
from catalog.models import Product, Recommendation
from catalog.selectors import price_of

PICKS_MAX = 6
LIKED_MAX = 4
# Who would be asked for a segment's taste: enough to tell, few enough for a page.
MEMBERS_ASKED = 2_000
# Of a contact's list only the head says what they like.
HEAD = 3

_LIKED = """
    SELECT product.title FROM (
        SELECT contact.external_id FROM audience_membership member
        JOIN audience_contact contact ON contact.id = member.contact_id
        WHERE member.segment_id = %s ORDER BY contact.id LIMIT %s
    ) asked
    JOIN catalog_recommendation kept ON kept.unit_id = asked.external_id
    CROSS JOIN LATERAL jsonb_array_elements(kept.items) WITH ORDINALITY AS one (item, place)
    JOIN catalog_product product ON product.external_id = one.item->>'product'
    WHERE one.place <= %s AND product.in_stock
    GROUP BY product.id, product.title ORDER BY count(*) DESC, product.id LIMIT %s
"""


def picks_for(unit_id: str) -> list[dict[str, str]]:
    """What merge tags see of each product: title, price, url, image_url, because.

    Prices and stock are those of this moment; who has no list of their own gets what is popular.
    """
    kept = Recommendation.objects.filter(unit_id__in=[unit_id, ""]).order_by("-unit_id").first()
    if kept is None:
        return []
    found = (
        Product.objects.filter(external_id__in=kept.product_ids, in_stock=True)
        .exclude(stock_quantity=0)
        .only("external_id", "title", "price", "currency", "sale_price", "sale_starts_at",
              "sale_ends_at", "url", "image_url")
        .annotate(asked_at=Now())
    )  # fmt: skip
    products = {product.external_id: product for product in found}
    picks = []
    for item in kept.items:
        product = products.get(item["product"])
        if product is not None:
            price = price_of(product, product.asked_at)
            picks.append(
                {
                    "title": product.title,
                    "price": str(price) if price else "",
                    "url": product.url,
                    "image_url": product.image_url,
                    "because": str(item["because"]),
                }
            )
    return picks[:PICKS_MAX]


def products_liked_by(segment: Segment | None) -> tuple[str, ...]:
    """Titles of what most of a segment would be shown; of what is popular for everyone."""
    if segment is None:
        return tuple(pick["title"] for pick in picks_for("")[:LIKED_MAX])
    with connection.cursor() as cursor:
        cursor.execute(_LIKED, [segment.pk, MEMBERS_ASKED, HEAD, LIKED_MAX])
        return tuple(title for (title,) in cursor.fetchall())
