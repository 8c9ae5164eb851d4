"""The networks this installation knows scanners by: the list that comes with it, and its own."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from events.bots.networks import Networks, Ranges

SHIPPED = Path(__file__).parent / "bots" / "scanner_networks.txt"


def known_networks() -> Networks:
    return _read(settings.SCANNER_NETWORKS_FILE, settings.APPLE_RELAY_FILE)


@lru_cache(maxsize=4)
def _read(scanners_file: str, apple_file: str) -> Networks:
    own = list(_lines(Path(scanners_file))) if scanners_file else []
    relay = list(_lines(Path(apple_file))) if apple_file else []
    return Networks(scanners=Ranges([*_lines(SHIPPED), *own]), apple_relay=Ranges(relay))


def _lines(path: Path) -> Iterator[str]:
    """The first word of each line: our form, and the CSV that Apple publishes."""
    for line in path.read_text().splitlines():
        text = line.partition("#")[0].replace(",", " ").split()
        if text:
            yield text[0]
