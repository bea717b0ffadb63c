"""What has come of a committed upload of examinations: the cases that rest on its records, the nearest day first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ohs.cases.cuts import cut_for
from ohs.cases.labels import KIND_COLOURS, kind_name
from ohs.cases.models import NEXT_DAY, Case, CaseSource
from ohs.cases.next_days import next_days
from ohs.cases.queries import BesideCase, for_list
from ohs.kernel.clock import today
from ohs.kernel.policy import Permission, visible
from ohs.surveillance.models import Examination
from ohs.uploads.models import Upload

#: Cases that the page of an upload lists; the others are in the inbox and on the list of cases.
AT_ONCE = 20
TEMPLATE = "surveillance/outcome.html"


def outcome(session: Session, user: Any, upload: Upload) -> Mapping[str, Any]:
    """How many cases of each kind rest on the records of an upload, and the first of those that are open."""
    records = select(CaseSource.case_id).join(Examination, Examination.id == CaseSource.record_id)
    brought = records.where(CaseSource.what == "examination", CaseSource.withdrawn_on.is_(None), Examination.upload_id == upload.id)
    seen = (Case.id.in_(brought), visible(user, Permission.CASE_READ, BesideCase(Case)))
    counts = session.execute(select(Case.kind, func.count()).where(*seen).group_by(Case.kind).order_by(Case.kind)).all()
    first = select(Case).where(*seen, Case.closed_on.is_(None)).order_by(NEXT_DAY, Case.id).limit(AT_ONCE)
    cases = session.scalars(for_list(first)).unique().all()
    return {
        "counts": [(kind_name(kind), KIND_COLOURS.get(kind, ""), count) for kind, count in counts],
        "total": sum(count for _kind, count in counts),
        "cases": cases,
        "days": next_days(session, user, cases),
        "cut_for": lambda case: cut_for(user, case),
        "kind_name": kind_name,
        "today": today(),
    }
