"""Keys at the doors: kept in mind, exchanged, limited, and told of."""

import secrets
from datetime import timedelta

import pytest
from django.utils import timezone

from core import broadcasts, key_checks, rate_limits
from core.api_keys import api_key_create, api_key_for, api_key_revoke, api_key_rotate
from core.errors import DomainError, InputRefused
from core.key_checks import live_key
from tests.campaigns.test_personalise_without_database import closed_port

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_remembered():
    key_checks.forget_keys()
    yield
    key_checks.forget_keys()


def test_a_live_key_is_asked_for_once(django_assert_num_queries):
    _, secret = api_key_create("tool", ["decide"], requests_per_minute=60)
    first = live_key(secret, scope="decide")
    with django_assert_num_queries(0):
        assert live_key(secret, scope="decide") == first
    assert first.requests_per_minute == 60


def test_a_scope_in_mind_opens_no_other():
    _, secret = api_key_create("tool", ["decide"])
    assert live_key(secret, scope="decide")
    assert live_key(secret, scope="flags") is None


def test_the_key_itself_is_not_kept_in_memory():
    _, secret = api_key_create("tool", ["decide"])
    live_key(secret, scope="decide")
    assert secret not in repr(key_checks._seen)


def test_a_revoked_key_is_noticed_at_once(django_capture_on_commit_callbacks):
    key, secret = api_key_create("tool", ["decide"])
    live_key(secret, scope="decide")
    with django_capture_on_commit_callbacks(execute=True):
        api_key_revoke(key, now=timezone.now())
    assert live_key(secret, scope="decide") is None


def test_a_key_ends_when_it_was_to_end():
    now = timezone.now()
    _, secret = api_key_create("tool", ["decide"], expires_at=now + timedelta(days=1))
    assert api_key_for(secret, scope="decide", now=now)
    assert api_key_for(secret, scope="decide", now=now + timedelta(days=1)) is None


def test_an_exchanged_key_works_beside_the_new_one_for_a_while():
    now = timezone.now()
    old, old_secret = api_key_create("tool", ["decide", "events"], requests_per_minute=10)
    new, new_secret = api_key_rotate(old, now=now, overlap=timedelta(hours=24))
    assert (new.name, new.scopes, new.requests_per_minute) == (old.name, old.scopes, 10)
    assert new.replaces == old
    later = now + timedelta(hours=23)
    assert api_key_for(old_secret, scope="decide", now=later)
    assert api_key_for(new_secret, scope="events", now=later) == new
    assert api_key_for(old_secret, scope="decide", now=now + timedelta(hours=24)) is None


def test_an_exchange_never_lengthens_a_keys_life():
    now = timezone.now()
    ends = now + timedelta(hours=1)
    key, _ = api_key_create("tool", ["decide"], expires_at=ends)
    api_key_rotate(key, now=now, overlap=timedelta(days=7))
    key.refresh_from_db()
    assert key.expires_at == ends


def test_a_dead_key_is_not_exchanged():
    key, _ = api_key_create("tool", ["decide"])
    api_key_revoke(key, now=timezone.now())
    with pytest.raises(DomainError, match="make a new one"):
        api_key_rotate(key, now=timezone.now(), overlap=timedelta(0))


def test_an_overlap_is_not_negative():
    key, _ = api_key_create("tool", ["decide"])
    with pytest.raises(InputRefused, match="overlap"):
        api_key_rotate(key, now=timezone.now(), overlap=timedelta(seconds=-1))


def fresh_id():
    return secrets.randbelow(2**40)


def test_a_minutes_requests_go_through_and_then_one_waits():
    key = fresh_id()
    assert [rate_limits.seconds_to_wait(key, 3) for _ in range(3)] == [0, 0, 0]
    # A third of the bucket comes back in 20 seconds.
    assert 18 <= rate_limits.seconds_to_wait(key, 3) <= 20


def test_keys_have_buckets_of_their_own():
    first, second = fresh_id(), fresh_id()
    assert rate_limits.seconds_to_wait(first, 1) == 0
    assert rate_limits.seconds_to_wait(first, 1) > 0
    assert rate_limits.seconds_to_wait(second, 1) == 0


def test_without_a_limit_nothing_is_counted(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert rate_limits.seconds_to_wait(1, None) == 0


def test_without_redis_nobody_is_turned_away(settings, monkeypatch):
    monkeypatch.setattr(rate_limits, "_down_until", 0.0)
    settings.REDIS_URL = f"redis://127.0.0.1:{closed_port()}/0"
    assert [rate_limits.seconds_to_wait(7, 1) for _ in range(5)] == [0] * 5


def test_an_announcement_without_redis_is_heard_here(settings, django_capture_on_commit_callbacks):
    heard = []
    broadcasts.on_announcement("trial", heard.append)
    settings.REDIS_URL = f"redis://127.0.0.1:{closed_port()}/0"
    with django_capture_on_commit_callbacks(execute=True):
        broadcasts.announce("trial", "x-1")
    assert heard == ["x-1"]


def test_an_announcement_comes_from_another_process(monkeypatch):
    """Through the real Redis, into a listener's thread."""
    import threading

    heard, came = [], threading.Event()

    def listener(what):
        heard.append(what)
        if what == "x-2":
            came.set()

    broadcasts.on_announcement("trial", listener)
    broadcasts.is_heard()
    assert broadcasts._hearing.wait(10)
    broadcasts._client().publish(broadcasts.CHANNEL, "trial x-2")
    assert came.wait(10)
