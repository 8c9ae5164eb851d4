"""Small fits on one thread. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep BLAS and OpenMP to one thread: in small fits, waiting threads cost more than they save.

    On a busy machine the same k-means took 28 to 190 seconds with two threads and 3 to 16 with one.
    """
    # The limit reaches only libraries that are loaded, so the one that fits is loaded first.
    import_module("sklearn.cluster")
    threadpoolctl = import_module("threadpoolctl")

    with threadpoolctl.threadpool_limits(limits=1):
        yield
