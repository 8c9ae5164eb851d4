"""Networks that mail scanners come from. Pure: files are read by whoever makes one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
KEPT_BITS = {4: 24, 6: 48}


class Ranges:
    """Networks, asked in the time of a binary search however many they are.

    >>> "203.0.113.9" in Ranges(["203.0.113.0/24", "2001:db8::/32"])
    True
    """

    def __init__(self, networks: Iterable[str] = ()) -> None:
        starts: dict[int, list[tuple[int, int]]] = {4: [], 6: []}
        for text in networks:
            network = ip_network(text.strip(), strict=False)
            starts[network.version].append((int(network[0]), int(network[-1])))
        self._by_version = {version: _merged(found) for version, found in starts.items()}

    def __contains__(self, address: object) -> bool:
        found = _address(address)
        if found is None:
            return False
        begins, ends = self._by_version[found.version]
        at = bisect_right(begins, int(found)) - 1
        return at >= 0 and int(found) <= ends[at]


def _merged(ranges: list[tuple[int, int]]) -> tuple[list[int], list[int]]:
    begins: list[int] = []
    ends: list[int] = []
    for begin, end in sorted(ranges):
        if ends and begin <= ends[-1] + 1:
            ends[-1] = max(ends[-1], end)
        else:
            begins.append(begin)
            ends.append(end)
    return begins, ends


@dataclass(frozen=True)
class Networks:
    """
    Attributes:
        scanners: What security products fetch links and pictures from.
        apple_relay: What Apple's proxies fetch from, for people.
    """

    scanners: Ranges = field(default_factory=Ranges)
    apple_relay: Ranges = field(default_factory=Ranges)

    def is_scanner(self, address: object) -> bool:
        return address in self.scanners

    def is_apple_relay(self, address: object) -> bool:
        return address in self.apple_relay


def network_of(address: str) -> str:
    """The network an address is in, wide enough to name nobody; empty if it is no address.

    >>> network_of("203.0.113.77"), network_of("2001:db8:1:2::3"), network_of("nowhere")
    ('203.0.113.0/24', '2001:db8:1::/48', '')
    """
    found = _address(address)
    if found is None:
        return ""
    network: IPv4Network | IPv6Network = ip_network((found, KEPT_BITS[found.version]), strict=False)
    return str(network)


def _address(text: object) -> Address | None:
    """An address, or the first one of a network; of IPv4 in IPv6, the IPv4."""
    return _parsed(text) if isinstance(text, str) else None


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Address | None:
    try:
        found: Address = ip_address(text.partition("/")[0].strip())
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        return found.ipv4_mapped
    return found
