"""manage.py work: do what waits in the background, until told to stop."""

import logging
from argparse import ArgumentParser
from threading import Event, Thread
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

import maps.jobs  # noqa: F401  (registers the tasks)
from maps.queue import sweep

SWEEP_EVERY_S = 2.0
logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "执行后台任务（提出方案、绘制覆盖图），直到被要求停止。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="做完等候的任务即结束")

    def handle(self, *_args: Any, **options: Any) -> None:
        over = Event()
        sweeper = Thread(target=keep_sweeping, args=[over], daemon=True)
        sweeper.start()
        try:
            run_worker(once=options["once"])
        finally:
            over.set()
            sweeper.join()


def run_worker(*, once: bool) -> None:
    """Work at jobs, one at a time: the search needs a whole processor.

    The copy of the app has procrastinate's own connections. The app itself keeps Django's, so that
    what a task asks for belongs to the task's transaction.
    """
    worker = app.with_connector(DjangoConnector().get_worker_connector())
    worker.run_worker(wait=not once, shutdown_graceful_timeout=0.0, delete_jobs="always")


def keep_sweeping(over: Event) -> None:
    """Take up, every few seconds, what other workers left behind."""
    while not over.is_set():
        try:
            for job in sweep():
                logger.info("job %s taken up again: %s", job.pk, job.state)
        except DatabaseError:
            logger.warning("no sweep: the database does not answer")
        finally:
            connection.close()
        over.wait(SWEEP_EVERY_S)
