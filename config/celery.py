"""The Celery application: three queues, late acknowledgement, tasks found by name."""

from __future__ import annotations

import os

from celery import Celery
from celery.signals import setup_logging
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("copylift")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Every line a task logs bears its task_id, and the request_id of whoever woke it.
app.steps["worker"].add(DjangoStructLogInitStep)


@setup_logging.connect
def keep_django_logging(**_: object) -> None:
    """Celery would replace the root logger's handlers; ours already write JSON."""
