"""`make bench-stats`: every promise of the statistics, measured; var/bench-stats.json and the page.

python -m benchmarks.stats              all sections
python -m benchmarks.stats aa speed     some of them
python -m benchmarks.stats --quick      a smoke run, which leaves the page alone
"""

from __future__ import annotations

import argparse
import json
import sys
import time

from benchmarks.stats import (
    aa,
    asos,
    assignment,
    bandit,
    hillstrom,
    looks,
    page,
    roll_ups,
    speed,
)
from benchmarks.stats.sections import FOLDER, ROOT, Missing, Section

# One more: write its module with a SECTION, name it here, and put its marks into the page.
SECTIONS: tuple[Section, ...] = (
    aa.SECTION,
    looks.SECTION,
    bandit.SECTION,
    asos.SECTION,
    hillstrom.SECTION,
    speed.SECTION,
    roll_ups.SECTION,
    assignment.SECTION,
)
TARGET = ROOT / "var" / "bench-stats.json"


def main(arguments: list[str] | None = None) -> int:
    chosen = _options(arguments)
    FOLDER.mkdir(parents=True, exist_ok=True)
    failed = 0
    for section in SECTIONS:
        if not chosen.sections or section.name in chosen.sections:
            failed += not _measure(section, is_quick=chosen.quick)
    return 1 if failed else 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    names = [section.name for section in SECTIONS]
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stats", description=__doc__)
    parser.add_argument("sections", nargs="*", help=f"of {', '.join(names)}; else all")
    parser.add_argument("--quick", action="store_true", help="a smoke run")
    chosen = parser.parse_args(arguments)
    unknown = sorted(set(chosen.sections) - set(names))
    if unknown:
        parser.error(f"no section {unknown[0]!r}; there are: {', '.join(names)}")
    return chosen


def _measure(section: Section, *, is_quick: bool) -> bool:
    """Whether the section could be measured."""
    begun = time.perf_counter()
    try:
        figures = section.run(is_quick=is_quick)
    except Missing as missing:
        print(f"== {section.name}: left out, {missing}", file=sys.stderr)
        return False
    text, where = section.text(figures), page.machine()
    print(f"== {section.name} ({time.perf_counter() - begun:.0f} s)\n\n{text}\n", flush=True)
    if not is_quick:
        page.rewrite(section.name, text, where=where)
        _keep(section.name, {"where": where, **figures})
    return True


def _keep(name: str, figures: dict[str, object]) -> None:
    kept = json.loads(TARGET.read_text()) if TARGET.exists() else {}
    TARGET.write_text(json.dumps(kept | {name: figures}, indent=2) + "\n")


if __name__ == "__main__":
    sys.exit(main())
