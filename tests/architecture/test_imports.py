import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
HEAVY = ["torch", "transformers", "sklearn", "statsmodels", "pandas", "pyarrow", "vl_convert"]


def loaded_after(code: str) -> set[str]:
    script = (
        f"{code}\nimport json, sys\nprint(json.dumps([m for m in {HEAVY!r} if m in sys.modules]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_starting_django_and_celery_loads_no_heavy_library():
    start = "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings'"
    start += "\nimport django; django.setup()"
    tasks = "from config.celery import app; app.loader.import_default_modules()"
    assert loaded_after(f"{start}\nimport config.urls\n{tasks}") == set()


def test_the_statistics_start_without_django():
    script = (
        "import experiments.stats, experiments.assignment, sys; sys.exit('django' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False).returncode == 0
