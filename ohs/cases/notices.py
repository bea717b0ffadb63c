"""Notices of cases: written with the act that they tell of, read by the organisations that were told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select, update
from sqlalchemy.orm import Session, contains_eager, joinedload

from ohs.accounts.models import Organisation, User
from ohs.accounts.outbox import send_later
from ohs.cases.actors import RECORDED_BY, SYSTEM
from ohs.cases.kinds import KINDS
from ohs.cases.kinds.vocabulary import DUTY, MAIN
from ohs.cases.models import Case, CaseStep, CaseWaiting
from ohs.cases.notices_models import REMINDED, CaseNotice
from ohs.cases.queries import line_options
from ohs.cases.topics import MANY, STEP
from ohs.cases.waiting import Addresses, Place, place_of
from ohs.kernel.bulk import insert_rows, moment_for
from ohs.kernel.clock import now
from ohs.kernel.database import db, writing
from ohs.kernel.errors import DomainError
from ohs.kernel.paging import Key
from ohs.kernel.policy import Permission, visible
from ohs.kernel.steering import aside

NEWEST: Sequence[Key] = (Key(CaseNotice.at, descending=True), Key(CaseNotice.id, descending=True))
#: Nobody counts further for a badge.
BADGE_CAP = 1_000
#: Notices of one case that are looked at on its page.
TOLD_AT_MOST = 30
#: Columns of rows that `notice_rows` makes, in their order.
NOTICE_COLUMNS = ("organisation_id", "case_id", "position", "cases", "kind", "track", "event", "by_id", "at")
#: Organisation, kind of case and opening event → the cases opened, of all of which that organisation is told in one line.
Openings = Mapping[tuple[int, str, str], Sequence[int]]


def tell(session: Session, case: Case, step: CaseStep, *, topic: str = STEP) -> None:
    """Write a notice for each organisation behind the actors that a step told, but for the one that acted."""
    receivers = sorted(receivers_of(step.told, place_of(case), Addresses(session), _track_of(case, step)) - {step.organisation_id})
    for organisation_id in receivers:
        session.add(
            CaseNotice(
                organisation_id=organisation_id, case=case, position=step.position, cases=1, kind=case.kind, track=step.track,
                event=step.event, by_id=step.organisation_id, at=step.at,
            )
        )  # fmt: skip
    send_later(session, dict.fromkeys(receivers, 1), topic, case.number, at=step.at)


def receivers_of(actors: Iterable[str], place: Place, addresses: Addresses, track: str = MAIN) -> set[int]:
    """The organisations of some actors; bodies and people without an account are told on paper, by those who record for them.

    What happens on a track that was handed over is told to its receiver, and to the office that answers for the case.
    """
    named = [actor for actor in actors if actor not in RECORDED_BY and actor != SYSTEM]
    found = {_receiver(actor, place, addresses, on) for actor in named for on in {MAIN, track}}
    return {one for one in found if one is not None}


def _track_of(case: Case, step: CaseStep) -> str:
    return KINDS[case.kind].track_of_duty(step.event) if step.track == DUTY else step.track


def _receiver(actor: str, place: Place, addresses: Addresses, track: str) -> int | None:
    try:
        return addresses.of(place, actor, track)
    except DomainError:  # no such office answers for this place: an act is not refused because nobody is there to be told
        return None


def notice_rows(openings: Openings, at: Any, by_id: int | None = None) -> list[tuple[Any, ...]]:
    """Rows for `insert_rows(session, CaseNotice.__table__, NOTICE_COLUMNS, rows)`: one line for each organisation, kind and event.

    Asks the database nothing. `at` is what `moment_for` makes of the moment; `by_id` the organisation that handed in what opened them.
    One case alone is named; of several only how many.
    """
    return [
        (organisation_id, case_ids[0] if len(case_ids) == 1 else None, 0, len(case_ids), kind, MAIN, event, by_id, at)
        for (organisation_id, kind, event), case_ids in sorted(openings.items())
        if case_ids and organisation_id != by_id
    ]


def tell_of_openings(session: Session, openings: Openings, *, at: datetime, by_id: int | None = None) -> None:
    """Tell every organisation in one line what was opened together, however many cases; the cases must be in the database already.

    For whoever opens cases in bulk: collect `(organisation id, kind, event) → ids of cases` while the rows are made, then call this once.
    """
    insert_rows(session, CaseNotice.__table__, NOTICE_COLUMNS, notice_rows(openings, moment_for(session, at), by_id))  # type: ignore[arg-type]
    counts: dict[int, int] = {}
    for (organisation_id, _kind, _event), case_ids in openings.items():
        if organisation_id != by_id and case_ids:
            counts[organisation_id] = counts.get(organisation_id, 0) + len(case_ids)
    send_later(session, counts, MANY, "", at=at)


def notices_of(user: Any) -> Select[CaseNotice]:
    """What this person's organisation was told, with everything that a line of the list shows."""
    return (
        select(CaseNotice)
        .outerjoin(CaseNotice.case)
        .where(CaseNotice.organisation_id == user.organisation_id)
        .options(
            contains_eager(CaseNotice.case).options(*line_options()),
            joinedload(CaseNotice.by),
        )
    )


def narrowed_notices(user: Any, *, kind: str = "", which: str = "") -> Select[CaseNotice]:
    """The same, narrowed by kind, to what is unread, to what asks nothing of this organisation, or to reminders."""
    question = notices_of(user)
    if kind:  # of a case that this person may not see, its kind is not told either
        question = question.where(CaseNotice.kind == kind, CaseNotice.case_id.is_(None) | visible(user, Permission.CASE_READ, Case))
    if which == "unread":
        question = question.where(CaseNotice.read_at.is_(None))
    elif which == "nothing-to-do":
        question = question.where(~_is_awaited(user.organisation_id))
    elif which == "reminders":
        question = question.where(CaseNotice.event == REMINDED)
    return question


def _is_awaited(organisation_id: int) -> Any:
    return exists().where(CaseWaiting.case_id == CaseNotice.case_id, CaseWaiting.organisation_id == organisation_id)


def awaited_among(session: Session, user: Any, notices: Iterable[CaseNotice]) -> set[int]:
    """The cases of some notices in which this organisation must act as well."""
    ids = {one.case_id for one in notices if one.case_id is not None}
    question = select(CaseWaiting.case_id).where(CaseWaiting.case_id.in_(ids), CaseWaiting.organisation_id == user.organisation_id)
    return set(session.scalars(question)) if ids else set()


def unread_count(user: Any) -> int:
    """What this person's organisation was told and nobody there has read, up to a cap: one stretch of an index."""
    some = _unread(user.organisation_id).with_only_columns(CaseNotice.id).limit(BADGE_CAP).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def _unread(organisation_id: int) -> Select[CaseNotice]:
    return select(CaseNotice).where(CaseNotice.organisation_id == organisation_id, CaseNotice.read_at.is_(None))


def _unread_of(organisation_id: int, case_id: int) -> tuple[ColumnElement[bool], ...]:
    """Of one case, whose few notices lead: those of an organisation that nobody there has read may be very many."""
    return CaseNotice.case_id == case_id, aside(CaseNotice.organisation_id) == organisation_id, aside(CaseNotice.read_at).is_(None)


def mark_read(session: Session, user: User, *, ids: Sequence[int] | None = None, case_id: int | None = None) -> int:
    """Say that somebody of this organisation has read some notices, those of one case, or all; how many were unread."""
    marking = update(CaseNotice)
    if case_id is not None:
        marking = marking.where(*_unread_of(user.organisation_id, case_id))
    else:
        marking = marking.where(CaseNotice.organisation_id == user.organisation_id, CaseNotice.read_at.is_(None))
    if ids is not None:
        marking = marking.where(CaseNotice.id.in_(ids))
    done = session.execute(marking.values(read_at=now(), read_by_id=user.id).execution_options(synchronize_session=False))
    return done.rowcount  # type: ignore[attr-defined,no-any-return]


def note_seen(session: Session, user: User, case: Case) -> None:
    """Whoever opens a case has read what its notices tell; a transaction of its own that begins with the writer in hand."""
    if session.scalar(select(CaseNotice.id).where(*_unread_of(user.organisation_id, case.id)).limit(1)) is None:
        return
    session.commit()
    with writing():
        mark_read(session, user, case_id=case.id)
        session.commit()


def told_organisations(session: Session, case: Case) -> list[tuple[CaseNotice, str]]:
    """The latest notices of a case with the name of the organisation that was told."""
    question = (
        select(CaseNotice, Organisation.name)
        .join(Organisation, Organisation.id == CaseNotice.organisation_id)
        .where(CaseNotice.case_id == case.id)
        .options(joinedload(CaseNotice.by), joinedload(CaseNotice.case))
        .order_by(CaseNotice.at.desc(), CaseNotice.id.desc())
        .limit(TOLD_AT_MOST)
    )
    return [(notice, name) for notice, name in session.execute(question)]
