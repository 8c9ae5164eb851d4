"""The chat's script as it is served: small, kept by browsers, with nothing policies forbid."""

from __future__ import annotations

import gzip
import re

import pytest
from django.urls import reverse

from assistant.services.embedding import origin_of
from assistant.widget import script
from core.errors import InputRefused

SIZE_BUDGET = 12 * 1024
FORBIDDEN = [
    r"innerHTML", r"outerHTML", r"insertAdjacent", r"\beval\(", r"new Function", r"\bimport\b",
    r"document\.write", r"createElement\(.style", r"cssText", r"setAttribute\(.style",
]  # fmt: skip


def test_it_is_small():
    assert len(script().zipped) < SIZE_BUDGET


def test_it_is_one_file_with_nothing_that_a_strict_policy_forbids():
    text = script().plain.decode()
    assert [word for word in FORBIDDEN if re.search(word, text)] == []


def test_its_own_address_is_kept_for_good_and_the_plain_one_looked_after(client, db):
    address = reverse("assistant:widget")
    plain = client.get(address)
    assert plain["Content-Type"] == "text/javascript; charset=utf-8"
    assert plain["Cache-Control"] == "public, max-age=900"
    exact = client.get(f"{address}?v={script().version}", headers={"Accept-Encoding": "gzip, br"})
    assert exact["Cache-Control"] == "public, max-age=31536000, immutable"
    assert gzip.decompress(exact.content) == plain.content == script().plain
    assert client.get(f"{address}?v=older")["Cache-Control"] == "public, max-age=900"
    again = client.get(address, headers={"If-None-Match": plain["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.post(address).status_code == 405


def test_any_page_may_load_it_and_it_sets_no_cookie(client, db):
    answer = client.get(reverse("assistant:widget"))
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert not answer.cookies


@pytest.mark.parametrize(
    "origin",
    ["shop.example", "http://shop.example", "https://shop.example/help", "https://*.shop.example",
     "https://a@shop.example", "javascript:alert(1)", "https://", "https://a b", "null", "https://x:y"],
)  # fmt: skip
def test_what_is_no_origin_is_refused(origin):
    with pytest.raises(InputRefused, match="origins"):
        origin_of(origin)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("https://Shop.example:443/", "https://shop.example"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("https://shop.example:8443", "https://shop.example:8443"),
    ],
)
def test_an_origin_is_kept_as_browsers_send_it(said, kept):
    assert origin_of(said) == kept
