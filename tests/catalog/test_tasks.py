import pytest
from django.utils import timezone

from catalog import tasks
from catalog.models import Product, Recommendation, RecommenderFit
from tests.factories import catalog as make
from tests.factories.events import event

pytestmark = pytest.mark.django_db


def test_the_nightly_task_goes_from_log_to_recommendations():
    make.product(external_id="scarf")
    make.product(external_id="hat")
    for unit in ("a", "b"):
        event(unit_id=unit, properties={"product_id": "scarf"}, occurred_at=timezone.now())
    event(unit_id="a", properties={"product_id": "hat"}, occurred_at=timezone.now())
    tasks.recommendations_renew()
    tasks.recommendations_renew()
    assert RecommenderFit.objects.count() == 2
    assert Recommendation.objects.get(unit_id="b").product_ids == ["hat"]


def test_a_young_shop_is_no_error():
    tasks.recommendations_renew()
    tasks.feeds_read()
    tasks.feed_read(0)
    assert not RecommenderFit.objects.exists()


def test_new_products_are_read_by_the_real_encoder(settings):
    settings.IMAGE_ENCODER = ""
    make.product(title="Waterproof hiking boots")
    tasks.products_understand()
    assert len(Product.objects.get().vector) == 384
