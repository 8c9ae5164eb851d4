"""The web processes' entry. What is loaded here lives as long as they do."""

import gc
import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# Objects made before a young collection: a list of contacts makes a few thousand at once.
YOUNG = 10_000


def settle_down() -> None:
    """Load what requests need, and take all of it out of the collector's sight: walking two hundred
    thousand objects that never go stops a process for a tenth of a second, amid its answers.
    """
    from django.urls import get_resolver  # noqa: PLC0415 (the settings must be there)

    _ = get_resolver().url_patterns
    # SciPy loads its parts when they are first used, which were a visitor's second.
    for part in ("scipy.special", "scipy.optimize"):
        import_module(part)
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])


application = get_wsgi_application()
settle_down()

from assistant.warming import warm_up  # noqa: E402 (its models need the applications)

warm_up()
