"""Every part of `make bench-audience`; name parts to run only those."""

from __future__ import annotations

import importlib
import sys

from benchmarks.__main__ import own_installation, show

# Each is a module of this folder with `run() -> dict[str, float]`.
PARTS: tuple[str, ...] = ("segments",)
PARTS: tuple[str, ...] = ("recommendations",)
PARTS: tuple[str, ...] = ("strategy",)
PARTS: tuple[str, ...] = ("encoding", "profiles")


def main() -> None:
    with own_installation():
        for name in sys.argv[1:] or PARTS:
            show(name, importlib.import_module(f"benchmarks.audience.{name}").run())


if __name__ == "__main__":
    main()
