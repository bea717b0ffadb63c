"""Figures of performance: how long the steps of cases take, which share is in time, what is open and how old, out of the counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import ceil
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session

from ohs.accounts.models import Organisation
from ohs.cases.durations import END_TO_END, CaseFigure
from ohs.cases.open_counts import CaseOpenFigure
from ohs.kernel.policy import Permission, visible

#: Counts of fewer people are not told to who may know counts only (a default of this office, domain.md 10.2).
FEW = 5
#: Ages of what is open, in days: up to a week, a month, a quarter, and older. For reading only; no rule rests on them.
AGES = (("week", 0, 7), ("month", 8, 30), ("quarter", 31, 90), ("older", 91, None))
#: What the lines of the table stand for.
STEP, OFFICE, COUNTY, MONTH = "step", "office", "county", "month"
_GROUPS: dict[str, Any] = {
    STEP: CaseFigure.slug,
    OFFICE: CaseFigure.organisation_id,
    COUNTY: CaseFigure.county_code,
    MONTH: CaseFigure.month,
}


@dataclass(frozen=True)
class Narrowed:
    """What figures are narrowed by; empty means everything."""

    months: tuple[str, ...] = ()
    kind: str = ""
    actor: str = ""
    step: str = ""
    county: str = ""
    office: str = ""


@dataclass
class Figures:
    """The figures of one line."""

    key: Any
    #: Days → how many took exactly so many.
    took: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    met: int = 0
    late: int = 0
    #: Of these the reader may open the rows.
    openable: int = 0
    #: Age → how many wait.
    open: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    open_openable: int = 0
    is_hidden: bool = False
    is_open_hidden: bool = False
    #: Of a count that is told, the parts that are small: how many were late, and the ages of what is open.
    is_late_hidden: bool = False
    are_ages_hidden: bool = False

    @property
    def count(self) -> int:
        return self.met + self.late

    @property
    def open_count(self) -> int:
        return sum(self.open.values())

    @property
    def may_open(self) -> bool:
        """Whether the reader may open exactly the rows that are counted."""
        return self.count > 0 and self.openable == self.count

    @property
    def may_open_waiting(self) -> bool:
        return self.open_count > 0 and self.open_openable == self.open_count

    @property
    def share(self) -> float | None:
        """In time, of those that are over."""
        return None if self.is_hidden or self.is_late_hidden or not self.count else self.met / self.count

    @property
    def median(self) -> int | None:
        return self.within(50)

    @property
    def ninetieth(self) -> int | None:
        return self.within(90)

    def within(self, percent: int) -> int | None:
        """The days within which so many per cent were done: the nearest rank; none where there is nothing or it is not told."""
        if self.is_hidden or not self.count:
            return None
        rank, seen = ceil(self.count * percent / 100), 0
        for days in sorted(self.took):
            seen += self.took[days]
            if seen >= rank:
                return days
        raise AssertionError("the counts of a line add up to its steps")


def may_open_rows(user: Any, model: Any) -> ColumnElement[bool]:
    """Whether the reader may open the rows of a count."""
    return visible(user, Permission.PERFORMANCE_OPEN, model)


def narrowing(model: Any, by: str, wanted: Narrowed) -> list[ColumnElement[bool]]:
    """The filters of steps that are over, of rows and of counts alike."""
    found: list[ColumnElement[bool]] = [model.month.in_(wanted.months)] if wanted.months else []
    for column, value in (
        (model.kind, wanted.kind),
        (model.actor, wanted.actor),
        (model.slug, wanted.step),
        (model.county_code, wanted.county),
    ):
        if value:
            found.append(column == value)
    if wanted.office:
        found.append(model.organisation_id == int(wanted.office))
    if by != STEP and not wanted.step:
        found.append(model.slug != END_TO_END)  # a way is no step
    return found


def figures_by(session: Session, user: Any, by: str, wanted: Narrowed, on: date) -> list[Figures]:
    """The lines of the table. Where the reader may know counts only, small ones are hidden, and never one alone."""
    group = _GROUPS[by]
    total = func.sum(CaseFigure.met + CaseFigure.late)
    openable = func.sum(case((may_open_rows(user, CaseFigure), CaseFigure.met + CaseFigure.late), else_=literal(0)))
    rows = session.execute(
        select(group, CaseFigure.days, func.sum(CaseFigure.late), total, openable)
        .where(visible(user, Permission.PERFORMANCE_READ, CaseFigure), *narrowing(CaseFigure, by, wanted))
        .group_by(group, CaseFigure.days)
    )
    found: dict[Any, Figures] = {}
    for key, days, late, count, may in rows:
        line = found.setdefault(key, Figures(key))
        line.took[days] += int(count)
        line.late += int(late)
        line.met += int(count) - int(late)
        line.openable += int(may)
    if by != MONTH:
        _add_open(session, user, by, wanted, on, found)
    lines = [line for line in found.values() if line.count or line.open_count]
    _hide(lines)
    return lines


def _add_open(session: Session, user: Any, by: str, wanted: Narrowed, on: date, found: dict[Any, Figures]) -> None:
    group: Any = {STEP: CaseOpenFigure.slug, COUNTY: CaseOpenFigure.county_code, OFFICE: CaseOpenFigure.organisation_id}[by]
    count, nothing = CaseOpenFigure.waiting, literal(0)
    ages = [func.sum(case((aged(CaseOpenFigure.started_on, name, on), count), else_=nothing)) for name, _from, _to in AGES]
    openable = func.sum(case((may_open_rows(user, CaseOpenFigure), count), else_=nothing))
    for key, *counts, may in session.execute(open_counts(user, wanted, group, *ages, openable).group_by(group)):
        if not any(counts):  # what waited there has gone
            continue
        line = found.setdefault(key, Figures(key))
        for (name, _from, _to), count_of_age in zip(AGES, counts, strict=True):
            line.open[name] += int(count_of_age)
        line.open_openable += int(may)


def open_counts(user: Any, wanted: Narrowed, *columns: Any) -> Select[*tuple[Any, ...]]:
    """Counts of what waits, narrowed."""
    question = select(*columns).where(visible(user, Permission.PERFORMANCE_READ, CaseOpenFigure))
    for column, value in (
        (CaseOpenFigure.kind, wanted.kind),
        (CaseOpenFigure.slug, wanted.step),
        (CaseOpenFigure.county_code, wanted.county),
    ):
        question = question.where(column == value) if value else question
    if wanted.actor:
        question = question.where(is_named(CaseOpenFigure.actors, wanted.actor))
    return question.where(CaseOpenFigure.organisation_id == int(wanted.office)) if wanted.office else question


def is_named(actors: Any, actor: str) -> ColumnElement[bool]:
    """Whether a kind of actor is among those that must act."""
    return or_(actors == actor, actors.startswith(f"{actor}; "), actors.endswith(f"; {actor}"))


def is_age(name: str) -> bool:
    """Whether there is such an age."""
    return any(name == one for one, _from, _to in AGES)


def aged(started_on: Any, name: str, on: date) -> ColumnElement[bool]:
    """What waits for so long."""
    _name, youngest, oldest = next(age for age in AGES if age[0] == name)
    young = started_on <= on - timedelta(days=youngest) if youngest else literal(True)
    return young if oldest is None else and_(young, started_on >= on - timedelta(days=oldest))


def _hide(lines: Iterable[Figures]) -> None:
    """Hide small counts from who may know counts only; where one alone would be hidden, the next smallest as well."""
    found = list(lines)
    _mark([line for line in found if line.count and not line.may_open], lambda line: line.count, "is_hidden")
    _mark([line for line in found if line.open_count and not line.may_open_waiting], lambda line: line.open_count, "is_open_hidden")
    for line in found:
        line.is_late_hidden = line.is_hidden or (not line.may_open and _has_few(line.met, line.late))
        line.are_ages_hidden = line.is_open_hidden or (not line.may_open_waiting and _has_few(*line.open.values()))


def _has_few(*parts: int) -> bool:
    return any(0 < part < FEW for part in parts)


def _mark(counted_only: list[Figures], size: Any, name: str) -> None:
    small = [line for line in counted_only if size(line) < FEW]
    if len(small) == 1 and len(counted_only) > 1:
        small.append(min((line for line in counted_only if line is not small[0]), key=size))
    for line in small:
        setattr(line, name, True)


def names_of(session: Session, ids: Iterable[int]) -> Mapping[int, str]:
    """Names of organisations."""
    found = session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(set(ids))))
    return {row.id: row.name for row in found}
