"""The Celery application; each app's tasks.py is found through INSTALLED_APPS."""

import os
import sys
from pathlib import Path
from typing import Any

import structlog
from celery import Celery
from celery.signals import task_prerun, worker_init, worker_ready
from django.core.exceptions import ImproperlyConfigured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "district.settings")

app = Celery("district")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect  # type: ignore[untyped-decorator]
def get_worker_ready(**_: Any) -> None:
    from district.runtime.warmup import get_ready  # the settings are only read by now

    try:
        get_ready()
    except ImproperlyConfigured as error:
        sys.exit(str(error))  # Celery would log any other exception and go on


@worker_ready.connect  # type: ignore[untyped-decorator]
def say_ready(**_: Any) -> None:
    """For a supervisor, which names the file."""
    if name := os.environ.get("WORKER_READY_FILE"):
        Path(name).touch()


@task_prerun.connect  # type: ignore[untyped-decorator]
def name_task_in_log(task_id: str, task: Any, **_: Any) -> None:
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(task=task.name, task_id=task_id)
