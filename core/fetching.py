"""One HTTP GET to an address that somebody typed in, made so that it cannot be turned inward.

An address from a form, a feed or a page may name a machine of our own network: a database's status
page, a cloud's metadata service. So every host is resolved here, each of its addresses is judged,
and the connection goes to the very address that was judged; a redirect is judged anew. What comes
back is bounded in bytes and in time.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import IO, Any
from urllib.parse import SplitResult, urljoin, urlsplit

import httpx
from django.conf import settings

from core.errors import InputRefused, ServiceUnavailable

SCHEMES = {"http": 80, "https": 443}
AGENT = "Copylift"
MAX_REDIRECTS = 3
ADDRESSES_TRIED = 3
LONGEST_ADDRESS = 2_000
# Carrier-grade NAT is neither private nor public to `ipaddress`; 64:ff9b::/96 hides an IPv4.
_INWARD = tuple(
    map(ipaddress.ip_network, ("100.64.0.0/10", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16"))
)

Resolve = Callable[[str, int], list[str]]


class AddressRefused(InputRefused):
    """The address is not one we fetch from; the message says why."""


class FetchFailed(ServiceUnavailable):
    """The server did not answer, answered with an error, or sent too much or too slowly."""


@dataclass(frozen=True)
class Limits:
    """Bounds of one fetch, redirects included: bytes of the unpacked body, and seconds in all."""

    bytes: int = 10 * 1024 * 1024
    seconds: float = 15.0


@dataclass(frozen=True)
class Fetched:
    """`url` is where the body came from in the end; header names are in lower case."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def fetch(
    url: str, *, limits: Limits = Limits(), accept: str = "*/*", etag: str = "", since: str = ""
) -> Fetched:
    """GET `url` into memory.

    With the `ETag` or `Last-Modified` of an earlier answer the server may say that nothing changed:
    the status is then 304 and the body empty.

    Raises:
        AddressRefused: It, or what it redirects to, is not http(s), or is inside a network.
        FetchFailed: No answer, an error status, or a limit reached.
    """
    pieces: list[bytes] = []
    known = {"If-None-Match": etag, "If-Modified-Since": since}
    asked = {"Accept": accept} | {name: value for name, value in known.items() if value}
    with _answer(url, limits, asked) as answer:
        pieces.extend(answer.chunks())
    return Fetched(answer.url, answer.status, answer.headers, b"".join(pieces))


def fetch_into(file: IO[bytes], url: str, *, limits: Limits, accept: str = "*/*") -> Fetched:
    """GET `url` into an open file; the same rules, and the body stays out of memory."""
    with _answer(url, limits, {"Accept": accept}) as answer:
        for chunk in answer.chunks():
            file.write(chunk)
    return Fetched(answer.url, answer.status, answer.headers)


@dataclass(frozen=True)
class Target:
    """An address that was judged: where to connect to, and what to ask for there."""

    url: str
    host: str
    port: int
    addresses: tuple[str, ...] = field(default=())


def judge(url: str, *, resolve: Resolve | None = None) -> Target:
    """The target of `url`, every address of its host found to be public.

    `FETCH_ALLOWED_HOSTS` names hosts (`name` or `name:port`) that may be inside a network.

    Raises:
        AddressRefused: It is not http(s), carries a password, or leads inward.
        FetchFailed: Its host is unknown.
    """
    parts = _parts(url)
    host, port = (parts.hostname or "").rstrip("."), _port(url)
    addresses = tuple((resolve or _resolved)(host, port))
    if not _is_allowed(host, port):
        for address in addresses:
            if not is_public(address):
                raise AddressRefused(
                    f"{host} is inside a network ({address}), from which nothing is fetched: use a "
                    "public address, or name it in FETCH_ALLOWED_HOSTS",
                    field="url",
                )
    return Target(url, host, port, addresses)


def is_public(address: str) -> bool:
    """Whether an IP address is one that anybody on the internet can reach.

    >>> is_public("93.184.216.34"), is_public("127.0.0.1"), is_public("169.254.169.254")
    (True, False, False)
    >>> is_public("::ffff:10.0.0.1"), is_public("fd00::1"), is_public("100.64.0.1")
    (False, False, False)
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(found, "ipv4_mapped", None)
    if inner is not None:
        return is_public(str(inner))
    if any(found.version == network.version and found in network for network in _INWARD):
        return False
    return found.is_global and not found.is_multicast and not found.is_reserved


def _parts(url: str) -> SplitResult:
    if len(url) > LONGEST_ADDRESS or any(ord(sign) <= 32 or ord(sign) == 127 for sign in url):
        raise AddressRefused("this is not a web address", field="url")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise AddressRefused("this is not a web address", field="url") from None
    if parts.scheme.lower() not in SCHEMES or not parts.hostname:
        raise AddressRefused("an address starts with http:// or https://", field="url")
    if parts.username is not None or parts.password is not None:
        raise AddressRefused("an address may not carry a name and password", field="url")
    return parts


def _port(url: str) -> int:
    parts = urlsplit(url)
    return SCHEMES[parts.scheme.lower()] if parts.port is None else parts.port


def _resolved(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchFailed(f"the host {host!r} is unknown: {error}") from None
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _is_allowed(host: str, port: int) -> bool:
    allowed = {name.lower() for name in settings.FETCH_ALLOWED_HOSTS}
    return bool(allowed & {host.lower(), f"{host.lower()}:{port}"})


class _Answer:
    """A response being read, under its limits."""

    def __init__(self, response: httpx.Response, url: str, limits: Limits, ends: float) -> None:
        self.url, self.status = url, response.status_code
        self.headers = dict(response.headers.items())
        self._response, self._limits, self._ends = response, limits, ends

    def chunks(self) -> Iterator[bytes]:
        size = 0
        # As it comes: waiting for a full piece would let a server that drips never be looked at.
        for chunk in self._response.iter_bytes():
            size += len(chunk)
            if size > self._limits.bytes:
                raise FetchFailed(f"{self.url} sends more than {self._limits.bytes:,} bytes")
            if time.monotonic() >= self._ends:
                raise _too_slow(self.url, self._limits)
            yield chunk
        # The watch ends a connection when time is up, which looks like the end of the body.
        if time.monotonic() >= self._ends:
            raise _too_slow(self.url, self._limits)


@contextmanager
def _answer(url: str, limits: Limits, asked: Mapping[str, str]) -> Iterator[_Answer]:
    ends = time.monotonic() + limits.seconds
    # trust_env off: a proxy of the environment would resolve the name a second time.
    with (
        httpx.Client(trust_env=False, follow_redirects=False) as client,
        _Watch(limits.seconds) as watch,
    ):
        for _ in range(MAX_REDIRECTS + 1):
            try:
                with _asked(client, judge(url), watch, ends, asked) as response:
                    if not response.has_redirect_location:
                        _check_status(response, url, asked)
                        yield _Answer(response, url, limits, ends)
                        return
                    url = _next(url, response)
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                if isinstance(error, httpx.TimeoutException) or time.monotonic() >= ends:
                    raise _too_slow(url, limits) from None
                raise FetchFailed(f"{url} does not answer: {error}") from None
    raise FetchFailed(f"{url} redirects more than {MAX_REDIRECTS} times")


class _Watch:
    """Ends the connections when time is up: each read has a time limit, but not their sum."""

    def __init__(self, seconds: float) -> None:
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> _Watch:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def note(self, event: str, details: Mapping[str, Any]) -> None:
        if event == "connection.connect_tcp.complete":
            self._sockets.append(details["return_value"].get_extra_info("socket"))

    def _end(self) -> None:
        for each in self._sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


@contextmanager
def _asked(
    client: httpx.Client, target: Target, watch: _Watch, ends: float, asked: Mapping[str, str]
) -> Iterator[httpx.Response]:
    response = _sent(client, target, watch, ends, asked)
    try:
        yield response
    finally:
        response.close()


def _sent(
    client: httpx.Client, target: Target, watch: _Watch, ends: float, asked: Mapping[str, str]
) -> httpx.Response:
    """Ask each address of the target in turn until one takes the connection."""
    tried = target.addresses[:ADDRESSES_TRIED]
    for position, address in enumerate(tried, start=1):
        # The connection goes to the address that was judged, not to whatever the name means by
        # then; the certificate is still checked against the name.
        request = client.build_request(
            "GET",
            httpx.URL(target.url).copy_with(host=address),
            headers={"Host": urlsplit(target.url).netloc, "User-Agent": AGENT, **asked},
            timeout=max(ends - time.monotonic(), 0.001),
            extensions={"sni_hostname": target.host, "trace": watch.note},
        )
        try:
            return client.send(request, stream=True)
        except httpx.ConnectError:
            if position == len(tried):
                raise
    raise FetchFailed(f"the host {target.host!r} has no address")


def _next(url: str, response: httpx.Response) -> str:
    followed = urljoin(url, response.headers["location"])
    if url.startswith("https:") and not followed.startswith("https:"):
        raise AddressRefused(f"{url} redirects from https to {followed}", field="url")
    return followed


def _check_status(response: httpx.Response, url: str, asked: Mapping[str, str]) -> None:
    # Unchanged is an answer only to who said what they have.
    is_unchanged = response.status_code == httpx.codes.NOT_MODIFIED and len(asked) > 1
    if response.status_code != httpx.codes.OK and not is_unchanged:
        raise FetchFailed(f"{url} answers {response.status_code}")


def _too_slow(url: str, limits: Limits) -> FetchFailed:
    return FetchFailed(f"{url} takes longer than {limits.seconds:g} seconds")
