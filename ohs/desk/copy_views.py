"""Handing out a printed copy of a worker's file."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_login import current_user

from exports.worker_copy import worker_copy_pdf
from ohs.desk.worker_copies import make_copy
from ohs.desk.worker_views import find_worker
from ohs.kernel.clock import today
from ohs.kernel.database import db
from ohs.kernel.downloads import attachment_header
from ohs.kernel.policy import Permission, requires
from ohs.registry.models import Worker


@requires(Permission.WORKER_COPY, find_worker)
def make(worker: Worker) -> Any:
    """The copy as a PDF; each has its number and is on record."""
    copy = make_copy(db.session(), worker, actor=current_user, on=today())
    drawn = worker_copy_pdf(copy)
    db.session.commit()
    return Response(drawn, mimetype="application/pdf", headers={"Content-Disposition": attachment_header(f"{copy.number}.pdf")})
