"""Every part of `make bench-assistant` on an installation of its own; name parts to run only those.

All parts together write docs/explanation/assistant-measured.md.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.__main__ import ROOT, own_installation, show
from benchmarks.assistant.page import Run, page

PAGE = ROOT / "docs" / "explanation" / "assistant-measured.md"
DATA = Path(os.environ.get("COPYLIFT_DATA", ROOT.parent / "shared" / "data"))

Part = Callable[[argparse.Namespace], dict[str, float]]


def _speed(given: argparse.Namespace) -> dict[str, float]:
    from benchmarks.assistant import speed

    return speed.run(given.data)


def _faq(given: argparse.Namespace) -> dict[str, float]:
    from benchmarks.assistant import finding

    return finding.written_questions(given.data)


def _long(given: argparse.Namespace) -> dict[str, float]:
    from benchmarks.assistant import finding

    figures = finding.long_answers(given.data)
    if given.scifact:
        figures |= finding.beir(given.scifact)
    return figures


PARTS: dict[str, Part] = {"speed": _speed, "faq": _faq, "long": _long}


def main() -> None:
    given = _given()
    # Before the settings are read: the bench is one visitor, who asks more often than visitors may.
    os.environ["ASSISTANT_REQUESTS_PER_MINUTE"] = "1000000"
    # As web processes and workers have it: a question is too short to be shared by threads.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    load = os.getloadavg()[0]
    figures: dict[str, float] = {}
    with own_installation():
        for name in given.parts or PARTS:
            found = PARTS[name](given)
            show(name, found)
            figures |= found
    if not given.parts:
        PAGE.write_text(page(Run(datetime.now(UTC).date(), os.cpu_count() or 1, load, figures)))
        print(f"written to {PAGE.relative_to(ROOT)}")


def _given() -> argparse.Namespace:
    asked = argparse.ArgumentParser(prog="python -m benchmarks.assistant", description=__doc__)
    asked.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all where none is named")
    asked.add_argument("--data", type=Path, default=DATA, help="the folder of real data")
    asked.add_argument("--scifact", type=Path, help="a folder in BEIR's layout, judged as well")
    given = asked.parse_args()
    unknown = sorted(set(given.parts) - set(PARTS))
    if unknown:
        asked.error(f"no part {', '.join(unknown)}: there is {', '.join(PARTS)}")
    return given


if __name__ == "__main__":
    main()
