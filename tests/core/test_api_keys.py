from datetime import timedelta

import pytest
from django.utils import timezone

from core.api_keys import api_key_create, api_key_for, api_key_revoke
from core.errors import InputRefused
from core.models import ApiKey, AuditEntry

pytestmark = pytest.mark.django_db


def test_the_key_itself_is_stored_nowhere():
    key, secret = api_key_create("mail tool", ["decide"])
    key.refresh_from_db()
    assert secret not in str(key.__dict__)
    assert secret not in str(AuditEntry.objects.values())


def test_a_key_opens_only_what_its_scopes_name():
    key, secret = api_key_create("mail tool", ["decide"])
    now = timezone.now()
    assert api_key_for(secret, scope="decide", now=now) == key
    assert api_key_for(secret, scope="events", now=now) is None


def test_a_revoked_key_opens_nothing():
    key, secret = api_key_create("mail tool", ["decide"])
    api_key_revoke(key, now=timezone.now())
    assert api_key_for(secret, scope="decide", now=timezone.now()) is None


def test_last_use_is_kept_to_the_minute():
    _, secret = api_key_create("mail tool", ["decide"])
    now = timezone.now()
    api_key_for(secret, scope="decide", now=now)
    api_key_for(secret, scope="decide", now=now + timedelta(seconds=30))
    assert ApiKey.objects.get().last_used_at == now


def test_a_key_without_a_known_scope_is_refused_by_name():
    with pytest.raises(InputRefused, match="decide, events, flags, admin") as refused:
        api_key_create("mail tool", ["everything"])
    assert refused.value.field == "scopes"
