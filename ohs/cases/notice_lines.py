"""What one reader sees of a notice: no more than the case itself would show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ohs.cases.cuts import cut_for
from ohs.cases.kinds import KINDS
from ohs.cases.labels import event_name, kind_name
from ohs.cases.models import Case
from ohs.cases.notices_models import CaseNotice
from ohs.kernel.message import Message
from ohs.kernel.policy import Permission, allowed

UNSEEN_STEP = Message("A step of which your organisation sees no more")
UNSEEN_CASE = Message("A step of a case that your organisation does not see")


@dataclass(frozen=True)
class NoticeLine:
    """One line of the list."""

    notice: CaseNotice
    what: Message
    #: The case as far as the reader may open it.
    case: Case | None
    #: Kind of case, where the reader may know it.
    kind: str
    #: Who acted, where the reader sees the step.
    by: str


def notice_line(user: Any, notice: CaseNotice) -> NoticeLine:
    """A notice in this reader's words."""
    kind, case = KINDS[notice.kind], notice.case
    name = event_name(kind, notice.track, notice.event)
    if case is None:
        what = Message("%(what)s: %(count)s cases at once (%(kind)s)", what=name, count=notice.cases, kind=kind_name(notice.kind))
        return NoticeLine(notice, what, None, notice.kind, notice.by.name if notice.by else "")
    if not allowed(user, Permission.CASE_READ, case):
        return NoticeLine(notice, UNSEEN_CASE, None, "", "")
    if not cut_for(user, case).shows(notice.track, notice.event, case.kind):
        return NoticeLine(notice, UNSEEN_STEP, case, case.kind, "")
    return NoticeLine(notice, name, case, case.kind, notice.by.name if notice.by else "")
