"""Fixtures of every test: embedded services, the three personas, the folder of real data."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def pytest_configure(config):
    if config.getoption("numprocesses", None):
        # Before the processes start, which inherit it: threads of two that want all cores each
        # wait for one another, and boosted trees then take ten times as long.
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Else every process that a test starts compiles hundreds of modules, for seconds.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    # Until all tests are collected nearly everything that is made stays: looking for what does not
    # takes a tenth of the time.
    gc.disable()
    from config import embedded

    embedded.ensure_running()


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items):
    """A group's tests run in one process: xdist 3.8 writes the group into `_nodeid`, which pytest
    9.2 does not read. Groups come first: long tests are one each, and one that came last would be
    waited for alone.
    """
    yield
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)
    for item in items:
        grouped = vars(item).get("_nodeid")
        if grouped:
            item._id = type(item.id).parse(grouped)


def pytest_collection_finish():
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings, django_db_keepdb, django_db_use_migrations, django_db_blocker
):
    """Every process's database is a copy of one that was migrated once."""
    from django.db import connection

    from tests.databases import template

    if django_db_use_migrations and not django_db_keepdb:
        with django_db_blocker.unblock():
            connection.settings_dict["TEST"] |= {"TEMPLATE": template(), "MIGRATE": False}


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """What tests commit is deleted after them, and no commit waits for the disk."""
    from django.test import TransactionTestCase

    from tests.databases import Emptying, commit_without_disk

    with django_db_blocker.unblock():
        commit_without_disk()
        emptying = Emptying()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: emptying.after(case))
        yield


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The real data sets; a test that asks for them is skipped where they are not."""
    folder = Path(os.environ.get("COPYLIFT_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(
            f"no data sets in {folder.name!r}: set COPYLIFT_DATA to the folder that holds them"
        )
    return folder


@pytest.fixture(scope="session")
def real_reviews(data_folder):
    """The texts of the women's clothing reviews, cleaned: tests of all of them are one group."""
    from audience.evaluation.reading import read_reviews

    return read_reviews(data_folder).texts


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
