from datetime import timedelta

import numpy as np
import pytest
from django.urls import reverse
from django.utils import timezone

from catalog.services import products_encode, recommenders_fit
from tests.factories import audience
from tests.factories import catalog as make
from tests.factories.events import event

pytestmark = pytest.mark.django_db


@pytest.fixture
def contact(owner, client):
    client.force_login(owner)
    return audience.contact(external_id="c1", first_name="Mia")


@pytest.fixture
def shop():
    scarf = make.product(external_id="scarf", title="Wool scarf")
    hat = make.product(external_id="hat", title="Wool hat", sale_price="49.00")
    for number in range(6):
        for days, product in ((20, scarf), (10, hat)):
            event(
                unit_id=f"buyer{number}",
                occurred_at=timezone.now() - timedelta(days=days),
                properties={"product_id": product.external_id},
            )
    return {"scarf": scarf, "hat": hat}


def fit():
    recommenders_fit(now=timezone.now(), rng=np.random.default_rng(1))


def page_of(client, contact):
    return client.get(reverse("web:recommendations", args=[contact.pk])).content.decode()


def test_before_the_first_fit_the_page_says_what_to_do(client, contact):
    assert "manage.py recommend" in page_of(client, contact)


def test_a_product_stands_with_its_price_and_its_reason(client, contact, shop):
    event(
        unit_id="c1",
        occurred_at=timezone.now() - timedelta(days=1),
        properties={"product_id": "scarf"},
    )
    fit()
    page = page_of(client, contact)
    assert "because you bought Wool scarf" in page
    assert "49.00 EUR" in page
    assert "instead of 79.00" in page


def test_of_a_stranger_it_says_what_it_is_based_on(client, contact, shop):
    fit()
    page = page_of(client, contact)
    assert "Nothing bought and nothing looked at" in page
    assert "popular these weeks" in page


def test_what_is_missing_is_said(client, contact, shop, settings):
    settings.IMAGE_ENCODER = ""
    fit()
    page = page_of(client, contact)
    assert "No product has a vector yet" in page
    assert "IMAGE_ENCODER" in page


def test_titles_cannot_bring_markup(client, contact):
    make.product(external_id="x", title="<script>alert(1)</script>")
    event(unit_id="other", properties={"product_id": "x"}, occurred_at=timezone.now())
    fit()
    page = page_of(client, contact)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_the_contacts_page_leads_there(client, contact):
    page = client.get(reverse("admin:audience_contact_change", args=[contact.pk])).content.decode()
    assert reverse("web:recommendations", args=[contact.pk]) in page


def test_what_somebody_wrote_is_taken_along(client, contact, shop):
    from inference.encoders import ScriptedEncoder

    encoder = ScriptedEncoder()
    make.product(external_id="lamp", title="reading lamp", category="", description="")
    products_encode(encoder=encoder)
    fit()
    audience.profile(
        contact=contact,
        vector=encoder.encode(["reading lamp"])[0].tolist(),
        interests=[{"phrase": "reading in bed", "weight": 1.0}],
    )
    page = page_of(client, contact)
    assert "like what you wrote about: reading in bed" in page
    assert "what this contact wrote about" in page


def test_a_profile_of_orders_alone_is_no_writing(client, contact, shop):
    fit()
    audience.profile(contact, vector=None, text_count=0, last_text_at=None)
    assert "wrote" not in page_of(client, contact)
