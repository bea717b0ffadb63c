"""Lists of cases: whichever index leads, the same rows come, in the same order, page by page."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from ohs.cases.actors import By
from ohs.cases.case_lists import ORDERS, RELATED, CaseFilters, filtered_cases, listed_cases, related_cases
from ohs.cases.dismissals import EmploymentEnd, record_ends
from ohs.cases.handing_over import pass_to
from ohs.cases.handling import put_in_hands
from ohs.cases.kinds import KINDS
from ohs.cases.kinds.appraisal import APPRAISAL
from ohs.cases.kinds.suit import SUIT
from ohs.cases.kinds.vocabulary import MAIN
from ohs.cases.kinds.work_injury import WORK_INJURY
from ohs.cases.models import Case
from ohs.kernel import steering
from ohs.kernel.ledger import keys_of
from ohs.kernel.paging import paginate
from ohs.kernel.policy import Permission, allowed
from tests.cases.ways import DAY, TO_DIAGNOSIS, go
from tests.factories.accounts import make_organisation, make_user
from tests.factories.cases import People, make_case, make_people

ON = DAY + timedelta(days=40)
FILTERS = {
    "open": CaseFilters(), "late": CaseFilters(standing="late"), "closed": CaseFilters(standing="closed"), "all": CaseFilters(standing="all"),
    "kind": CaseFilters(kind="susp"), "status": CaseFilters(kind="susp", status="detected"), "status of a track": CaseFilters(kind="susp", status="wi_due", standing="all"),
    "county": CaseFilters(county="330481"), "mine": CaseFilters(owner="mine"), "office": CaseFilters(owner="office"), "nobody": CaseFilters(owner="nobody"),
    "name": CaseFilters(text="恒丰", standing="all"), "none": CaseFilters(text="没有"), "opened": CaseFilters(opened_from=DAY, opened_to=DAY), "until": CaseFilters(due_to=DAY + timedelta(days=12)),
}  # fmt: skip


def make_all(session: Session) -> People:
    """A case of each kind, one diagnosed, one closed, one in hand."""
    people = make_people(session)
    for code in KINDS:
        make_case(session, people, code, on=DAY)
    go(session, people, make_case(session, people, "susp", on=DAY), f"{TO_DIAGNOSIS}, DIAG main conclude-yes")
    go(session, people, make_case(session, people, "complaint", on=DAY), "HLTH main answer")
    mine = make_case(session, people, "cluster", on=DAY - timedelta(days=3))
    mine.owner_id = people.HLTH.organisation_id
    put_in_hands(mine, people.HLTH)
    session.flush()
    return people


def listed(session: Session, user: object, filters: CaseFilters, order: str) -> list[str]:
    """Every number, read page by page to the end."""
    found, cursor = [], ""
    while True:
        parts = listed_cases(session, user, filters, ON)
        page = paginate(session, parts.rows, keys_of(ORDERS, order, "new"), cursor=cursor, size=20, parts=parts.of(order.removeprefix("-")))
        found += [case.number for case in page.rows]
        if page.next is None:
            return found
        cursor = page.next


def test_every_index_finds_the_same(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    people, most = make_all(session), dict.fromkeys(FILTERS, 0)
    for name, filters in FILTERS.items():
        for user in (people.HLTH, people.HRSS, people.CLIN, people.EMP):
            monkeypatch.setattr(steering, "FEW", 2_000)
            led = {order: listed(session, user, filters, order) for order in ("-new", "due", "-due", "number")}
            whole = {case.number for case in session.scalars(filtered_cases(session, user, filters, ON)).unique()}
            monkeypatch.setattr(steering, "FEW", 0)
            beside = {order: listed(session, user, filters, order) for order in led}
            assert led == beside and {frozenset(found) for found in led.values()} == {frozenset(whole)}, name
            most[name] = max(most[name], len(led["due"]))
    assert [name for name, found in most.items() if not found] == ["none"]


def test_a_list_shows_exactly_what_each_reader_may_read(session: Session) -> None:
    people = make_all(session)
    cases = session.query(Case).all()
    for user in vars(people).values():
        may = {case.number for case in cases if allowed(user, Permission.CASE_READ, case)}
        assert set(listed(session, user, CaseFilters(standing="all"), "due")) == may


@pytest.mark.parametrize("few", [2_000, 2, 0])
def test_a_list_of_a_kind_shows_exactly_what_each_reader_may_read(session: Session, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    people = make_all(session)
    for department in (people.SAFE, people.HRSS):  # what was handed to them they see, whatever its kind
        make_case(session, people, "recheck", on=DAY).owner_id = department.organisation_id
    make_case(session, people, "overlimit", on=DAY + timedelta(days=1))
    case, city = make_case(session, people, "contra", on=DAY), {"level": "city", "region_code": "330400"}
    cities = [make_user(session, department, make_organisation(session, department=department, **city)) for department in ("hr", "safety")]
    record_ends(session, [EmploymentEnd(case.worker_id or 0, case.employer_id or 0, DAY, "1")], by=By(), on=DAY)
    for department in (people.SAFE, people.HRSS):
        make_case(session, people, "complaint", on=DAY).owner_id = department.organisation_id
    session.flush()
    session.expire_all()
    monkeypatch.setattr(steering, "FEW", few)
    cases = session.query(Case).all()
    for user in (people.SAFE, people.HRSS, people.HLTH, *cities):
        for kind in ("", *KINDS):
            may = {case.number for case in cases if kind in ("", case.kind) and allowed(user, Permission.CASE_READ, case)}
            assert {order: set(listed(session, user, CaseFilters(kind=kind, standing="all"), order)) for order in ORDERS} == dict.fromkeys(
                ORDERS, may
            )


def test_the_case_knows_the_offices_of_its_tracks(session: Session) -> None:
    people = make_all(session)
    case = next(one for one in session.query(Case) if one.tracks)
    assert {one.track: one.owner_id for one in case.tracks} == {APPRAISAL: case.appraisal_owner_id, WORK_INJURY: case.work_injury_owner_id}
    pass_to(session, case, WORK_INJURY, people.SAFE.organisation)
    assert case.work_injury_owner_id == people.SAFE.organisation_id != case.appraisal_owner_id
    assert {track for kind in KINDS.values() for track in kind.tracks} == {MAIN, APPRAISAL, WORK_INJURY, SUIT}


def test_what_an_office_answers_for_in_another_county_is_listed(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    people = make_all(session)
    cases = session.query(Case).all()
    for number, case in enumerate(cases):
        case.county_code = ("330402", "330481", "Z330400-GQ")[number % 3]
    session.flush()
    for few in (2_000, 0):
        monkeypatch.setattr(steering, "FEW", few)
        for user in (people.HLTH, people.HRSS):
            may = {case.number for case in cases if allowed(user, Permission.CASE_READ, case)}
            assert {case.county_code for case in cases if case.number in may} - {user.organisation.region_code}
            assert {order: set(listed(session, user, CaseFilters(standing="all"), order)) for order in ORDERS} == dict.fromkeys(ORDERS, may)
            here = {case.number for case in cases if case.number in may and case.county_code == "330402"}
            assert set(listed(session, user, CaseFilters(standing="all", county="330402"), "due")) == here


def are_related(case: Case, other: Case) -> bool:
    """Of the same worker, or open and of the same employer."""
    if case.worker_id and other.worker_id == case.worker_id:
        return True
    return bool(case.employer_id) and other.employer_id == case.employer_id and other.closed_on is None


@pytest.mark.parametrize("few", [2_000, 0])
def test_related_are_the_latest_that_each_reader_may_read(session: Session, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    people = make_all(session)
    for number in range(RELATED):
        make_case(session, people, "susp", on=DAY - timedelta(days=number))
    monkeypatch.setattr(steering, "FEW", few)
    cases, most = sorted(session.query(Case), key=lambda case: (case.opened_on, case.id), reverse=True), 0
    for user in vars(people).values():
        may = [case for case in cases if allowed(user, Permission.CASE_READ, case)]
        for case in may:
            same = [other for other in may if other is not case and are_related(case, other)]
            assert session.scalars(related_cases(session, user, case)).unique().all() == same[:RELATED]
            most = max(most, len(same))
    assert most > RELATED


def test_what_has_no_next_day_comes_last(session: Session) -> None:
    people = make_all(session)
    numbers = listed(session, people.HLTH, CaseFilters(standing="all"), "due")
    days: dict[str, date | None] = {case.number: case.due_on for case in session.query(Case)}
    found = [days[number] or date.max for number in numbers]
    assert found == sorted(found) and found[-1] == date.max > found[0]


@pytest.mark.parametrize("kind", ["overlimit", "cluster", "acute"])
def test_of_places_safety_reads_and_human_resources_do_not(session: Session, kind: str) -> None:
    """Measurements are nothing to human resources: they read such a case only once it was handed to them."""
    people = make_people(session)
    case = make_case(session, people, kind)
    assert allowed(people.SAFE, Permission.CASE_READ, case)
    assert not allowed(people.HRSS, Permission.CASE_READ, case)
    case.owner = people.HRSS.organisation
    session.flush()
    assert allowed(people.HRSS, Permission.CASE_READ, case)
