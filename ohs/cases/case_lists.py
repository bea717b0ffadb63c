"""The list of cases: its orders, its filters, and the index that each page of it goes by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, literal_column, or_, select, true, union, union_all
from sqlalchemy.orm import Session

from ohs.accounts.substitutes import hands_of
from ohs.cases.kinds import KINDS
from ohs.cases.kinds.vocabulary import MAIN
from ohs.cases.kinds.work_injury import WORK_INJURY
from ohs.cases.models import NEXT_DAY, Case, CaseClock, CaseHandler, CaseTrack, CaseWaiting
from ohs.cases.next_days import has_shown_day
from ohs.cases.queries import BesideCase, InboxFilters, cases_beside, cases_visible_to, for_list, for_waiting_list, in_hand_at
from ohs.cases.transfer_rules import OPEN_KINDS
from ohs.kernel import steering
from ohs.kernel.ledger import Parts
from ohs.kernel.paging import Key
from ohs.kernel.policy import Permission, about_places, could, visible
from ohs.kernel.steering import Way, aside, count_of, leader
from ohs.registry.models import Worker
from ohs.registry.queries import employer_ids_like, indexes_of

NEW, DUE, NUMBER = "new", "due", "number"
ORDERS: dict[str, Sequence[Key]] = {
    NEW: (Key(Case.opened_on), Key(Case.id)),
    DUE: (Key(NEXT_DAY), Key(Case.id)),
    NUMBER: (Key(Case.number),),
}
#: Where what a reader sees leaves out most of the rows, so many times as many are looked at and sorted.
OWN = 5
#: So many cases of the same worker and employer stand on a case's page.
RELATED = 12


@dataclass(frozen=True)
class CaseFilters:
    """What a list of cases may be narrowed by; empty means everything."""

    kind: str = ""
    status: str = ""
    standing: str = "open"
    county: str = ""
    text: str = ""
    owner: str = ""
    opened_from: date | None = None
    opened_to: date | None = None
    due_to: date | None = None


def filtered_cases(session: Session, user: Any, filters: CaseFilters, on: date) -> Select[Case]:
    """Cases of which this person may see something, narrowed: to be counted, or taken out as a whole."""
    own = [Way(or_(*parts), true())] if (parts := _own(user)) else []
    ways = [*own, *_chosen(session, user, filters, on), *_county(filters), *(one.way(filters) for one in _days(filters, on))]
    question = select(Case).where(or_(*_standings(filters)), *_free(user, filters))
    return _led(question, ways, leader(session, ways) if _may_see(user, filters) else None).where(*_permitted(user, filters, on))


def listed_cases(session: Session, user: Any, filters: CaseFilters, on: date) -> Parts:
    """The same as pages of a list."""
    return Parts(
        lambda order: _parts(session, user, filters, on, order), for_list(cases_beside(user)), lambda: filtered_cases(session, user, filters, on)
    )  # fmt: skip


def listed_others(session: Session, user: Any, narrowed: InboxFilters, hands: Sequence[int], on: date) -> Parts:
    """Open cases in which this person's organisation has a part and somebody else must act, narrowed as an inbox is."""
    filters = CaseFilters(kind=narrowed.kind, standing=narrowed.standing or "open", due_to=narrowed.until)
    own = select(CaseWaiting.id).where(CaseWaiting.case_id == Case.id, CaseWaiting.organisation_id == user.organisation_id)
    in_hands = {
        "mine": Case.id.in_(_taken_by(hands)),
        "covered": Case.id.in_(_taken_by(hands[1:])),
        "nobody": ~in_hand_at(user.organisation_id, Case.id),
    }
    others = [~own.exists(), *([in_hands[narrowed.whose]] if narrowed.whose in in_hands else [])]
    return Parts(
        lambda order: [part.where(*others) for part in _parts(session, user, filters, on, order)], for_waiting_list(cases_beside(user)),
        lambda: filtered_cases(session, user, filters, on).where(*others),
    )  # fmt: skip


def related_cases(session: Session, user: Any, case: Case) -> Select[Case]:
    """The latest other cases of the same worker, and open ones of the same employer, that this person may see."""
    order = (Case.opened_on.desc(), Case.id.desc())
    some = [Case.worker_id == case.worker_id] if case.worker_id else []
    if case.employer_id:
        same = Way(Case.employer_id == case.employer_id, aside(Case.employer_id) == case.employer_id)
        ways = [same, *([Way(or_(*own), true())] if (own := _own(user)) else [])]
        first = leader(session, ways) or same
        some.append(and_(*(way.leading if way is first else way.beside for way in ways), aside(Case.closed_on).is_(None)))
    found = [cases_beside(user).where(one, Case.id != case.id).order_by(*order).limit(RELATED) for one in some]
    ids: Any = union(*(select(one.with_only_columns(Case.id).subquery()) for one in found)) if found else []
    return cases_visible_to(user).where(Case.id.in_(ids)).order_by(*order).limit(RELATED)


def _parts(session: Session, user: Any, filters: CaseFilters, on: date, order: str) -> list[Select[Case]]:
    """Questions that find the list together, with policy last: what a filter leaves out, it need not look at."""
    if not _may_see(user, filters):
        return [select(Case).where(false())]
    return [part.where(*_permitted(user, filters, on)) for part in _ways(session, user, filters, on, order)]


def _ways(session: Session, user: Any, filters: CaseFilters, on: date, order: str) -> list[Select[Case]]:
    """One question that a filter leads to few rows, else one for each index that has the list's order."""
    question, standings = select(Case).where(*_free(user, filters)), _standings(filters)
    days, ways = _days(filters, on), _chosen(session, user, filters, on)
    by_days = [one.way(filters) for one in days]
    own, county = _within(session, user, order), _county(filters)
    may_lead = [*ways, *by_days, *(county if own else [])]
    if (first := leader(session, may_lead, OWN if own else 1)) is not None:
        return [_led(question.where(or_(*standings)), [*ways, *by_days, *county], first)]
    question = question.where(*(way.beside for way in (*ways, *county)), *(one.plain if one.order == order else one.beside for one in days))
    if own or order == NUMBER:  # one index for what is open and what is closed
        standings = [or_(*_standings(filters, aside(Case.closed_on)))]
    if own:
        return [question.where(one, *standings) for one in own]
    return [question.where(place, standing) for place in _places(session, user, filters) for standing in standings]


def _permitted(user: Any, filters: CaseFilters, on: date) -> list[ColumnElement[bool]]:
    """What this reader may see; whoever asks for a status or a day, of those whose status or day they may know."""
    days = [CaseClock.due_on < on] if filters.standing == "late" else []
    if filters.due_to:
        days.append(CaseClock.due_on <= filters.due_to)
    return [*(visible(user, one, BesideCase(Case)) for one in _asked(filters)), *(has_shown_day(user, one) for one in days)]


def _may_see(user: Any, filters: CaseFilters) -> bool:
    """Whether there may be anything: of some the roles alone say no."""
    return all(could(user, permission) for permission in _asked(filters))


def _asked(filters: CaseFilters) -> list[Permission]:
    """What of a case is asked for."""
    if not filters.status:
        return [Permission.CASE_READ]
    is_injury = filters.status in KINDS["susp"].tracks[WORK_INJURY].statuses
    return [Permission.CASE_READ, Permission.CASE_READ_WORK_INJURY if is_injury else Permission.CASE_READ_DIAGNOSIS]


def _free(user: Any, filters: CaseFilters) -> list[ColumnElement[bool]]:
    """What nobody of an office has in hand: of its own cases the case itself says so, of its tracks in others' cases their hands."""
    if filters.owner != "nobody":
        return []
    office = user.organisation_id
    is_own = aside(Case.owner_id) == office
    return [or_(and_(is_own, aside(Case.assignee_id).is_(None)), and_(~is_own, ~in_hand_at(office, Case.id)))]


def _led(question: Select[Case], ways: Sequence[Way], first: Way | None) -> Select[Case]:
    return question.where(*(way.leading if way is first else way.beside for way in ways))


def _standings(filters: CaseFilters, closed_on: Any = Case.closed_on) -> list[ColumnElement[bool]]:
    """Open, closed, or the one and the other: each has indexes of its own."""
    is_open, is_closed = closed_on.is_(None), closed_on.is_not(None)
    return {"open": [is_open], "late": [is_open], "closed": [is_closed]}.get(filters.standing, [is_open, is_closed])


def _places(session: Session, user: Any, filters: CaseFilters) -> list[ColumnElement[bool]]:
    """Where what this reader sees can lie, so that an index of a county may lead; policy itself decides of each row."""
    place = user.organisation
    if filters.kind and place.department == "safety" and not about_places.holds(user, SimpleNamespace(kind=filters.kind)):
        few = _besides(session, user, [and_(owner == place.id, aside(Case.kind) == filters.kind) for owner in Case.answering()])
        return [true()] if few is None else few or [false()]
    if place.level not in ("county", "zone"):
        return [Case.county_code == filters.county] if filters.county else [true()]
    few = _besides(session, user, _answered_elsewhere(place))
    if few is None:
        return [true()]
    home = [Case.county_code == place.region_code] if filters.county in ("", place.region_code) else []
    return [*home, *few] or [false()]


def _besides(session: Session, user: Any, which: Sequence[ColumnElement[bool]]) -> list[ColumnElement[bool]] | None:
    """What an office sees only because it answers for it, and what an emergency has opened to this reader; none where that is not little."""
    rows = union_all(*(select(Case.id).where(one).correlate(None) for one in which))
    count = count_of(session, rows, steering.FEW)
    opened = [Case.id.in_(sorted(user.emergency_case_ids))] if user.emergency_case_ids else []
    return None if count >= steering.FEW else [*([Case.id.in_(rows)] if count else []), *opened]


def _answered_elsewhere(place: Any) -> list[ColumnElement[bool]]:
    """What an office of a county answers for in other counties."""
    return [
        and_(owner == place.id, other)
        for owner in Case.answering()
        for other in (Case.county_code < place.region_code, Case.county_code > place.region_code)
    ]


def _own(user: Any) -> list[ColumnElement[bool]]:
    """Where all that this reader sees lies, of whoever sees only what is its own; each part has indexes in the lists' orders."""
    place = user.organisation
    own: dict[str, list[ColumnElement[bool]]] = {
        "clinic": [Case.clinic_id == place.id, Case.institution_id == place.id], "diagnosis": [Case.institution_id == place.id], "testing": [Case.institution_id == place.id],
        "employer": [Case.employer_id == one for one in sorted(place.employer_ids)], "town": [and_(Case.kind == "complaint", Case.region_code == place.region_code)],
    }  # fmt: skip
    return own.get(place.kind, [])


def _within(session: Session, user: Any, order: str) -> list[ColumnElement[bool]]:
    """The same, and of safety and human resources what they read and the rest of what they answer for; a county's orders by days lead better."""
    place = user.organisation
    if place.level == "city" and place.department in ("hr", "safety"):
        here = [_open_to_all(), *([Case.at_work_injury()] if place.department == "hr" else [])]
        rest = [aside(Case.kind).not_in(OPEN_KINDS), *([aside(Case.work_injury_owner_id).is_(None)] if place.department == "hr" else [])]
        few = _besides(session, user, [and_(owner == place.id, *rest) for owner in Case.answering()])
        return [] if few is None else [*here, *few]
    if place.department != "hr" or order != NUMBER:
        return _own(user)
    here = [and_(Case.at_work_injury(), Case.county_code == place.region_code)]
    besides = [and_(owner == place.id, aside(Case.work_injury_owner_id).is_(None)) for owner in Case.answering()]
    few = _besides(session, user, [*besides, *_answered_elsewhere(place)])
    return [] if few is None else [*here, *few]


def _open_to_all() -> ColumnElement[bool]:
    """Of a kind that any department may hold, in the words of the indexes of these and of no other."""
    return aside(Case.kind).in_([literal_column(repr(kind)) for kind in OPEN_KINDS])


def _chosen(session: Session, user: Any, filters: CaseFilters, on: date) -> list[Way]:
    """Every filter that has an index of its own."""
    ways = [Way(and_(Case.kind == filters.kind, or_(*_standings(filters))), aside(Case.kind) == filters.kind)] if filters.kind else []
    if filters.owner in ("office", "nobody"):
        office = user.organisation_id
        ways.append(Way(Case.answered_by(office), or_(*(aside(column) == office for column in Case.answering()))))
    if filters.owner == "mine":
        hands = hands_of(session, user, on)
        ways.append(Way(Case.id.in_(_taken_by(hands)), aside(Case.id).in_(_taken_by(hands)), _taken_by(hands)))
    if filters.status:
        ways.append(_at_status(filters))
    text = filters.text.strip()
    return [*ways, _matches(session, text)] if text else ways


def _taken_by(hands: Sequence[int]) -> Select[int]:
    """What some people have in hand, each at their own organisation."""
    return select(CaseHandler.case_id).where(CaseHandler.user_id.in_(hands))


def _county(filters: CaseFilters) -> list[Way]:
    leading = [and_(Case.county_code == filters.county, one) for one in _standings(filters)]
    return [Way(or_(*leading), aside(Case.county_code) == filters.county)] if filters.county else []


@dataclass(frozen=True)
class _Days:
    """A stretch of days: as the index of that order meets it, and beside another."""

    order: str
    plain: ColumnElement[bool]
    beside: ColumnElement[bool]

    def way(self, filters: CaseFilters) -> Way:
        """As a filter that may lead, in the index of what is open or closed."""
        return Way(or_(*(and_(self.plain, one) for one in _standings(filters))), self.beside)


def _days(filters: CaseFilters, on: date) -> list[_Days]:
    """The next day is past, or comes until then; opened since then, or until then."""
    found = [_Days(DUE, on > NEXT_DAY, aside(NEXT_DAY) < on)] if filters.standing == "late" else []
    if filters.due_to:
        found.append(_Days(DUE, filters.due_to >= NEXT_DAY, aside(NEXT_DAY) <= filters.due_to))
    since, until = filters.opened_from or date.min, filters.opened_to or date.max
    if filters.opened_from or filters.opened_to:
        found.append(_Days(NEW, Case.opened_on.between(since, until), aside(Case.opened_on).between(since, until)))
    return found


def _at_status(filters: CaseFilters) -> Way:
    """At a status of the main way, or on a track beside it: a status belongs to one of them."""
    status = filters.status
    if any(status in kind.tracks[MAIN].statuses for kind in KINDS.values()):
        return Way(and_(Case.status == status, or_(*_standings(filters))), aside(Case.status) == status)
    tracks = select(CaseTrack.case_id).where(CaseTrack.status == status)
    return Way(Case.id.in_(tracks), tracks.where(CaseTrack.case_id == Case.id).exists(), tracks)


def _matches(session: Session, text: str) -> Way:
    """By number, by an employer's name, or by a whole identity number."""
    employer_ids = employer_ids_like(session, text)
    found: list[tuple[Any, Any]] = [(Case.employer_id, employer_ids)]
    if any(character.isdigit() for character in text):
        found.append((Case.number, [text.upper()]))
        found.append((Case.worker_id, session.scalars(select(Worker.id).where(Worker.id_index.in_(indexes_of(text)))).all()))
    found = [(column, values) for column, values in found if values] or [(Case.id, [])]
    return Way(or_(*(column.in_(values) for column, values in found)), or_(*(aside(column).in_(values) for column, values in found)))
