"""The queue beside the database, and the worker process that serves it: jobs, the sweep, the audit sealer, and errands."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from flask import Flask
from huey import Huey, PostgresHuey, SqliteHuey
from huey.consumer import Consumer
from sqlalchemy import make_url, select
from sqlalchemy.exc import OperationalError

from ohs.kernel import jobs
from ohs.kernel.audit import AuditEvent
from ohs.kernel.chain import remember_end, seal_chain
from ohs.kernel.database import db, writing
from ohs.kernel.errands import errands

log = logging.getLogger(__name__)

#: Seconds between two rounds of sweep and sealer: a killed worker's job is seen again well within 15 s, links within 5 s.
ROUND = 3.0


class Queue:
    """Carries ids of jobs from those who ask to those who work."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._huey: Huey | None = None
        self._put: Callable[[int], object] | None = None

    def open(self) -> Huey:
        """The queue itself, made on first use."""
        if self._huey is None:
            url = make_url(self._app.config["SQLALCHEMY_DATABASE_URI"])
            if url.get_backend_name() == "sqlite":
                folder = self._app.config["INSTANCE"]
                folder.mkdir(parents=True, exist_ok=True)
                self._huey = SqliteHuey("ohs", filename=str(folder / "queue.sqlite3"), timeout=30, results=False)
            else:
                dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
                self._huey = PostgresHuey("ohs", dsn=dsn, results=False)
            app = self._app

            def run_job(job_id: int) -> None:
                with app.app_context():
                    jobs.run(job_id)

            self._put = self._huey.task()(run_job)
        return self._huey

    def put(self, job_id: int) -> None:
        """Queue a job. In tests nothing is queued: they run jobs themselves."""
        if self._app.config["TESTING"]:
            return
        self.open()
        assert self._put is not None
        self._put(job_id)

    def work(self, threads: int) -> None:
        """Serve the queue until told to stop by a signal."""
        huey = self.open()
        stop = threading.Event()
        beat = threading.Thread(target=self._beat, args=(stop,), daemon=True, name="beat")
        runner = threading.Thread(target=self._run_errands, args=(stop,), daemon=True, name="errands")
        beat.start()
        runner.start()
        try:
            Consumer(huey, workers=threads, worker_type="thread", periodic=False, initial_delay=0.1, max_delay=0.5).run()
        finally:
            stop.set()
            beat.join(timeout=10)
            runner.join(timeout=10)

    def _beat(self, stop: threading.Event) -> None:
        while not stop.is_set():
            with self._app.app_context():
                try:
                    run_round(self.put)
                except OperationalError:
                    db.session.rollback()
                    log.exception("the round could not be finished; the next one tries again")
            stop.wait(ROUND)

    def _run_errands(self, stop: threading.Event) -> None:
        """Beside the beat, which must not wait for anybody's mail server."""
        while not stop.is_set():
            for name, deed in errands().items():
                with self._app.app_context():
                    try:
                        deed(db.session())
                    except OperationalError:
                        db.session.rollback()
                        log.exception("the errand %s could not be finished; the next round tries again", name)
            stop.wait(ROUND)


def run_round(put: Callable[[int], object]) -> None:
    """One round of the sweep and of the sealer, each in a transaction of its own, and none where there is nothing to do."""
    session = db.session()
    session.rollback()
    if session.scalar(select(jobs.Job.id).where(jobs.Job.state.in_([jobs.State.WAITING, jobs.State.RUNNING])).limit(1)):
        session.rollback()
        with writing():
            waiting = jobs.sweep(session)
            session.commit()
        for job_id in waiting:
            put(job_id)
    if session.scalar(select(AuditEvent.id).where(AuditEvent.sequence.is_(None)).limit(1)):
        session.rollback()
        with writing():
            sealed = seal_chain(session)
            session.commit()
        if sealed:
            remember_end(session)
    session.rollback()


def init_app(app: Flask) -> None:
    """Give the application its queue."""
    app.extensions["queue"] = Queue(app)
