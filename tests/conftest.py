"""Fixtures of every test: embedded services, the three personas, the folder of real data."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def pytest_configure(config):
    if config.getoption("numprocesses", None):
        # Before the processes start, which inherit it: threads of two that want all cores each
        # wait for one another, and boosted trees then take ten times as long.
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from config import embedded

    embedded.ensure_running()


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items):
    """A group's tests run in one process: xdist 3.8 writes the group into `_nodeid`, which pytest
    9.2 does not read. Groups come first, for a long one that came last would be waited for alone.
    """
    yield
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)
    for item in items:
        grouped = vars(item).get("_nodeid")
        if grouped:
            item._id = type(item.id).parse(grouped)


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The real data sets; a test that asks for them is skipped where they are not."""
    folder = Path(os.environ.get("COPYLIFT_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(
            f"no data sets in {folder.name!r}: set COPYLIFT_DATA to the folder that holds them"
        )
    return folder


@pytest.fixture
def owner(db):
    """Olivia owns the shop's campaigns and may do everything a marketer may, approval and launch
    included.
    """
    from tests.factories.core import owner

    return owner()


@pytest.fixture
def teammate(db):
    """Theo writes and edits copy, and may not approve or launch it."""
    from tests.factories.core import teammate

    return teammate()


@pytest.fixture
def stranger(db):
    """Sam has a login and no right at all."""
    from tests.factories.core import stranger

    return stranger()
