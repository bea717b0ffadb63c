"""The rows behind each figure of performance: how many there are, out of the counts, and the index that each page of them goes by."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, select
from sqlalchemy.orm import Session, joinedload

from ohs.accounts.models import Organisation
from ohs.cases.durations import NOBODY, CaseDuration, CaseFigure
from ohs.cases.models import Case, CaseClock, CaseWaiting
from ohs.cases.open_counts import CaseOpenFigure
from ohs.cases.performance import AGES, Narrowed, aged, is_age, is_named, may_open_rows, narrowing, open_counts
from ohs.kernel.ledger import Parts
from ohs.kernel.paging import SIZES, Key, Part
from ohs.kernel.policy import Permission, visible
from ohs.kernel.steering import FEW, Unled, aside

ENDED, DAYS, DUE = "ended", "days", "due"
ROW_ORDERS: dict[str, Sequence[Key]] = {ENDED: (Key(CaseDuration.ended_on), Key(CaseDuration.id)), DAYS: (Key(CaseDuration.days), Key(CaseDuration.id))}  # fmt: skip
OPEN_ORDERS: dict[str, Sequence[Key]] = {DUE: (Key(CaseWaiting.due_on), Key(CaseWaiting.clock_id), Key(CaseWaiting.id))}
#: Of no more steps than these each is looked for within its own index.
STEPS = 12


@dataclass(frozen=True)
class Told:
    """What the counts tell of the rows behind a figure: how many, and of which steps."""

    count: int
    slugs: Sequence[str]
    #: The ends between which months and days taken of all of them lie.
    months: tuple[str, str]
    days: tuple[int, int]

    @property
    def ended(self) -> tuple[date, date]:
        """The first and the last day of the months."""
        first, last = (date.fromisoformat(f"{month}-01") for month in self.months)
        return first, last.replace(day=monthrange(last.year, last.month)[1])


def ended_rows(user: Any, by: str, wanted: Narrowed, *, only_late: bool = False) -> Select[CaseDuration]:
    """The rows behind a count of steps that are over."""
    question = select(CaseDuration).where(*_readable(user, CaseDuration), *narrowing(CaseDuration, by, wanted))
    return _with_case(question.where(CaseDuration.is_late.is_(True)) if only_late else question)


def ended_steps(session: Session, user: Any, by: str, wanted: Narrowed, *, only_late: bool = False) -> tuple[int, Parts]:
    """How many there are, and the same rows as pages of a list."""
    told, whole = _told_of_ended(session, user, by, wanted, only_late), ended_rows(user, by, wanted, only_late=only_late)

    def parts(order: str) -> list[Select[CaseDuration]]:
        return _ended(user, by, wanted, only_late, told, order) if told else [select(CaseDuration).where(false())]

    return told.count if told else 0, Parts(parts, _with_case(select(CaseDuration)), lambda: whole)


def _told_of_ended(session: Session, user: Any, by: str, wanted: Narrowed, only_late: bool) -> Told | None:
    count = CaseFigure.late if only_late else CaseFigure.met + CaseFigure.late
    ends = [func.min(CaseFigure.month), func.max(CaseFigure.month), func.min(CaseFigure.days), func.max(CaseFigure.days)]
    rows = session.execute(
        select(CaseFigure.slug, func.sum(count), *ends)
        .where(*_readable(user, CaseFigure), *narrowing(CaseFigure, by, wanted), count > 0)
        .group_by(CaseFigure.slug)
    ).all()
    if not rows:
        return None
    slugs, counts, *ends_of_all = zip(*rows, strict=True)
    first, last, least, most = ends_of_all
    return Told(int(sum(counts)), sorted(slugs), (min(first), max(last)), (min(least), max(most)))


def _ended(user: Any, by: str, wanted: Narrowed, only_late: bool, told: Told, order: str) -> list[Select[CaseDuration]]:
    """By the day of ending each of a few steps has its own index; else few rows are sorted, and of many a page is soon met in their order."""
    beside = Unled(CaseDuration)
    question = select(CaseDuration).where(*narrowing(beside, by, replace(wanted, months=())), *_readable(user, beside))
    question = question.where(aside(CaseDuration.is_late).is_(True)) if only_late else question
    place, ended = _place(user, wanted), CaseDuration.ended_on.between(*told.ended)
    if order == ENDED and len(told.slugs) <= STEPS:
        return [question.where(CaseDuration.slug == slug, *place, ended) for slug in told.slugs]
    ended_beside = aside(CaseDuration.ended_on).between(*told.ended)
    if told.count < FEW:
        return [question.where(CaseDuration.slug.in_(told.slugs), *place, ended_beside)]
    return [question.where(ended) if order == ENDED else question.where(CaseDuration.days.between(*told.days), ended_beside)]


def _place(user: Any, wanted: Narrowed) -> list[ColumnElement[bool]]:
    """The organisation or the county whose index leads: what was chosen, else what the reader sees alone."""
    if (office := _office_of(user, wanted)) is not None:
        return [CaseDuration.organisation_id == office]
    county = wanted.county or ("" if user.organisation.level == "city" else user.organisation.region_code)
    return [CaseDuration.county_code == county] if county else []


def _office_of(user: Any, wanted: Narrowed) -> int | None:
    """The one organisation whose steps are asked for: the one that was chosen, or the reader's own that sees no other."""
    if wanted.office:
        return int(wanted.office)
    return None if user.organisation.kind == "department" else user.organisation_id


def _readable(user: Any, model: Any) -> list[ColumnElement[bool]]:
    return [visible(user, Permission.PERFORMANCE_READ, model), may_open_rows(user, model)]


def _with_case(question: Select[CaseDuration]) -> Select[CaseDuration]:
    return question.options(joinedload(CaseDuration.case))


def open_rows(user: Any, wanted: Narrowed, age: str, on: date) -> Select[CaseWaiting]:
    """The rows behind a count of what waits, each at its next limit, for every organisation that must act."""
    return _with_clock(_narrowed(user, wanted, age, on, CaseWaiting))


def open_steps(session: Session, user: Any, wanted: Narrowed, age: str, on: date) -> tuple[int, Parts]:
    """How many there are, and the same rows as pages of a list."""
    told = _told_of_open(session, user, wanted, age, on)
    parts, whole = _open(session, user, wanted, age, on, told), open_rows(user, wanted, age, on)
    return sum(told.values()), Parts(lambda _order: parts, _with_clock(select(CaseWaiting)), lambda: whole)


def _told_of_open(session: Session, user: Any, wanted: Narrowed, age: str, on: date) -> dict[tuple[str, str], int]:
    """How many wait, by step and county."""
    keys, count = (CaseOpenFigure.slug, CaseOpenFigure.county_code), func.sum(CaseOpenFigure.waiting)
    question = open_counts(user, wanted, *keys, count).where(may_open_rows(user, CaseOpenFigure)).group_by(*keys).having(count > 0)
    question = question.where(aged(CaseOpenFigure.started_on, age, on)) if is_age(age) else question
    return {(slug, county): int(number) for slug, county, number in session.execute(question)}


def _open(
    session: Session, user: Any, wanted: Narrowed, age: str, on: date, told: Mapping[tuple[str, str], int]
) -> list[Select[Any] | Part]:  # fmt: skip
    """Within what an organisation must do; else within each step or within each county, whichever holds fewer rows."""
    if not told:
        return [select(CaseWaiting).where(false())]
    beside = Unled(CaseWaiting)
    question = _narrowed(user, wanted, age, on, beside)
    if (office := _office_of(user, wanted)) not in (None, NOBODY):
        return [question.where(CaseWaiting.organisation_id == office)]
    (slugs, by_slug), (counties, by_county) = (_looked_through(session, told, position) for position in (0, 1))
    if len(slugs) <= STEPS and by_slug < by_county:
        by_clock, of_its_case = (CaseClock.due_on, CaseClock.id, CaseWaiting.id), CaseWaiting.case_id == CaseClock.case_id
        of_clock = [CaseClock.state == "running", of_its_case, *_soonest(CaseClock.due_on, age, on)]
        return [Part(question.where(CaseClock.slug == slug, *of_clock), by_clock) for slug in slugs]
    soonest = _soonest(CaseWaiting.due_on, age, on)
    return [question.where(CaseWaiting.county_code == county, *soonest) for county in counties]


def _looked_through(session: Session, told: Mapping[tuple[str, str], int], position: int) -> tuple[list[str], float]:
    """The steps or the counties of what waits, and about how many rows are looked at until each has filled a page."""
    column = (CaseOpenFigure.slug, CaseOpenFigure.county_code)[position]
    found: Counter[str] = Counter()
    for key, count in told.items():
        found[key[position]] += count
    held = session.execute(select(column, func.sum(CaseOpenFigure.waiting)).where(column.in_(found)).group_by(column))
    return sorted(found), sum(count * min(1.0, max(SIZES) / found[key]) for key, count in held)


def _soonest(due_on: Any, age: str, on: date) -> list[ColumnElement[bool]]:
    """No limit ends before it began."""
    oldest = next((oldest for name, _youngest, oldest in AGES if name == age), None)
    return [] if oldest is None else [due_on >= on - timedelta(days=oldest)]


def _narrowed(user: Any, wanted: Narrowed, age: str, on: date, waiting: Any) -> Select[CaseWaiting]:
    question = select(CaseWaiting).join(CaseClock, CaseClock.id == waiting.clock_id).where(*_readable(user, _asked(waiting)))
    for column, value in ((waiting.kind, wanted.kind), (aside(CaseClock.slug), wanted.step), (waiting.county_code, wanted.county)):
        question = question.where(column == value) if value else question
    if wanted.actor:
        question = question.where(is_named(CaseClock.actors, wanted.actor))
    if is_age(age):
        question = question.where(aged(CaseClock.started_on, age, on))
    return question.where(_is_of(waiting.organisation_id, int(wanted.office))) if wanted.office else question


def _is_of(organisation_id: Any, office: int) -> ColumnElement[bool]:
    """Whether an organisation must act; employers are counted together."""
    employers = select(Organisation.id).where(Organisation.kind == "employer")
    return aside(organisation_id).in_(employers) if office == NOBODY else organisation_id == office


def _asked(waiting: Any) -> SimpleNamespace:
    """What policy asks of something that waits."""
    region = select(Case.region_code).where(Case.id == CaseWaiting.case_id).scalar_subquery()
    return SimpleNamespace(
        county_code=waiting.county_code, region_code=region, organisation_id=waiting.organisation_id, track=CaseClock.track, kind=waiting.kind
    )  # fmt: skip


def _with_clock(question: Select[CaseWaiting]) -> Select[CaseWaiting]:
    return question.options(joinedload(CaseWaiting.case), joinedload(CaseWaiting.clock))
