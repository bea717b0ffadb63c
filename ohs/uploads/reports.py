"""What can be taken out about uploads: what an organisation handed in, and how well senders do it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exports.sheet import LedgerColumn
from ohs.accounts.models import Organisation
from ohs.accounts.reports import Content, Report
from ohs.kernel.clock import LOCAL, today
from ohs.kernel.filtering import FilterForm
from ohs.kernel.i18n import say
from ohs.kernel.ledger import in_order
from ohs.kernel.message import Message
from ohs.kernel.paging import Key
from ohs.kernel.policy import Permission
from ohs.uploads.formats import find_format
from ohs.uploads.forms import STATE_LABELS, UploadFilterForm
from ohs.uploads.models import SenderQuality, Upload
from ohs.uploads.queries import filtered_uploads, qualities_visible_to

UPLOAD_COLUMNS = (
    LedgerColumn("number", Message("Receipt number"), 22),
    LedgerColumn("format", Message("Kind of file"), 20),
    LedgerColumn("filename", Message("File"), 36),
    LedgerColumn("state", Message("State"), 12),
    LedgerColumn("rows", Message("Rows"), 10, "number"),
    LedgerColumn("problems", Message("Problems"), 10, "number"),
    LedgerColumn("committed", Message("Committed"), 10, "number"),
    LedgerColumn("corrected", Message("Corrected"), 10, "number"),
    LedgerColumn("received", Message("Handed in"), 18, "moment"),
)
QUALITY_COLUMNS = (
    LedgerColumn("month", Message("Month"), 10),
    LedgerColumn("sender", Message("Sender"), 40),
    LedgerColumn("uploads", Message("Uploads"), 10, "number"),
    LedgerColumn("rows", Message("Rows"), 10, "number"),
    LedgerColumn("right", Message("Right at the first time"), 14, "share"),
    LedgerColumn("committed", Message("Committed"), 10, "number"),
    LedgerColumn("late", Message("Late"), 10, "number"),
    LedgerColumn("corrected", Message("Corrected"), 10, "number"),
)


def _uploads(session: Session, user: Any, form: UploadFilterForm, _sort: str) -> Content:
    question = filtered_uploads(user, form.filters())

    def rows() -> Iterator[list[Any]]:
        newest = (Key(Upload.received_at, descending=True), Key(Upload.id, descending=True))
        for one in session.scalars(in_order(question, newest).execution_options(yield_per=1000)):
            format = find_format(one.format)
            yield [
                one.number, say(format.title) if format else one.format, one.filename, str(STATE_LABELS[one.stage]), one.rows, one.problem_count,
                one.committed_rows, one.corrected_rows, one.received_at.astimezone(LOCAL),
            ]  # fmt: skip

    return Content(UPLOAD_COLUMNS, question, rows)


def _qualities(session: Session, user: Any, _form: FilterForm, _sort: str) -> Content:
    question = qualities_visible_to(user, "examinations", today()).order_by(SenderQuality.month.desc(), SenderQuality.organisation_id)

    def rows() -> Iterator[list[Any]]:
        names = {one.id: one.name for one in session.scalars(select(Organisation).where(Organisation.kind == "clinic"))}
        for one in session.scalars(question).all():
            share = one.right_first_time / one.rows if one.rows else None
            yield [one.month, names.get(one.organisation_id, "—"), one.uploads, one.rows, share, one.committed, one.late, one.corrected]

    return Content(QUALITY_COLUMNS, question, rows)


REPORTS = (
    Report("uploads", Message("Uploads"), Permission.UPLOAD_LIST, "uploads.index", UploadFilterForm, _uploads, "upload:exported"),
    Report(
        "upload-quality", Message("Quality of what is handed in"), Permission.SENDER_QUALITY_READ, "uploads.quality", FilterForm, _qualities,
        "sender-quality:exported",
    ),
)  # fmt: skip
