from __future__ import annotations

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from core.api_keys import api_key_create, api_key_for
from core.audit import audit
from core.models import ApiKey


@pytest.fixture
def made(client, owner):
    client.force_login(owner)
    return client.post(
        reverse("admin:core_apikey_add"), {"name": "Email tool", "scopes": ["decide", "events"]}
    )


def secret_in(answer):
    return re.search(r"ck_live_[\w-]{20,}", answer.content.decode())[0]


def test_a_new_key_is_shown_and_works(made):
    assert api_key_for(secret_in(made), scope="decide", now=timezone.now()).name == "Email tool"


def test_a_new_key_is_kept_out_of_caches(made):
    assert "no-store" in made["Cache-Control"]


def test_a_key_is_never_shown_again(client, made):
    secret = secret_in(made)
    page = client.get(reverse("admin:core_apikey_change", args=[ApiKey.objects.get().pk]))
    listed = client.get(reverse("admin:core_apikey_changelist"))
    assert secret not in page.content.decode() + listed.content.decode()


def test_a_key_needs_a_scope(client, owner):
    client.force_login(owner)
    answer = client.post(reverse("admin:core_apikey_add"), {"name": "Email tool", "scopes": []})
    assert "This field is required" in answer.content.decode()


def test_revoking_asks_first(client, made):
    key = ApiKey.objects.get()
    client.get(reverse("admin:core_apikey_revoke", args=[key.pk]))
    key.refresh_from_db()
    assert key.revoked_at is None


def test_a_revoked_key_stops_working(client, made):
    key = ApiKey.objects.get()
    client.post(reverse("admin:core_apikey_revoke", args=[key.pk]), {"_form_submitted": "on"})
    assert api_key_for(secret_in(made), scope="decide", now=timezone.now()) is None


def test_revoking_takes_the_right_to(client, teammate):
    key, _ = api_key_create("Email tool", ["decide"])
    client.force_login(teammate)
    answer = client.post(
        reverse("admin:core_apikey_revoke", args=[key.pk]), {"_form_submitted": "on"}
    )
    assert answer.status_code == 403


def test_audit_entries_can_be_read_but_not_changed(client, owner):
    entry = audit(owner, "variant_approve", owner, note="<b>fine</b>")
    client.force_login(owner)
    url = reverse("admin:core_auditentry_change", args=[entry.pk])
    assert "&lt;b&gt;fine&lt;/b&gt;" in client.get(url).content.decode()
    assert client.post(url, {"action": "other"}).status_code == 403


def test_an_exchanged_key_is_shown_and_the_old_one_works_on(client, made):
    old_secret, old = secret_in(made), ApiKey.objects.get()
    url = reverse("admin:core_apikey_rotate", args=[old.pk])
    assert "goes on working for" in client.get(url).content.decode()
    assert ApiKey.objects.count() == 1
    answer = client.post(url, {"overlap": "24"})
    assert "no-store" in answer["Cache-Control"]
    now = timezone.now()
    assert api_key_for(secret_in(answer), scope="events", now=now).replaces == old
    assert api_key_for(old_secret, scope="events", now=now) == old


def test_a_leaked_key_is_exchanged_at_once(client, made):
    old = ApiKey.objects.get()
    client.post(reverse("admin:core_apikey_rotate", args=[old.pk]), {"overlap": "0"})
    assert api_key_for(secret_in(made), scope="decide", now=timezone.now()) is None


def test_exchanging_takes_the_right_to(client, teammate):
    key, _ = api_key_create("Email tool", ["decide"])
    client.force_login(teammate)
    client.post(reverse("admin:core_apikey_rotate", args=[key.pk]), {"overlap": "0"})
    assert ApiKey.objects.count() == 1


def test_a_key_can_be_limited(client, owner):
    client.force_login(owner)
    given = {"name": "Widget", "scopes": ["flags"], "requests_per_minute": "600"}
    client.post(
        reverse("admin:core_apikey_add"),
        given | {"expires_at_0": "2030-01-01", "expires_at_1": "12:00:00"},
    )
    key = ApiKey.objects.get()
    assert (key.requests_per_minute, key.expires_at.year) == (600, 2030)
