"""Waking a task by its name, after commit: the row is the job, the message only says that there is
one.
"""

from __future__ import annotations

from functools import partial

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)


def wake(task_name: str, **kwargs: object) -> None:
    """Send `task_name` by name once the present transaction has committed."""
    transaction.on_commit(partial(_send, task_name, kwargs), robust=True)


def _send(task_name: str, kwargs: dict[str, object]) -> None:
    try:
        current_app.send_task(task_name, kwargs=kwargs)
    except OperationalError:
        # The row is committed and the sweep will find it: a broker that is down costs a delay, not
        # the work.
        log.warning("wake_lost", task=task_name, **kwargs)
