from decimal import Decimal

import pytest
from django.core.management import call_command

from catalog.models import Product

pytestmark = pytest.mark.django_db


@pytest.fixture
def load(tmp_path, capsys):
    def run(content):
        path = tmp_path / "products.csv"
        path.write_text(content)
        call_command("import_products", str(path))
        return capsys.readouterr().out

    return run


def test_a_product_arrives_with_its_price_to_the_cent(load):
    load(
        "sku;name;category;price;currency;link;in_stock;colour;weight\n"
        "p1;Linen dress;Dresses;79.90;EUR;https://shop.example/p1?a=1;no;green;0.4\n"
    )
    product = Product.objects.get()
    assert (product.external_id, product.title, product.category) == (
        "p1",
        "Linen dress",
        "Dresses",
    )
    assert (product.price, product.currency) == (Decimal("79.90"), "EUR")
    assert (product.url, product.image_url) == ("https://shop.example/p1?a=1", "")
    assert product.in_stock is False
    assert product.attributes == {"colour": "green", "weight": 0.4}


def test_a_product_is_in_stock_unless_said_otherwise(load):
    load("external_id,title,price\np1,Linen dress,\n")
    product = Product.objects.get()
    assert product.in_stock is True
    assert product.price is None
    assert product.created_at is not None


def test_a_new_price_changes_the_product_and_nothing_else(load):
    load("external_id,title,price,colour\np1,Linen dress,79.90,green\n")
    before = Product.objects.get()
    assert "1 updated" in load("external_id,title,price\np1,Linen dress,59.90\n")
    after = Product.objects.get()
    assert (after.pk, after.price) == (before.pk, Decimal("59.90"))
    assert after.attributes == {"colour": "green"}
    assert after.created_at == before.created_at


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("price", "-1"),
        ("price", "79.999"),
        ("price", "12 euros"),
        ("price", "99999999999"),
        ("currency", "euro"),
        ("link", "javascript:alert(1)"),
        ("link", "shop.example/p1"),
        ("in_stock", "perhaps"),
        ("category", "x" * 201),
    ],
)
def test_what_no_product_can_have_is_rejected_by_name(load, tmp_path, column, value):
    field = {"link": "url"}.get(column, column)
    assert "1 rejected" in load(f"external_id,title,{column}\np1,Linen dress,{value}\n")
    assert f'"field": "{field}"' in (tmp_path / "products.csv.rejects.jsonl").read_text()
    assert not Product.objects.exists()


def test_a_product_without_a_title_is_rejected(load):
    assert "1 rejected" in load("external_id,title\np1,\n")
