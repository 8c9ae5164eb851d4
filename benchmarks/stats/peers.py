"""The peers' side, in an installation of their own: gbstats pins a NumPy that is not ours.

One process for a whole section, so that nobody's imports are measured: it takes a line of JSON and
answers with one. Arrays travel in .npz files.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.stats.sections import FOLDER, ROOT, Missing

WORKER = Path(__file__).with_name("peer_worker.py")


class Peers:
    """A running process of the peers' installation."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, task: str, **arguments: Any) -> Any:
        """Run one of the worker's tasks.

        Raises:
            RuntimeError: The worker ended; its own words are on standard error.
        """
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({"task": task, **arguments}) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"the peers' process ended during {task!r}")
        return json.loads(answer)

    def ask_arrays(self, task: str, **arrays: Any) -> dict[str, NDArray[np.float64]]:
        """The same with arrays in both directions."""
        there, back = FOLDER / "there.npz", FOLDER / "back.npz"
        np.savez(there, **arrays)
        self.ask(task, there=str(there), back=str(back))
        with np.load(back) as answers:
            return dict(answers)


@contextmanager
def peers() -> Iterator[Peers]:
    """The peers' process.

    Raises:
        Missing: Their installation is not there.
    """
    python = Path(os.environ.get("PEERS_PYTHON", ROOT / ".venv-peers" / "bin" / "python"))
    if not python.exists():
        raise Missing(f"no {python}: `make bench-stats` makes it, or set PEERS_PYTHON")
    FOLDER.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(
        [str(python), str(WORKER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield Peers(process)
    finally:
        assert process.stdin
        process.stdin.close()
        process.wait(timeout=60)
