"""The demonstration's workers of cases of examinations not done: some lines closed by examinations and by proof, some proof waiting."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy.orm import Session

from ohs.cases.actors import By
from ohs.cases.demonstration_papers import paper
from ohs.cases.kinds.overdue import NEEDS_OFF_HAZARD
from ohs.cases.lines import Examined, close_examined, prove
from ohs.cases.models import Case, CaseLine
from ohs.kernel.attached import attached

#: So many workers stand on each list, overdue since so many days, one after another.
ON_A_LIST, OVERDUE_SINCE = 6, (10, 14, 21, 35, 40, 52)
#: Events that come with the last line.
WITH_LAST_LINE = frozenset({"record-uploaded", "all-examined", "all-lines-closed"})
#: Statuses in which a list is worked on when the city is seen.
WORKED_ON = frozenset({"notified", "committed", "ordered"})


def add_lines(case: Case, workers: list[int], day: date) -> None:
    """The workers of a list."""
    for worker, since in zip(workers[:ON_A_LIST], OVERDUE_SINCE, strict=False):
        case.lines.append(CaseLine(worker_id=worker, due_on=day - timedelta(days=since)))


def finish_lines(session: Session, case: Case, event: str, by: Callable[[frozenset[str]], By], day: date) -> None:
    """Close every line before the event that comes with the last one."""
    open_lines = [line for line in case.lines if not line.outcome]
    if event in WITH_LAST_LINE and open_lines:
        _examine(session, case, open_lines, by(frozenset({"HLTH"})), day)
    elif event == "nothing-was-due" and open_lines:
        file = attached("未接触证明.pdf", paper(case.number, "proof", day.isoformat()))
        prove(session, case, open_lines, "no-exposure", file, by=by(frozenset({"HLTH"})), on=day, reason="车间布局图显示未接触")


def work_on_lines(session: Session, case: Case, by: Callable[[frozenset[str]], By], day: date) -> None:
    """On a list that is worked on: one worker is examined, and for another the employer has handed in proof."""
    open_lines = [line for line in case.lines if not line.outcome]
    if case.status not in WORKED_ON or len(open_lines) < 3:
        return
    _examine(session, case, open_lines[:2], by(frozenset({"HLTH"})), day)
    file = attached("证明材料.pdf", paper(case.number, "proof", f"{day.isoformat()}-1"))
    prove(session, case, open_lines[2:3], "no-exposure", file, by=by(frozenset({"EMP"})), on=day, reason="已调至办公岗位")


def _examine(session: Session, case: Case, lines: list[CaseLine], by: By, day: date) -> None:
    papers = paper(case.number, "off-hazard", f"{day.isoformat()}-{lines[0].worker_id}")
    proof = attached("脱离接触证明.pdf", papers) if case.subtype == NEEDS_OFF_HAZARD else None
    found = [Examined(line, f"BJ{line.worker_id:06d}", day) for line in lines]
    close_examined(session, case, found, by=by, on=day, off_hazard=proof)
