"""How long each step of a case took and whether it was in time: one row for each clock that ended, and the counts made of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, delete, func, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, selectinload

from ohs.cases.actors import RECORDED_BY
from ohs.cases.kinds.work_injury import WORK_INJURY
from ohs.cases.models import Case, CaseClock, CaseStep
from ohs.cases.transfer_rules import TRANSFER
from ohs.kernel.bulk import add_counts, found_among, insert_rows
from ohs.kernel.database import Base

#: From the finding to the first benefit: no clock runs for it.
END_TO_END = "detected-to-benefit"
#: The status that ends it.
PAID = "benefit"
#: Stands for whoever is no department and no institution: employers, workers, bodies without an account.
NOBODY = 0
KEYS = ("month", "kind", "track", "slug", "actor", "organisation_id", "county_code", "days")
MEASURES = ("met", "late")
#: The organisation that is an actor of the tables where a clock of a case runs; none where it has no account.
PlaceOf = Callable[[Case, CaseClock, str], int | None]
#: So many cases are held in memory at once while the rows are made anew.
PORTION = 500
_FIELDS = ("case_id", "clock_id", "kind", "track", "slug", "actor", "organisation_id", "county_code", "started_on", "due_on", "ended_on", "month", "days", "is_late")  # fmt: skip


class CaseDuration(Base):
    """One step that is over: who had to do it, how many days it took without suspensions, and whether it was in time."""

    __table_args__ = (
        CheckConstraint("days >= 0", name="days_count"),
        CheckConstraint("(slug = 'detected-to-benefit') = (clock_id IS NULL)", name="clock_unless_end_to_end"),
        Index("uq_case_duration_clock", "clock_id", unique=True),
        Index("uq_case_duration_whole", "case_id", unique=True, sqlite_where=text("clock_id IS NULL"), postgresql_where=text("clock_id IS NULL")),
        Index("ix_case_duration_by_slug", "slug", "ended_on", "id", "is_late"),
        Index("ix_case_duration_by_county", "county_code", "slug", "ended_on", "id", "is_late"),
        Index("ix_case_duration_by_organisation", "organisation_id", "slug", "ended_on", "id", "is_late"),
        # The orders of lists, with all that they are narrowed by: what a filter leaves out is passed over without the row.
        Index("ix_case_duration_ended", "ended_on", "id", "slug", "kind", "actor", "county_code", "organisation_id", "track", "is_late"),
        Index("ix_case_duration_by_days", "days", "id", "slug", "kind", "actor", "county_code", "organisation_id", "track", "is_late", "ended_on"),
    )  # fmt: skip
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"), index=True)
    clock_id: Mapped[int | None] = mapped_column(ForeignKey("case_clock.id", ondelete="CASCADE"))
    kind: Mapped[str]
    track: Mapped[str]
    slug: Mapped[str]
    #: The kind of actor that had to act; empty for the whole way.
    actor: Mapped[str]
    #: The department or institution; `NOBODY` for everybody else.
    organisation_id: Mapped[int] = mapped_column(default=NOBODY)
    county_code: Mapped[str]
    started_on: Mapped[date]
    #: Empty for the whole way, which has no limit.
    due_on: Mapped[date | None]
    ended_on: Mapped[date]
    month: Mapped[str]
    days: Mapped[int]
    is_late: Mapped[bool]

    case: Mapped[Case] = relationship(lazy="raise_on_sql")


class CaseFigure(Base):
    """How many steps of one sort took exactly so many days: from these counts every median and share is reckoned."""

    __table_args__ = (
        UniqueConstraint(*KEYS),
        CheckConstraint("met >= 0 AND late >= 0", name="counts_count"),
        Index("ix_case_figure_by_county", "county_code", "month"),
        Index("ix_case_figure_by_organisation", "organisation_id", "month"),
    )
    #: `2026-11`.
    month: Mapped[str]
    kind: Mapped[str]
    track: Mapped[str]
    slug: Mapped[str]
    actor: Mapped[str]
    organisation_id: Mapped[int]
    county_code: Mapped[str]
    days: Mapped[int]
    met: Mapped[int] = mapped_column(default=0)
    late: Mapped[int] = mapped_column(default=0)


@dataclass(frozen=True)
class Measured:
    """A step that is over, before it is a row."""

    values: tuple[Any, ...]

    @property
    def count(self) -> tuple[tuple[Any, ...], bool]:
        """The keys of the count it belongs to, and whether it was late."""
        row = dict(zip(_FIELDS, self.values, strict=True))
        return tuple(row[key] for key in KEYS), row["is_late"]


def keep_durations(session: Session, cases: Sequence[Case], place_of: PlaceOf) -> None:
    """Write down what has ended since the last time, and count it. Called with every change of cases; twice changes nothing.

    Hand-overs have a scorecard of their own, by who had to answer.
    """
    over = {case.id: [clock for clock in case.clocks if clock.state in ("met", "late") and clock.track != TRANSFER] for case in cases}
    concerned = [case for case in cases if over[case.id]]
    if not concerned:
        return
    columns = CaseDuration.case_id, CaseDuration.clock_id
    held = {tuple(row) for row in found_among(session, columns, CaseDuration.case_id, [case.id for case in concerned])}
    new: list[Measured] = []
    for case in concerned:
        new += [_of_clock(case, clock, place_of) for clock in over[case.id] if (case.id, clock.id) not in held]
        if (case.id, None) not in held and (whole := _whole_way(case)) is not None:
            new.append(whole)
    _write(session, new)


def forget_duration(session: Session, clock: CaseClock) -> None:
    """Take back what was counted of a clock that turns out to have ended otherwise; it is counted anew with the next change of its case."""
    row = session.scalar(select(CaseDuration).where(CaseDuration.clock_id == clock.id)) if clock.id is not None else None
    if row is None:
        return
    measure = CaseFigure.late if row.is_late else CaseFigure.met
    same = [getattr(CaseFigure, key) == getattr(row, key) for key in KEYS]
    session.execute(update(CaseFigure).where(*same).values({measure: measure - 1}).execution_options(synchronize_session=False))
    session.delete(row)
    session.flush()


def _of_clock(case: Case, clock: CaseClock, place_of: PlaceOf) -> Measured:
    assert clock.ended_on is not None
    actor = _who(case, clock)
    place = None if actor in RECORDED_BY or actor == "EMP" else place_of(case, clock, actor)
    return _measured(
        case, clock.id, clock.track, clock.slug, actor, place or NOBODY, clock.started_on, clock.due_on, clock.ended_on,
        days_of(clock), clock.state == "late",
    )  # fmt: skip


def _measured(
    case: Case, clock_id: int | None, track: str, slug: str, actor: str, place: int, started_on: date, due_on: date | None, ended_on: date,
    days: int, is_late: bool,
) -> Measured:  # fmt: skip
    month = f"{ended_on:%Y-%m}"
    return Measured(
        (
            case.id,
            clock_id,
            case.kind,
            track,
            slug,
            actor,
            place,
            case.county_code,
            started_on,
            due_on,
            ended_on,
            month,
            days,
            is_late,
        )
    )


def _who(case: Case, clock: CaseClock) -> str:
    """Of several who may act, whoever did; else the first."""
    actors, ended_on = clock.actors.split("; "), clock.ended_on
    acted = (step.actor for step in case.steps if ended_on and step.on >= ended_on and step.before == clock.status and step.actor in actors)
    return next(acted, actors[0])


def days_of(clock: CaseClock) -> int:
    """Calendar days from the start to the end, without those that stood still."""
    assert clock.ended_on is not None
    stood = sum(
        max(0, (min(pause.to_on or clock.ended_on, clock.ended_on) - max(pause.from_on, clock.started_on)).days + 1)
        for pause in clock.pauses
        if pause.from_on <= clock.ended_on
    )
    return max(0, (clock.ended_on - clock.started_on).days - stood)


def _whole_way(case: Case) -> Measured | None:
    """From the day of the finding to that of the first payment, however much later either was entered."""
    paid = next((step for step in case.steps if step.track == WORK_INJURY and step.after == PAID and step.before != PAID), None)
    if paid is None:
        return None
    begun, ended = _told_on(case.steps[0], "found_on"), _told_on(paid, "first_paid_on")
    return _measured(case, None, WORK_INJURY, END_TO_END, "", NOBODY, begun, None, max(begun, ended), max(0, (ended - begun).days), False)


def _told_on(step: CaseStep, key: str) -> date:
    """The day that a step tells, else the day on which it was entered."""
    return date.fromisoformat(step.facts[key]) if step.facts and step.facts.get(key) else step.on


def _write(session: Session, measured: Sequence[Measured]) -> None:
    if not measured:
        return
    session.add_all(CaseDuration(**dict(zip(_FIELDS, one.values, strict=True))) for one in measured)
    counts: Counter[tuple[tuple[Any, ...], bool]] = Counter(one.count for one in measured)
    add_counts(session, CaseFigure.__table__, KEYS, MEASURES, counted_rows(counts))  # type: ignore[arg-type]


def counted_rows(counts: Counter[tuple[tuple[Any, ...], bool]]) -> list[tuple[Any, ...]]:
    """Keys with what is met and late of each, in an order that is always the same: two writers never wait for one another."""
    keys = sorted({key for key, _late in counts})
    return [(*key, counts[key, False], counts[key, True]) for key in keys]


def rebuild_durations(session: Session, place_of: PlaceOf) -> int:
    """Make every row and count anew out of the clocks; returns how many counts were wrong before."""
    before = _counts(session)
    session.execute(delete(CaseDuration))
    session.execute(delete(CaseFigure))
    after_id = 0
    while cases := _portion(session, after_id):
        after_id = cases[-1].id
        for case in cases:
            over = [_of_clock(case, clock, place_of) for clock in case.clocks if clock.state in ("met", "late") and clock.track != TRANSFER]
            whole = _whole_way(case)
            insert_rows(session, CaseDuration.__table__, _FIELDS, [one.values for one in (*over, *((whole,) if whole else ()))])  # type: ignore[arg-type]
        session.expunge_all()
    insert_counts(session)
    after = _counts(session)
    return sum(before.get(key) != after.get(key) for key in before.keys() | after.keys())


def insert_counts(session: Session) -> None:
    """The counts of all rows, as one question."""
    columns = [getattr(CaseDuration, key) for key in KEYS]
    late = func.sum(func.cast(CaseDuration.is_late, CaseFigure.late.type))
    question = select(*columns, func.count() - late, late).group_by(*columns)
    session.execute(CaseFigure.__table__.insert().from_select([*KEYS, *MEASURES], question))  # type: ignore[attr-defined]


def _portion(session: Session, after_id: int) -> Sequence[Case]:
    return session.scalars(
        select(Case)
        .where(Case.id > after_id, Case.clocks.any(CaseClock.state.in_(("met", "late"))))
        .options(selectinload(Case.clocks).selectinload(CaseClock.pauses), selectinload(Case.steps), selectinload(Case.tracks))
        .order_by(Case.id)
        .limit(PORTION)
    ).all()


def _counts(session: Session) -> dict[tuple[Any, ...], tuple[int, int]]:
    rows: Iterable[Any] = session.execute(select(*(getattr(CaseFigure, name) for name in (*KEYS, *MEASURES))))
    return {tuple(row[: len(KEYS)]): (row[-2], row[-1]) for row in rows}
