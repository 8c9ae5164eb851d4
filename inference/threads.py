"""A worker's processes share the machine's cores: each gets its part of them, not all."""

from __future__ import annotations

import os
from typing import Any


def threads_per_process(*, cores: int, processes: int) -> int:
    """Threads each of `processes` may run so that together they do not oversubscribe `cores`.

    >>> threads_per_process(cores=8, processes=3), threads_per_process(cores=2, processes=4)
    (2, 1)
    """
    return max(1, cores // processes)


def share_cores(sender: Any, **_: object) -> None:
    """On `worker_init`: set what torch reads when a child first loads it; a given setting stays."""
    cores = os.cpu_count() or 1
    # "auto" is resolved only after this signal, to one process per core.
    processes = sender.concurrency if isinstance(sender.concurrency, int) else cores
    threads = threads_per_process(cores=cores, processes=processes)
    os.environ.setdefault("OMP_NUM_THREADS", str(threads))
