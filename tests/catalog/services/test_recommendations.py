"""Recommendations from the event log to the reason given."""

from datetime import timedelta
from decimal import Decimal

import numpy as np
import pytest

from catalog.models import Offer, Product, Recommendation, RecommendationRules, RecommenderFit
from catalog.recommending import NotFittedYet, recommendations_for, speaking_of
from catalog.services import (
    NothingToFit,
    offers_spent_refresh,
    products_encode,
    products_see,
    recommendations_forget,
    recommendations_refresh,
    recommenders_fit,
    refreshing,
)
from inference.encoders import ScriptedEncoder
from inference.images import ScriptedImageEncoder
from tests.factories import audience
from tests.factories import catalog as make
from tests.factories.events import NOON, event
from tests.inference.tiny_image_models import picture, written

pytestmark = pytest.mark.django_db

NOW = NOON + timedelta(days=30)


def fit():
    return recommenders_fit(now=NOW, rng=np.random.default_rng(1))


def bought(unit, *products, days=0, **properties):
    event(
        unit_id=unit,
        occurred_at=NOON + timedelta(days=days),
        properties={"products": [{"product_id": each.external_id} for each in products]}
        | properties,
    )


@pytest.fixture
def shop():
    """Tents go with sleeping bags, then stoves; scarves with hats; lamps with nothing."""
    names = ("tent", "bag", "stove", "scarf", "hat", "lamp")
    made = {
        name: make.product(external_id=name, title=name.capitalize(), category=name)
        for name in names
    }
    for number in range(12):
        bought(f"camper{number}", made["tent"], days=0)
        bought(f"camper{number}", made["bag"], days=1)
        bought(f"camper{number}", made["stove"], days=2)
    for number in range(8):
        bought(f"walker{number}", made["scarf"], days=0)
        bought(f"walker{number}", made["hat"], days=1)
    return made


def wrote(unit, vector, interests):
    """Somebody's profile, as the audience makes it of their texts."""
    audience.profile(
        audience.contact(unit),
        vector=vector.tolist(),
        interests=[
            {"phrase": phrase, "weight": 1.0} | ({"category": category} if category else {})
            for phrase, category in interests.items()
        ],
    )


def shown(unit, **given):
    return [each.external_id for each in recommendations_for(unit, now=NOW, **given)]


def test_what_others_bought_next_comes_first_with_its_reason(shop):
    bought("newcomer", shop["tent"], days=3)
    fit()
    first = recommendations_for("newcomer", now=NOW)[0]
    assert first.external_id in ("bag", "stove")
    assert first.because == "because you bought Tent"
    assert str(first.price) == "79.00 EUR"


def test_something_looked_at_is_named_as_that(shop):
    event(
        unit_id="looker",
        name="Product Viewed",
        occurred_at=NOON + timedelta(days=3),
        properties={"product_id": "scarf"},
    )
    fit()
    first = recommendations_for("looker", now=NOW)[0]
    assert (first.external_id, first.because) == ("hat", "because you looked at Scarf")


def test_what_is_owned_is_not_shown_again_until_the_rules_say(shop):
    fit()
    assert "tent" not in shown("camper1")
    RecommendationRules.objects.create(owned_days=10)
    assert "tent" in shown("camper1")


def test_a_stranger_gets_what_is_popular(shop):
    fit()
    found = recommendations_for("nobody", now=NOW)
    assert found[0].external_id in ("tent", "bag", "stove")
    assert {each.because for each in found} == {"popular these weeks"}


def test_what_somebody_wrote_counts_for_a_stranger(shop):
    encoder = ScriptedEncoder()
    products_encode(encoder=encoder)
    fit()
    wrote(
        "nobody",
        encoder.encode(["lamp lamp"])[0],
        {"warm socks": "", "reading lamp": "", "camp fire": "elsewhere"},
    )
    first = recommendations_for("nobody", now=NOW)[0]
    assert first.external_id == "lamp"
    assert first.because == "like what you wrote about: reading lamp"


def test_what_is_asked_for_counts_in_place_of_what_was_written(shop):
    encoder = ScriptedEncoder()
    products_encode(encoder=encoder)
    fit()
    lamps, scarves = encoder.encode(["lamp lamp", "scarf scarf"])
    wrote("nobody", lamps, {"reading lamp": ""})
    first = recommendations_for("nobody", now=NOW, vector=scarves)[0]
    assert (first.external_id, first.because) == ("scarf", "like what you wrote about")


def test_words_of_another_encoder_count_for_nothing(shop):
    fit_of_another = ScriptedEncoder().encode(["lamp"])
    Product.objects.update(image_vector=[1.0, 0.0], image_vector_of="pictures")
    fit()
    found = recommendations_for("nobody", now=NOW, vector=fit_of_another[0])
    assert {each.because for each in found} == {"popular these weeks"}


@pytest.mark.parametrize(
    ("wrote", "named"),
    [
        ({"guest dress": "Dresses"}, ()),
        ({"warm blanket": ""}, ("warm blanket",)),
        ({"cold nights": "Home"}, ("cold nights",)),
        ({"dress": "", "wool": "", "home": "", "blanket": ""}, ("wool", "home")),
        ({"a go": ""}, ()),
    ],
)
def test_only_what_speaks_of_a_product_is_named_as_its_reason(wrote, named):
    product = Product(title="Wool blanket a go", category="Home")
    assert speaking_of(product, wrote) == named


def test_a_new_product_is_found_by_its_words(shop):
    """Nobody bought it, and it is shown to who bought what is like it."""
    make.product(external_id="new", title="Tent tent", category="tent")
    bought("newcomer", shop["tent"], days=3)
    products_encode(encoder=ScriptedEncoder())
    fit()
    assert "new" in shown("newcomer")


def test_pictures_decide_where_words_are_alike(tmp_path, settings):
    """Three vases of one name: who bought the red one is shown the other that looks like it."""
    settings.IMAGE_FOLDER = str(tmp_path)
    for name, seed in (("red", 1), ("blue", 2), ("crimson", 1)):
        (tmp_path / f"{name}.png").write_bytes(written(picture(seed)))
        make.product(external_id=name, title="Vase", image_url=f"https://shop.example/{name}.png")
    bought("newcomer", Product.objects.get(external_id="red"))
    products_encode(encoder=ScriptedEncoder())
    by_words = fit()
    assert shown("newcomer") == ["blue", "crimson"]
    assert any("picture" in note for note in by_words.notes)
    products_see(encoder=ScriptedImageEncoder())
    by_both = fit()
    assert shown("newcomer") == ["crimson", "blue"]
    assert by_both.notes == []


@pytest.mark.parametrize(
    "change",
    [{"in_stock": False}, {"stock_quantity": 0}],
)
def test_what_is_sold_out_is_not_shown_from_the_same_moment(shop, change):
    bought("newcomer", shop["tent"], days=3)
    fit()
    assert "bag" in shown("newcomer")
    Product.objects.filter(external_id="bag").update(**change)
    assert "bag" not in shown("newcomer")


def test_margins_brands_and_categories_follow_the_shops_rules(shop):
    fit()
    Product.objects.filter(external_id="bag").update(cost=Decimal("75.00"), brand="X")
    Product.objects.filter(external_id="stove").update(cost=Decimal("30.00"), brand="Y")
    rules = RecommendationRules.objects.create(least_margin=Decimal("0.3"))
    assert shown("nobody") == ["stove"]
    rules.excluded_brands = ["Y"]
    rules.save()
    assert shown("nobody") == []
    rules.least_margin = None
    rules.excluded_categories = ["hat", "scarf"]
    rules.save()
    assert set(shown("nobody")) == {"tent", "bag"}


def test_orders_name_products_in_several_ways(shop):
    event(unit_id="a", properties={"product_id": "scarf"})
    event(unit_id="b", properties={"products": [{"sku": "scarf"}, {"sku": "unknown"}]})
    event(unit_id="c", properties={"products": "scarf"})
    fit()
    for unit in ("a", "b"):
        assert recommendations_for(unit, now=NOW)[0].because == "because you bought Scarf"
    assert recommendations_for("c", now=NOW)[0].because == "popular these weeks"


def test_the_batch_says_the_same_as_one_at_a_time(shop, monkeypatch):
    """With and without a history, with and without words; more people than are scored at once."""
    monkeypatch.setattr(refreshing, "UNITS_AT_ONCE", 7)
    encoder = ScriptedEncoder()
    products_encode(encoder=encoder)
    fit()
    lamps, scarves = encoder.encode(["lamp lamp", "scarf hat"])
    wrote("camper1", lamps, {"reading lamp": "", "camp fire": ""})
    wrote("walker7", scarves, {})
    wrote("reader", lamps, {"dark evenings": "lamp"})
    assert recommendations_refresh(now=NOW) == 21
    for kept in Recommendation.objects.all():
        found = recommendations_for(kept.unit_id, now=NOW, limit=12)
        assert kept.product_ids == [each.external_id for each in found]
        assert [item["because"] for item in kept.items] == [each.because for each in found]
        # Many people together are multiplied otherwise than one: the last digit may differ.
        scores = [each.score for each in found]
        assert [item["score"] for item in kept.items] == pytest.approx(scores, abs=2e-4)
    reader = Recommendation.objects.get(unit_id="reader").items[0]
    assert reader["product"] == "lamp"
    assert reader["because"] == "like what you wrote about: dark evenings"


def test_the_batch_again_replaces_itself(shop):
    fit()
    recommendations_refresh(now=NOW)
    later = NOW + timedelta(days=800)
    bought("newcomer", shop["scarf"], days=820)
    recommendations_refresh(now=later)
    kept = Recommendation.objects.order_by("unit_id").values_list("unit_id", flat=True)
    assert list(kept) == ["", "newcomer"]


def test_a_unit_can_be_forgotten(shop):
    fit()
    recommendations_refresh(now=NOW)
    assert recommendations_forget(["camper1", "nobody"]) == 1
    assert not Recommendation.objects.filter(unit_id="camper1").exists()


def test_without_a_fit_it_is_said(shop):
    with pytest.raises(NotFittedYet, match="have not been fitted"):
        recommendations_for("camper1", now=NOW)
    with pytest.raises(NotFittedYet):
        recommendations_refresh(now=NOW)


def test_an_empty_catalog_cannot_be_fitted():
    with pytest.raises(NothingToFit):
        fit()


def test_a_catalog_without_a_log_can(db):
    make.product(external_id="only")
    assert fit().history_count == 0
    assert shown("nobody") == []


def test_a_product_that_came_after_the_fit_waits_for_the_next(shop):
    fit()
    make.product(external_id="late")
    bought("late buyer", Product.objects.get(external_id="late"), days=3)
    assert "late" not in shown("late buyer")
    assert shown("late buyer")


def test_a_product_that_went_is_not_shown(shop):
    fit()
    Product.objects.filter(external_id="bag").delete()
    assert "bag" not in shown("nobody")


def test_old_fits_go(shop):
    kept = [fit() for _ in range(4)]
    assert not RecommenderFit.objects.filter(pk=kept[0].pk).exists()
    assert RecommenderFit.objects.count() == 3


def test_the_fit_says_what_it_had(shop):
    made = fit()
    assert made.history_count == 20
    assert any("no product has a vector" in note for note in made.notes)
    assert made.figures["hit_rate_at_10"] > 0.9


def test_one_unit_is_answered_in_few_queries(shop, django_assert_max_num_queries):
    fit()
    shown("camper1")
    with django_assert_max_num_queries(5):
        shown("camper1")


def test_discounts_by_a_code_add_up_to_what_an_offer_cost():
    offer = make.offer(code="SPRING", budget=Decimal(50), kind=Offer.Kind.OTHER)
    event(properties={"coupon": "SPRING", "discount": 12.5})
    event(properties={"coupon": "SPRING", "discount": 7})
    event(properties={"coupon": "OTHER", "discount": 99})
    event(properties={"coupon": "SPRING", "discount": "none"})
    assert offers_spent_refresh() == 1
    offer.refresh_from_db()
    assert offer.spent == Decimal("19.50")
    assert offers_spent_refresh() == 0
