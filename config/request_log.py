"""What a request leaves in the log: one line, without what must not stand in a log."""

from __future__ import annotations

import logging
import re

from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware

# API keys stand in the path of SDK clients; addresses, ids and tokens in the query.
KEY = re.compile(r"\bck_live_[\w-]{4,}")
HIDDEN = "ck_live_…"


class RequestLog(RequestMiddleware):
    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return f"{request.method} {KEY.sub(HIDDEN, request.path)}"


class HideKeys(logging.Filter):
    """For the lines that Django writes itself, which name the path."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                KEY.sub(HIDDEN, one) if isinstance(one, str) else one for one in record.args
            )
        return True
