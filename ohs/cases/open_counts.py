"""How much waits, and since when: counts by the day on which a limit began, kept by every change of cases; from them ages are summed.

An age changes without a commit, the day on which a limit began does not: so the days are counted. A change adds lines, with what is
gone as less than nothing, and no two writers ever wait for the same line; the night puts lines of the same keys together.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Index, Select, case, delete, func, insert, literal, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from ohs.accounts.models import Organisation
from ohs.cases.durations import NOBODY
from ohs.cases.models import Case, CaseClock, CaseWaiting
from ohs.kernel.database import Base
from ohs.kernel.nightly import nightly

KEYS = ("started_on", "kind", "track", "slug", "actors", "organisation_id", "county_code")


class CaseOpenFigure(Base):
    """So many more (or fewer) wait at a limit of one sort that began on one day."""

    __table_args__ = (
        Index("ix_case_open_figure_by_county", "county_code", "started_on"),
        Index("ix_case_open_figure_by_organisation", "organisation_id", "started_on"),
    )
    started_on: Mapped[date]
    kind: Mapped[str]
    track: Mapped[str]
    slug: Mapped[str]
    #: As the clock names them, joined by `; `.
    actors: Mapped[str]
    #: The department or institution; `NOBODY` for employers.
    organisation_id: Mapped[int]
    county_code: Mapped[str]
    waiting: Mapped[int]
    #: Lines that are being put together.
    is_summed: Mapped[bool] = mapped_column(default=False)


#: The organisation of a line; employers are counted together.
WHOSE: ColumnElement[int] = case((Organisation.kind == "employer", literal(NOBODY)), else_=CaseWaiting.organisation_id)


def waiting_now(*which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Keys and count of what waits, each at its next limit, for every organisation that must act."""
    keys = CaseClock.started_on, Case.kind, CaseClock.track, CaseClock.slug, CaseClock.actors, WHOSE, CaseWaiting.county_code
    return (
        select(*keys, func.count())
        .select_from(CaseWaiting)
        .join(CaseWaiting.case)
        .join(CaseWaiting.clock)
        .join(Organisation, Organisation.id == CaseWaiting.organisation_id)
        .where(*which)
        .group_by(*keys)
    )


def counted(session: Session, *which: ColumnElement[bool]) -> Counter[tuple[Any, ...]]:
    """The same, by keys."""
    return Counter({tuple(row[:-1]): row[-1] for row in session.execute(waiting_now(*which))})


def count_change(session: Session, before: Counter[tuple[Any, ...]], after: Counter[tuple[Any, ...]]) -> None:
    """Write down by how much the counts have changed."""
    changed = {key: after[key] - before[key] for key in before.keys() | after.keys() if after[key] != before[key]}
    if changed:
        rows = [dict(zip(KEYS, key, strict=True)) | {"waiting": count} for key, count in changed.items()]
        session.execute(insert(CaseOpenFigure), rows)


def rebuild_open(session: Session) -> int:
    """Count everything anew out of the inboxes; returns how many counts were wrong before."""
    before, now = kept(session), counted(session)
    session.execute(delete(CaseOpenFigure))
    count_change(session, Counter(), now)
    return sum(before[key] != now[key] for key in before.keys() | now.keys())


def kept(session: Session) -> Counter[tuple[Any, ...]]:
    """The counts as they were written down."""
    columns = [getattr(CaseOpenFigure, key) for key in KEYS]
    rows = session.execute(select(*columns, func.sum(CaseOpenFigure.waiting)).group_by(*columns))
    return Counter({tuple(row[:-1]): int(row[-1]) for row in rows if row[-1]})


@nightly("case-open-figures")
def put_together(session: Session, _on: date) -> int:
    """Make one line of all that have the same keys, and none of what has gone; how many lines fewer there are.

    What is written meanwhile stays for the next night.
    """
    session.execute(update(CaseOpenFigure).values(is_summed=True))
    columns = [getattr(CaseOpenFigure, key) for key in KEYS]
    total = func.sum(CaseOpenFigure.waiting)
    summed = select(*columns, total, literal(False)).where(CaseOpenFigure.is_summed.is_(True)).group_by(*columns).having(total != 0)
    left = session.scalar(select(func.count()).select_from(summed.subquery())) or 0
    session.execute(insert(CaseOpenFigure).from_select([*KEYS, "waiting", "is_summed"], summed))
    gone = session.execute(delete(CaseOpenFigure).where(CaseOpenFigure.is_summed.is_(True)))
    session.expire_all()
    return int(gone.rowcount - left)  # type: ignore[attr-defined]
