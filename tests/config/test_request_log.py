import io
import logging

import pytest
import structlog
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory

from config.request_log import HideKeys, RequestLog


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("/v1/decide?campaign=x&email=ada@people.example&token=ct_abc", "GET /v1/decide"),
        ("/sub/ck_live_abcdefgh-ijkl", "GET /sub/ck_live_…"),
    ],
)
def test_a_line_names_neither_the_query_nor_a_key(path, line):
    assert RequestLog.format_request(RequestFactory().get(path)) == line


@pytest.mark.django_db
def test_djangos_own_lines_name_no_key_either():
    handler = logging.StreamHandler(io.StringIO())
    handler.addFilter(HideKeys())
    logging.getLogger("django.request").addHandler(handler)
    try:
        assert Client().get("/nowhere/ck_live_abcdefgh-ijkl").status_code == 404
    finally:
        logging.getLogger("django.request").removeHandler(handler)
    assert handler.stream.getvalue() == "Not Found: /nowhere/ck_live_…\n"


def bound(request):
    structlog.contextvars.clear_contextvars()
    request.user = AnonymousUser()
    RequestLog(lambda _: None).prepare(request)
    return structlog.contextvars.get_contextvars()


@pytest.mark.parametrize(
    ("headers", "ip"),
    [
        ({}, "203.0.113.7"),
        ({"X-Forwarded-For": "8.8.4.4"}, "8.8.4.4"),
        ({"X-Real-IP": "8.8.4.4"}, "8.8.4.4"),
        ({"CF-Connecting-IP": "8.8.4.4"}, "8.8.4.4"),
    ],
)
def test_a_line_says_who_asked_through_a_proxy_too(headers, ip):
    request = RequestFactory(headers=headers, REMOTE_ADDR="203.0.113.7").get("/v1/decide")
    assert bound(request)["ip"] == ip


def test_a_line_names_who_is_logged_in(owner):
    request = RequestFactory().get("/admin/")
    assert bound(request)["user_id"] is None
    client = Client()
    client.force_login(owner)
    request.COOKIES = {name: morsel.value for name, morsel in client.cookies.items()}
    structlog.contextvars.clear_contextvars()
    request.user = owner
    RequestLog(lambda _: None).prepare(request)
    assert structlog.contextvars.get_contextvars()["user_id"] == owner.pk
