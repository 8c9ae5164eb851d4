from __future__ import annotations

import subprocess
import sys
from types import ModuleType

from experiments import stats
from experiments.stats import errors


def test_what_is_imported_is_what_is_public():
    names = {
        name
        for name, value in vars(stats).items()
        if not name.startswith("_") and name != "annotations" and not isinstance(value, ModuleType)
    }
    assert sorted(names) == sorted(stats.__all__)
    assert len(stats.__all__) == len(set(stats.__all__))


def test_every_error_is_one_of_the_tree_and_stands_in_its_drawing():
    tree = [
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, Exception)
    ]
    assert all(issubclass(error, errors.StatsError) for error in tree)
    assert all(error.__name__ in (errors.__doc__ or "") for error in tree)


def test_the_statistics_load_neither_django_nor_statsmodels():
    code = (
        "import sys, experiments.stats, experiments.assignment;"
        "print(sorted({'django', 'statsmodels', 'pandas', 'celery'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
