"""Celery: every task of every app is a TenantTask. Run with `celery -A config.celery worker` and `beat`."""

import os
from typing import Any

import django
from celery import Celery
from celery.signals import beat_init, setup_logging, worker_init
from django.apps import apps
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
if not apps.apps_ready:  # the web process imports this while it starts, so that it can send tasks
    django.setup(set_prefix=False)

app = Celery("liandong", task_cls="tenants.running:TenantTask")
app.conf.update(settings.CELERY)
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**kwargs: Any) -> None:
    """Leave Django's logging as settings made it."""


@beat_init.connect
@worker_init.connect
def check(**kwargs: Any) -> None:
    from config.startup import check_database

    check_database()
