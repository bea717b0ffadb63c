"""What employers and offices do with declarations, from the first draft to the cancellation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.declarations.counting import count
from ohs.declarations.drafts import accepted_version, begin_declaration, form_of, rows_of, save_step
from ohs.declarations.models import Declaration, DeclarationCount, Filing
from ohs.declarations.queries import DeclarationFilters, filtered_declarations, find_declaration, orders_for
from ohs.declarations.services import (
    accept_declaration,
    bring_up_to_date,
    confirm_closure,
    find_untrue,
    refuse_closure,
    report_closure,
    return_declaration,
    submit_declaration,
    withdraw_declaration,
)
from ohs.kernel.errors import DomainError
from ohs.kernel.policy import Permission, allowed
from ohs.registry.models import Employer, SiteHazard
from tests.factories.accounts import make_organisation, make_user
from tests.factories.declarations import FORM, ROWS, make_draft, make_workplace
from tests.factories.registry import make_employer

ON = date(2026, 11, 2)


def people(session: Session) -> tuple[Employer, User, User]:
    """An employer, its manager, and the officer of its county."""
    employer = make_employer(session, industry_code="1922", sector="19")
    organisation = make_organisation(
        session, kind="employer", region_code=employer.county_code, employer_id=employer.id, name=employer.name
    )
    return employer, make_user(session, "employer", organisation), make_user(session, "health")


def accepted(session: Session, on: date = ON) -> tuple[Declaration, User, User]:
    employer, manager, officer = people(session)
    draft = make_draft(session, employer, manager, on=on)
    submit_declaration(session, draft, signed_by="沈佳", actor=manager, on=on)
    accept_declaration(session, draft, actor=officer, on=on)
    session.flush()
    return draft, manager, officer


def test_a_declaration_is_filed_returned_corrected_and_accepted(session: Session) -> None:
    employer, manager, officer = people(session)
    draft = make_draft(session, employer, manager, on=ON)
    assert draft.number == f"SB-330481-2026-{int(draft.number[-6:]):06d}"
    submit_declaration(session, draft, signed_by="沈佳", actor=manager, on=ON)
    assert (draft.status, draft.acceptor_department, draft.acceptor_region, draft.due_on) == (
        "submitted",
        "health",
        "330481",
        date(2026, 11, 9),
    )
    return_declaration(session, draft, [("exposed", "与名册不符")], actor=officer, on=date(2026, 11, 3))
    assert (draft.status, draft.due_on) == ("returned", date(2026, 11, 10))
    save_step(session, draft, {"exposed": 95}, {}, version=draft.version)
    submit_declaration(session, draft, signed_by="沈佳", actor=manager, on=date(2026, 11, 4))
    receipt = accept_declaration(session, draft, actor=officer, on=date(2026, 11, 5))
    session.flush()
    filing = draft.filing
    assert (draft.status, filing.status, receipt.exposed) == ("accepted", "live", 95)
    assert (filing.update_opens_on, filing.update_closes_on) == (date(2027, 10, 5), date(2027, 12, 6))
    assert {row.hazard_code for row in session.scalars(select(SiteHazard))} == {"P01", "C013"} or session.scalar(
        select(func.count(SiteHazard.id))
    ) == 2
    assert [event.event for event in draft.events] == ["create", "submit", "return", "resubmit", "accept"]


def test_what_is_wrong_hinders_handing_in(session: Session) -> None:
    employer, manager, _officer = people(session)
    draft = make_draft(session, employer, manager, on=ON, employees=50)
    with pytest.raises(DomainError, match="1 places"):
        submit_declaration(session, draft, signed_by="沈佳", actor=manager, on=ON)
    assert draft.status == "draft"


def test_two_people_on_one_draft_the_second_is_told(session: Session) -> None:
    employer, manager, _officer = people(session)
    draft = make_draft(session, employer, manager, on=ON)
    seen = draft.version
    save_step(session, draft, {"exposed": 90}, {}, version=seen)
    with pytest.raises(DomainError, match="Somebody else"):
        save_step(session, draft, {"exposed": 91}, {}, version=seen)


def test_a_withdrawn_declaration_is_a_draft_again(session: Session) -> None:
    employer, manager, _officer = people(session)
    draft = make_draft(session, employer, manager, on=ON)
    submit_declaration(session, draft, signed_by="沈佳", actor=manager, on=ON)
    withdraw_declaration(session, draft, actor=manager, on=ON)
    assert (draft.status, draft.due_on) == ("draft", ON + timedelta(days=30))


def test_one_filing_has_one_open_version(session: Session) -> None:
    employer, manager, _officer = people(session)
    draft = make_draft(session, employer, manager, on=ON)
    with pytest.raises(DomainError, match="is open"):
        begin_declaration(session, employer, draft.filing.workplace, "initial", actor=manager, on=ON)


def test_the_database_refuses_a_second_open_version(session: Session) -> None:
    employer, manager, _officer = people(session)
    draft = make_draft(session, employer, manager, on=ON)
    held = {column.name: getattr(draft, column.name) for column in Declaration.__table__.columns if column.name not in ("id", "number")}
    session.add(Declaration(number="SB-2", **held))
    with pytest.raises(IntegrityError):
        session.flush()


def test_two_who_begin_at_once_wait_for_one_another(session: Session, locked_elsewhere: Callable[[str], None]) -> None:
    employer, manager, _officer = people(session)
    workplace = make_workplace(session, employer)
    locked_elsewhere(f"declaration of workplace {workplace.id}")
    with pytest.raises(OperationalError, match="lock timeout"):
        begin_declaration(session, employer, workplace, "initial", actor=manager, on=ON)


def test_the_next_year_is_prefilled_with_the_last_and_supersedes_it(session: Session) -> None:
    first, manager, officer = accepted(session)
    later = date(2027, 10, 20)
    assert bring_up_to_date(session, first.filing, later) == ["month-11-reached"]
    second = begin_declaration(session, first.employer, first.filing.workplace, "update", actor=manager, on=later)
    assert form_of(second)["contact_phone"] == "13800001234"
    assert [row["exposed"] for row in rows_of(second)["hazards"]] == [60, 80]
    assert "test_report_no" not in form_of(second)
    save_step(session, second, FORM, ROWS, version=second.version)
    submit_declaration(session, second, signed_by="沈佳", actor=manager, on=later)
    accept_declaration(session, second, actor=officer, on=later)
    session.flush()
    assert (first.status, second.status, second.filing.status) == ("superseded", "accepted", "live")
    assert accepted_version(session, second.filing) is second


def test_a_change_moves_the_filing_until_it_is_accepted(session: Session) -> None:
    first, manager, officer = accepted(session)
    change = begin_declaration(session, first.employer, first.filing.workplace, "change", actor=manager, on=date(2026, 12, 1))
    save_step(session, change, FORM | {"change_reason": "process", "changed_on": "2026-11-28"}, ROWS, version=change.version)
    submit_declaration(session, change, signed_by="沈佳", actor=manager, on=date(2026, 12, 1))
    assert (first.filing.status, first.filing.change_due_on) == ("change_due", date(2026, 12, 14))
    accept_declaration(session, change, actor=officer, on=date(2026, 12, 2))
    assert first.filing.status == "live"


def test_what_is_not_filed_in_time_lapses_and_doing_it_twice_changes_nothing(session: Session) -> None:
    first, _manager, _officer = accepted(session)
    much_later = date(2028, 1, 10)
    assert bring_up_to_date(session, first.filing, much_later) == ["month-11-reached", "limit-passed"]
    assert first.filing.status == "lapsed"
    assert bring_up_to_date(session, first.filing, much_later) == []


@pytest.mark.parametrize(
    ("on", "status"),
    [
        (date(2027, 10, 5), "live"),
        (date(2027, 10, 6), "update_due"),
        # Thirteen months end on a Sunday, so Monday is the last day.
        (date(2027, 12, 6), "update_due"),
        (date(2027, 12, 7), "lapsed"),
    ],
)
def test_the_update_window_ends_with_its_last_day(session: Session, on: date, status: str) -> None:
    first, _manager, _officer = accepted(session, date(2026, 11, 5))
    bring_up_to_date(session, first.filing, on)
    assert first.filing.status == status


def test_a_closure_waits_until_nothing_lies_at_the_office(session: Session) -> None:
    first, manager, _officer = accepted(session)
    change = begin_declaration(session, first.employer, first.filing.workplace, "change", actor=manager, on=date(2026, 12, 1))
    save_step(session, change, FORM | {"change_reason": "process", "changed_on": "2026-11-28"}, ROWS, version=change.version)
    submit_declaration(session, change, signed_by="沈佳", actor=manager, on=date(2026, 12, 1))
    with pytest.raises(DomainError, match="withdraw it"):
        report_closure(session, first.filing, ended_on=date(2026, 12, 1), text="", actor=manager, on=date(2026, 12, 2))
    withdraw_declaration(session, change, actor=manager, on=date(2026, 12, 2))
    report_closure(session, first.filing, ended_on=date(2026, 12, 1), text="", actor=manager, on=date(2026, 12, 2))
    assert first.filing.status == "cancel_pending"


def test_an_untrue_declaration_is_corrected_by_a_change(session: Session) -> None:
    first, manager, officer = accepted(session)
    find_untrue(session, first.filing, record="检查 12 号", due_on=None, actor=officer, on=date(2026, 11, 20))
    assert (first.filing.status, first.filing.correction_due_on) == ("untrue", date(2026, 12, 7))
    change = begin_declaration(session, first.employer, first.filing.workplace, "change", actor=manager, on=date(2026, 11, 21))
    save_step(session, change, FORM | {"change_reason": "identity", "changed_on": "2026-11-20"}, ROWS, version=change.version)
    submit_declaration(session, change, signed_by="沈佳", actor=manager, on=date(2026, 11, 21))
    accept_declaration(session, change, actor=officer, on=date(2026, 11, 22))
    assert (first.filing.status, first.filing.correction_due_on) == ("live", None)


def test_a_closure_is_reported_refused_and_confirmed(session: Session) -> None:
    first, manager, officer = accepted(session)
    with pytest.raises(DomainError):
        report_closure(session, first.filing, ended_on=ON + timedelta(days=99), text="", actor=manager, on=ON)
    report_closure(session, first.filing, ended_on=ON, text="停产", actor=manager, on=ON)
    refuse_closure(session, first.filing, text="仍在生产", actor=officer, on=ON)
    assert (first.filing.status, first.filing.closed_on) == ("live", None)
    report_closure(session, first.filing, ended_on=ON, text="停产", actor=manager, on=ON)
    confirm_closure(session, first.filing, text="现场 3 号", actor=officer, on=ON)
    session.flush()
    assert first.filing.status == "cancelled"
    again = begin_declaration(session, first.employer, first.filing.workplace, "initial", actor=manager, on=ON)
    assert again.filing is not first.filing


def begun_change(session: Session, first: Declaration, manager: User) -> Declaration:
    """A change of what is in force, complete and not handed in."""
    change = begin_declaration(session, first.employer, first.filing.workplace, "change", actor=manager, on=ON)
    save_step(session, change, FORM | {"change_reason": "process", "changed_on": "2026-10-28"}, ROWS, version=change.version)
    return change


def test_a_confirmed_closure_throws_away_a_draft_nobody_handed_in(session: Session) -> None:
    first, manager, officer = accepted(session)
    number = begun_change(session, first, manager).number
    report_closure(session, first.filing, ended_on=ON, text="停产", actor=manager, on=ON)
    confirm_closure(session, first.filing, text="现场 3 号", actor=officer, on=ON)
    session.flush()
    assert find_declaration(session, number) is None


def test_a_confirmed_closure_ends_the_writing_of_a_returned_version(session: Session) -> None:
    first, manager, officer = accepted(session)
    change = begun_change(session, first, manager)
    submit_declaration(session, change, signed_by="沈佳", actor=manager, on=ON)
    return_declaration(session, change, [("filler", "写全名")], actor=officer, on=ON)
    report_closure(session, first.filing, ended_on=ON, text="停产", actor=manager, on=ON)
    assert (change.is_being_written, change.due_on is None) == (True, False)
    confirm_closure(session, first.filing, text="现场 3 号", actor=officer, on=ON)
    session.flush()
    assert (change.is_being_written, change.due_on) == (False, None)
    with pytest.raises(DomainError, match="is cancelled"):
        save_step(session, change, FORM, ROWS, version=change.version)
    ranks = orders_for(manager)["waiting"][0].column
    ledger = filtered_declarations(manager, DeclarationFilters()).with_only_columns(Declaration.number, ranks)
    assert dict(map(tuple, session.execute(ledger))) == {first.number: 2, change.number: 2}


def test_a_town_files_with_consent_only(session: Session) -> None:
    employer, _manager, _officer = people(session)
    clerk = make_user(session, "town")
    workplace = make_workplace(session, employer)
    with pytest.raises(DomainError, match="agreed"):
        begin_declaration(session, employer, workplace, "initial", actor=clerk, on=ON)
    draft = begin_declaration(session, employer, workplace, "initial", actor=clerk, on=ON, consent="委托书 3 号")
    save_step(session, draft, FORM, ROWS, version=draft.version)
    submit_declaration(session, draft, signed_by="沈佳", actor=clerk, on=ON)
    assert (draft.status, draft.consent) == ("submitted", "委托书 3 号")


def test_a_provincial_employer_goes_to_the_city(session: Session) -> None:
    employer, manager, _officer = people(session)
    draft = make_draft(session, employer, manager, on=ON, ownership="provincial")
    submit_declaration(session, draft, signed_by="沈佳", actor=manager, on=ON)
    assert (draft.acceptor_department, draft.acceptor_region) == ("health", "330400")


def test_the_counts_kept_by_the_deeds_are_those_of_the_records(session: Session) -> None:
    first, manager, _officer = accepted(session)
    report_closure(session, first.filing, ended_on=ON, text="", actor=manager, on=ON)
    session.flush()
    kept = {
        (row.status, row.area_code, row.dimension, row.value): (row.declarations, row.exposed)
        for row in session.scalars(select(DeclarationCount).where(DeclarationCount.measure == "filing", DeclarationCount.declarations != 0))
    }
    counted: dict[tuple[str, str, str, str], tuple[int, int]] = {}
    for filing in session.scalars(select(Filing)):
        version = accepted_version(session, filing)
        sector, size, people = (version.sector, version.size, version.exposed) if version else ("", "unknown", 0)
        for area in ("330400", filing.county_code, filing.region_code):
            for dimension, value in (("all", ""), ("sector", sector), ("size", size)):
                number, exposed = counted.get((filing.status, area, dimension, value), (0, 0))
                counted[filing.status, area, dimension, value] = (number + 1, exposed + people)
    assert {key: value for key, value in kept.items() if key[0] != "none"} == counted
    count(session, [])


def test_a_town_reads_in_full_what_it_filed_and_nothing_else(session: Session) -> None:
    employer, manager, officer = people(session)
    town = make_user(session, "town")
    own = make_draft(session, employer, manager, on=ON)
    filed = make_draft(session, employer, town, on=ON, consent="已签字", workplace=make_workplace(session, employer, address="代填1号"))
    assert [allowed(town, Permission.DECLARATION_READ_FULL, one) for one in (filed, own)] == [True, False]
    assert [allowed(town, Permission.DECLARATION_READ_SECRETS, one) for one in (filed, own)] == [False, False]
    assert not allowed(officer, Permission.DECLARATION_READ_FULL, filed), "nobody has handed it in"
    submit_declaration(session, filed, signed_by="沈佳", actor=town, on=ON)
    assert allowed(officer, Permission.DECLARATION_READ_FULL, filed)
