from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from catalog import tasks
from catalog.models import Feed, Product, RecommendationRules
from tests.factories import catalog as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    client.force_login(User.objects.create_superuser("ruth", "ruth@shop.example", "pw"))
    return client


def listed(admin, model, **asked):
    return admin.get(reverse(f"admin:catalog_{model}_changelist"), asked).content.decode()


def test_a_product_stands_with_price_margin_and_stock(admin):
    make.product(
        price=Decimal("100.00"), sale_price=Decimal("80.00"), cost=Decimal("70.00"),
        stock_quantity=3,
    )  # fmt: skip
    page = listed(admin, "product")
    assert "80.00 EUR (instead of 100.00)" in page
    assert "12%, thin" in page
    assert "3 in stock" in page


def test_none_left_is_sold_out_whatever_the_flag_says(admin):
    make.product(stock_quantity=0, in_stock=True)
    assert "sold out" in listed(admin, "product")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "no picture"),
        ({"image_url": "https://shop.example/a.png"}, "no image encoder"),
        ({"image_vector_of": "x" * 64, "image_url": "https://shop.example/a.png"}, "seen"),
        ({"image_problem": "broken", "image_url": "https://s.example/a.png"}, "cannot be read"),
    ],
)
def test_a_product_says_what_came_of_its_picture(admin, settings, given, said):
    settings.IMAGE_ENCODER = ""
    make.product(**given)
    assert said in listed(admin, "product")


def test_products_without_a_vector_can_be_found(admin):
    make.product(title="Unread")
    make.product(title="Already", vector=[0.1] * 384, vector_of="x")
    assert "Unread" in listed(admin, "product", words="no")
    assert "Already" not in listed(admin, "product", words="no")
    assert "Already" in listed(admin, "product", words="yes")


def test_an_offer_says_where_it_stands(admin):
    make.offer(name="Used", budget=Decimal(100), spent=Decimal(100))
    page = listed(admin, "offer")
    assert "budget used up" in page
    assert "100.00 of 100.00" in page


def test_words_that_contradict_the_number_are_refused_in_the_form(admin):
    offer = make.offer(text="20% off dresses")
    answer = admin.post(
        reverse("admin:catalog_offer_change", args=[offer.pk]),
        {"name": offer.name, "text": offer.text, "kind": "percent", "percent": "15",
         "audience": "everyone", "starts_at_0": "2026-03-01", "starts_at_1": "00:00"},
    )  # fmt: skip
    assert "The text says 20%, the offer 15%." in answer.content.decode()


def test_a_feed_can_be_read_now_and_says_what_is_wrong(
    admin, settings, django_capture_on_commit_callbacks
):
    settings.FETCH_ALLOWED_HOSTS = []
    feed = Feed.objects.create(name="Shop", url="http://127.0.0.1/feed.xml")
    with django_capture_on_commit_callbacks() as woken:
        admin.post(
            reverse("admin:catalog_feed_read_now", args=[feed.pk]), {"_form_submitted": "on"}
        )
    assert len(woken) == 1
    tasks.feed_read(feed.pk)
    page = admin.get(reverse("admin:catalog_feed_change", args=[feed.pk])).content.decode()
    assert "inside a network" in page


def test_there_is_one_set_of_rules(admin):
    assert "Add" in listed(admin, "recommendationrules")
    RecommendationRules.objects.create()
    add = admin.get(reverse("admin:catalog_recommendationrules_add"))
    assert add.status_code == 403


def test_rules_are_saved_from_the_form(admin):
    rules = RecommendationRules.objects.create()
    admin.post(
        reverse("admin:catalog_recommendationrules_change", args=[rules.pk]),
        {"least_margin": "0.2", "most_of_a_category": "2", "owned_days": "90",
         "excluded_brands": "Cheap, Other", "excluded_categories": ""},
    )  # fmt: skip
    rules.refresh_from_db()
    assert (rules.least_margin, rules.owned_days) == (Decimal("0.2"), 90)
    assert rules.excluded_brands == ["Cheap", "Other"]


def test_saving_a_product_leaves_its_vector(admin):
    product = make.product(vector=[0.1] * 384, vector_of="x")
    admin.post(
        reverse("admin:catalog_product_change", args=[product.pk]),
        {"title": "Renamed", "external_id": product.external_id, "in_stock": "on",
         "attributes": "{}", "price": "10.00", "currency": "EUR"},
    )  # fmt: skip
    changed = Product.objects.get(pk=product.pk)
    assert changed.title == "Renamed"
    assert changed.vector is not None
    assert changed.updated_at <= timezone.now()


def test_a_feed_says_how_many_rows_were_refused_and_why(admin):
    reason = "2 rows, from line 3 on: title must be <given>"
    stored = Feed.objects.create(
        name="Shop", url="https://shop.example/feed.csv", checked_at=timezone.now(),
        outcome={"read": 4, "inserted": 2, "rejected": 2, "gone": None, "reasons": [reason]},
    )  # fmt: skip
    assert "read, 2 of 4 rows refused" in listed(admin, "feed")
    page = admin.get(reverse("admin:catalog_feed_change", args=[stored.pk])).content.decode()
    assert "4 read, 2 new, 2 refused" in page
    assert "2 rows, from line 3 on: title must be &lt;given&gt;" in page
