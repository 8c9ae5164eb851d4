"""Where a request comes from, behind as many proxies as the installation has."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address as the outermost proxy of ours saw it; what stands before it anybody can write.

    With no proxy (`TRUSTED_PROXIES=0`) `X-Forwarded-For` counts nothing.
    """
    own = str(request.META.get("REMOTE_ADDR", ""))
    proxies: int = settings.TRUSTED_PROXIES
    seen = request.headers.get("X-Forwarded-For", "").split(",") if proxies else []
    return seen[-proxies].strip() if len(seen) >= proxies > 0 else own


def client_network(address: str) -> str:
    """What one household has: an IPv4 address, or the /64 of an IPv6 one.

    >>> client_network("203.0.113.9"), client_network("2001:db8::7"), client_network("?")
    ('203.0.113.9', '2001:db8::/64', '?')
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, 64), strict=False))
