import hashlib
import hmac

import pytest
from django.db import connection

from core.installation import derived_key
from privacy.addresses import (
    address_digest,
    address_digest_keys,
    address_digest_sql,
    address_subject,
)


def test_an_address_is_the_same_in_capitals_and_with_spaces_around():
    assert address_digest(" Ann@Shop.Example ") == address_digest("ann@shop.example")
    assert address_digest("anna@shop.example") != address_digest("ann@shop.example")


def test_the_digest_is_an_hmac_with_the_installations_own_key(settings):
    key = derived_key("addresses")
    expected = hmac.new(key, b"ann@shop.example", hashlib.sha256).hexdigest()
    assert address_digest("ann@shop.example") == expected
    settings.INSTALLATION_KEY = "another"
    assert address_digest("ann@shop.example") != expected


def test_an_address_is_a_subject_of_its_own():
    assert address_subject("Ann@shop.example") == address_subject("ann@shop.example")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["ann@shop.example", " ANN@Shop.Example", "JÜRGEN@straße.example", "İ@x.tr", "a%b@c"]
)
def test_the_database_computes_the_same(address):
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {address_digest_sql('%(address)s::text')}",
            {**address_digest_keys(), "address": address},
        )
        assert cursor.fetchone()[0] == address_digest(address)
