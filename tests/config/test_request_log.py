import io
import logging

import pytest
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
