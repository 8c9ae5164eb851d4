"""The chat's one script, as browsers keep it."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from assistant.models import KnowledgeBase
from assistant.understanding.speaking import DEFAULT, language_of, words_of

SCRIPT = "static/copylift/widget.js"
YEAR, QUARTER_HOUR = 31_536_000, 900


@dataclass(frozen=True, slots=True)
class Script:
    version: str
    plain: bytes
    zipped: bytes


@lru_cache(maxsize=1)
def script() -> Script:
    """Read once: a running process has one version."""
    source = (settings.BASE_DIR / SCRIPT).read_bytes()
    plain = source.replace(b"__TEXTS__", orjson.dumps(words_of(DEFAULT)["chat"]))
    version = hashlib.sha256(plain).hexdigest()[:12]
    return Script(version, plain, gzip.compress(plain, mtime=0))


@require_safe
def texts_view(request: HttpRequest, language: str) -> HttpResponse:
    """What the chat of a base says in a language; in English where we do not speak it."""
    ours = language_of(language)
    named = KnowledgeBase.objects.filter(key=request.GET.get("base", ""), is_published=True)
    own = named.values_list("own_sentences", flat=True).first() or {}
    own_words = own.get(ours, {}).get("chat", {})
    answer = JsonResponse({"lang": ours, **words_of(ours)["chat"], **own_words})
    answer["Cache-Control"] = f"public, max-age={QUARTER_HOUR}"
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


@require_safe
def widget_view(request: HttpRequest) -> HttpResponse:
    """For good under the version's own address; else looked after every quarter of an hour."""
    ours = script()
    is_zipped = "gzip" in request.headers.get("Accept-Encoding", "")
    etag = f'"{ours.version}{"-gzip" if is_zipped else ""}"'
    if etag in request.headers.get("If-None-Match", ""):
        answer = HttpResponse(status=304)
    else:
        answer = HttpResponse(
            ours.zipped if is_zipped else ours.plain, content_type="text/javascript; charset=utf-8"
        )
        if is_zipped:
            answer["Content-Encoding"] = "gzip"
    is_exact = request.GET.get("v") == ours.version
    answer["Cache-Control"] = (
        f"public, max-age={YEAR}, immutable" if is_exact else f"public, max-age={QUARTER_HOUR}"
    )
    answer["ETag"] = etag
    # A shop's page loads it from another origin, also where that page isolates itself.
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    patch_vary_headers(answer, ["Accept-Encoding"])
    return answer
