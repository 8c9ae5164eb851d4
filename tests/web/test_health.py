import pytest
from django.core.cache import cache

from core import liveness

pytestmark = pytest.mark.django_db


def test_all_parts_up_is_200(client):
    liveness.note_worker_alive()
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


def test_a_silent_worker_is_503_and_named(client):
    cache.delete(liveness.WORKERS_KEY)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "down", "database": "ok", "broker": "ok", "worker": "down"}


def test_a_broker_that_is_gone_is_503_and_named(client, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    assert client.get("/healthz").json()["broker"] == "down"


def test_this_machine_may_read_the_metrics(client):
    answer = client.get("/metrics")
    assert b"django_http_requests" in answer.content


def test_a_stranger_may_not_read_the_metrics(client):
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.9").status_code == 403


def test_a_stranger_behind_a_local_proxy_may_not_read_the_metrics(client):
    assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 403


def test_whoever_has_the_token_may_read_the_metrics(client, settings):
    settings.METRICS_TOKEN = "open"
    headers = {"Authorization": "Bearer open"}
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.9", headers=headers).status_code == 200
