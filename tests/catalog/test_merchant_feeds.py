"""Google Merchant's feeds: RSS, Atom and tab-separated, whole and in part."""

import gzip
import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from catalog.models import Product
from tests.factories import catalog as make

pytestmark = pytest.mark.django_db

ITEM = """<item><g:id>{id}</g:id><g:title>{title}</g:title>
<g:description>Soft &amp; warm</g:description><g:link>https://shop.example/{id}</g:link>
<g:image_link>https://shop.example/{id}.jpg</g:image_link>
<g:additional_image_link>https://shop.example/{id}-2.jpg</g:additional_image_link>
<g:additional_image_link>https://shop.example/{id}-3.jpg</g:additional_image_link>
<g:availability>{availability}</g:availability><g:price>{price}</g:price>
<g:sale_price>49.00 EUR</g:sale_price>
<g:sale_price_effective_date>2026-03-01T13:00+0100/2026-03-15T15:30+0100</g:sale_price_effective_date>
<g:cost_of_goods_sold>20.00 EUR</g:cost_of_goods_sold>
<g:brand>Harbour</g:brand><g:gtin>4006381333931</g:gtin><g:item_group_id>scarf</g:item_group_id>
<g:product_type>Accessories &gt; Scarves</g:product_type>
<g:shipping><g:country>DE</g:country><g:price>4.90 EUR</g:price></g:shipping></item>"""
RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel><title>Shop</title>
<link>https://shop.example</link><description>All</description>{items}</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0">
<title>Shop</title><entry><g:id>p1</g:id><title>Linen scarf</title>
<link href="https://shop.example/p1"/><g:price>59 EUR</g:price>
<g:availability>in stock</g:availability></entry></feed>"""


def item(id="p1", title="Linen scarf", availability="in_stock", price="59.00 EUR"):
    return ITEM.format(id=id, title=title, availability=availability, price=price)


@pytest.fixture
def load(tmp_path, capsys):
    def run(content, *options, name="feed.xml"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        call_command("import_products", str(path), *options)
        return capsys.readouterr().out

    return run


def rejects(tmp_path):
    lines = (tmp_path / "feed.xml.rejects.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def test_every_value_of_a_merchant_feed_finds_its_field(load):
    assert "1 inserted" in load(RSS.format(items=item()))
    product = Product.objects.get()
    assert (product.external_id, product.title, product.description) == (
        "p1", "Linen scarf", "Soft & warm",
    )  # fmt: skip
    assert (product.price, product.currency, product.cost) == (
        Decimal("59.00"), "EUR", Decimal("20.00"),
    )  # fmt: skip
    assert product.sale_price == Decimal("49.00")
    assert product.sale_starts_at == datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    assert product.sale_ends_at == datetime(2026, 3, 15, 14, 30, tzinfo=UTC)
    assert (product.brand, product.gtin, product.item_group) == (
        "Harbour", "4006381333931", "scarf",
    )  # fmt: skip
    assert product.category == "Accessories > Scarves"
    assert (product.availability, product.in_stock) == ("in_stock", True)
    assert product.image_url == "https://shop.example/p1.jpg"
    assert product.attributes["shipping"] == {"country": "DE", "price": "4.90 EUR"}
    assert len(product.attributes["additional_image_link"]) == 2


def test_atom_is_read_too(load):
    load(ATOM)
    product = Product.objects.get()
    assert (product.title, product.url, product.price) == (
        "Linen scarf", "https://shop.example/p1", Decimal("59.00"),
    )  # fmt: skip
    assert product.in_stock is True


def test_a_tab_separated_feed_has_the_same_words(load):
    load(
        "id\ttitle\tprice\tavailability\timage link\titem group id\n"
        "p1\tLinen scarf\tEUR 59.00\tout of stock\thttps://shop.example/1.jpg\tscarf\n",
        name="feed.tsv",
    )
    product = Product.objects.get()
    assert (product.price, product.currency) == (Decimal("59.00"), "EUR")
    assert (product.in_stock, product.availability) == (False, "out_of_stock")
    assert product.item_group == "scarf"


def test_the_same_feed_again_touches_nothing(load):
    load(RSS.format(items=item()))
    before = Product.objects.values().get()
    assert "1 unchanged" in load(RSS.format(items=item()))
    assert Product.objects.values().get() == before


def test_only_what_changed_is_changed(load):
    load(RSS.format(items=item("p1") + item("p2")))
    before = Product.objects.get(external_id="p1").updated_at
    said = load(RSS.format(items=item("p1") + item("p2", price="39.00 EUR")))
    assert "1 updated, 1 unchanged" in said
    assert Product.objects.get(external_id="p1").updated_at == before
    assert Product.objects.get(external_id="p2").price == Decimal("39.00")


def test_a_packed_feed_is_read(load):
    content = gzip.compress(RSS.format(items=item()).encode())
    assert "1 inserted" in load(content, name="feed.xml.gz")


def test_what_cannot_be_used_is_kept_with_its_reason(load, tmp_path):
    bad = item("p2", availability="perhaps") + item("p3", price="cheap") + item("p4", title="")
    assert "1 inserted" in load(RSS.format(items=item() + bad))
    assert [(each["line"], each["field"]) for each in rejects(tmp_path)] == [
        (2, "availability"), (3, "price"), (4, "title"),
    ]  # fmt: skip


def test_a_sale_in_another_currency_is_refused(load, tmp_path):
    load(RSS.format(items=item(price="59.00 USD")))
    assert rejects(tmp_path)[0]["field"] == "sale_price"


def test_a_sale_without_an_end_is_refused(load, tmp_path):
    wrong = item().replace("2026-03-01T13:00+0100/2026-03-15T15:30+0100", "2026-03-01")
    load(RSS.format(items=wrong))
    assert rejects(tmp_path)[0]["field"] == "sale_ends_at"


BOMB = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>
<rss><channel><item><id>p1</id><title>&c;</title></item></channel></rss>"""
OUTSIDE = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>
<rss><channel><item><id>p1</id><title>&a;</title></item></channel></rss>"""


@pytest.mark.parametrize("content", [BOMB, OUTSIDE])
def test_entities_are_refused_before_anything_is_stored(load, content):
    with pytest.raises(CommandError, match="document type or entities"):
        load(content)
    assert not Product.objects.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("<rss><channel><item><id>p1</id>", "not well-formed"),
        ("<rss><channel></channel></rss>", "holds no item"),
        ("id,title\np1,Scarf\n", "not well-formed"),
    ],
)
def test_what_is_no_feed_is_said(load, content, said):
    with pytest.raises(CommandError, match=said):
        load(content)


def test_a_text_without_an_end_does_not_fill_memory(load):
    with pytest.raises(CommandError, match="without an item"):
        load(f"<rss><channel><item><id>{'x' * 5_000_000}</id></item></channel></rss>")


def test_a_cut_feed_changes_nothing(load):
    items = "".join(item(f"p{number}") for number in range(6_000))
    with pytest.raises(CommandError, match="not well-formed"):
        load(RSS.format(items=items)[:-40])
    assert not Product.objects.exists()


def test_what_a_full_feed_leaves_out_is_sold_out(load):
    load(RSS.format(items=item("p1") + item("p2") + item("p3")))
    assert "1 gone" in load(RSS.format(items=item("p1") + item("p3")), "--full")
    gone = Product.objects.get(external_id="p2")
    assert (gone.in_stock, gone.availability) == (False, "out_of_stock")
    assert Product.objects.filter(in_stock=True).count() == 2
    assert "0 gone" in load(RSS.format(items=item("p1") + item("p3")), "--full")
    assert "1 updated" in load(RSS.format(items=item("p2")))
    assert Product.objects.get(external_id="p2").in_stock is True


def test_without_full_nothing_is_gone(load):
    load(RSS.format(items=item("p1") + item("p2")))
    assert "gone" not in load(RSS.format(items=item("p1")))
    assert Product.objects.filter(in_stock=True).count() == 2


def test_a_row_that_is_refused_is_not_gone(load):
    load(RSS.format(items=item("p1") + item("p2")))
    said = load(RSS.format(items=item("p1") + item("p2", price="cheap")), "--full")
    assert "1 rejected, 0 gone" in said
    assert Product.objects.get(external_id="p2").in_stock is True


def test_a_row_that_cannot_even_be_read_keeps_everything(load):
    load(RSS.format(items=item("p1") + item("p2")))
    said = load("id,title\np1,Linen scarf\np2\n", "--full", name="feed.csv")
    assert "gone" not in said
    assert Product.objects.filter(in_stock=True).count() == 2


def test_a_full_feed_that_was_cut_short_is_refused(load):
    for number in range(50):
        make.product(external_id=f"p{number}")
    with pytest.raises(CommandError, match="leaves out 49 of 50 products"):
        load(RSS.format(items=item("p1")), "--full")
    assert Product.objects.filter(in_stock=True).count() == 50
    assert "49 gone" in load(RSS.format(items=item("p1")), "--full", "--many-gone")
