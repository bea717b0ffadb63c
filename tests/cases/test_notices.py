"""Who is told of what, how an organisation reads it, and that nobody learns more from a notice than from the case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ohs.accounts.models import Organisation, User
from ohs.cases.kinds import KINDS
from ohs.cases.models import Case
from ohs.cases.notice_lines import UNSEEN_CASE, UNSEEN_STEP, notice_line
from ohs.cases.notices import mark_read, narrowed_notices, notice_rows, tell_of_openings, unread_count
from ohs.cases.notices_models import CaseNotice
from ohs.cases.waiting import organisation_of
from ohs.kernel.bulk import moment_for
from tests.factories.accounts import make_user
from tests.factories.cases import ON, act, make_case, make_people

TOLD = {"told_worker_on": date(2026, 11, 4), "told_employer_on": date(2026, 11, 4), "how_told": "writing"}
AT = datetime(2026, 11, 4, 2, 0, tzinfo=UTC)


def notices(session: Session, user: User) -> list[CaseNotice]:
    return list(session.scalars(select(CaseNotice).where(CaseNotice.organisation_id == user.organisation_id).order_by(CaseNotice.id)))


def test_an_act_tells_the_organisations_that_its_table_names_at_once_but_not_the_one_that_acted(session: Session) -> None:
    people = make_people(session)
    case = make_case(session, people, "recheck")
    told = KINDS["recheck"].act("main", "recheck-required")
    assert told is not None and told.tells == {"HLTH", "EMP"}
    assert [(one.case_id, one.position, one.event, one.by_id) for one in notices(session, people.EMP)] == [
        (case.id, 1, "recheck-required", people.CLIN.organisation_id)
    ]
    owner = session.get_one(Organisation, case.owner_id)
    assert len(session.scalars(select(CaseNotice).where(CaseNotice.organisation_id == owner.id)).all()) == 1
    assert notices(session, people.CLIN) == [], "whoever acts knows it already"


def test_a_step_that_is_refused_tells_nobody(session: Session) -> None:
    people = make_people(session)
    case = make_case(session, people, "recheck")
    before = len(session.scalars(select(CaseNotice)).all())
    with pytest.raises(Exception, match="missing"):
        act(session, people, case, "CLIN", "inform", ON)
    session.flush()
    assert len(session.scalars(select(CaseNotice)).all()) == before


def test_what_opens_a_case_of_any_kind_tells_each_organisation_that_its_line_names(session: Session) -> None:
    people = make_people(session)
    for kind in KINDS:
        case = make_case(session, people, kind)
        step = case.steps[0]
        wanted = {organisation_of(session, case, actor) for actor in step.told} - {step.organisation_id, None}
        told = session.scalars(select(CaseNotice.organisation_id).where(CaseNotice.case_id == case.id)).all()
        assert step.told and sorted(told) == sorted(one for one in wanted if one), kind


def test_many_cases_opened_together_are_one_line_for_each_organisation(session: Session) -> None:
    people = make_people(session)
    cases = [make_case(session, people, "recheck") for _ in range(3)]
    place, clinic = people.EMP.organisation_id, people.CLIN.organisation_id
    openings = {
        (place, "recheck", "recheck-required"): [one.id for one in cases],
        (place, "contra", "contraindication-found"): [cases[0].id],
        (clinic, "recheck", "recheck-required"): [one.id for one in cases],
        (people.HLTH.organisation_id, "susp", "suspected-found"): [],
    }
    rows = notice_rows(openings, moment_for(session, AT), by_id=clinic)
    assert [(row[0], row[1], row[3], row[4]) for row in rows] == [(place, cases[0].id, 1, "contra"), (place, None, 3, "recheck")]
    before = unread_count(people.EMP)
    tell_of_openings(session, openings, at=AT, by_id=clinic)
    assert unread_count(people.EMP) == before + 2
    line = notice_line(people.EMP, next(one for one in notices(session, people.EMP) if one.cases == 3))
    assert line.what.values["count"] == 3 and line.case is None and line.kind == "recheck"


def test_a_line_of_many_cases_names_none_and_a_line_of_one_names_it(session: Session) -> None:
    people = make_people(session)
    case = make_case(session, people, "recheck")
    for wrong in ({"case_id": case.id, "cases": 2}, {"cases": 1}, {"cases": 0, "case_id": case.id}, {"cases": 2, "position": 1}):
        with pytest.raises(IntegrityError), session.begin_nested():
            session.add(CaseNotice(organisation_id=case.owner_id, kind="recheck", track="main", event="x", at=AT, **wrong))
            session.flush()


def test_one_colleague_reads_for_the_whole_organisation_and_for_no_other(session: Session) -> None:
    people = make_people(session)
    make_case(session, people, "recheck")
    make_case(session, people, "overlimit")
    colleague = make_user(session, "employer", people.EMP.organisation)
    first, second = notices(session, people.EMP)
    assert mark_read(session, people.CLIN, ids=[first.id]) == 0, "another organisation marks nothing here"
    assert mark_read(session, people.EMP, ids=[first.id]) == 1 and unread_count(colleague) == 1
    assert mark_read(session, colleague) == 1 and unread_count(people.EMP) == 0
    session.expire_all()
    assert (first.read_by_id, second.read_by_id) == (people.EMP.id, colleague.id)


def test_the_list_is_narrowed_by_kind_by_unread_and_by_what_asks_nothing(session: Session) -> None:
    people = make_people(session)
    recheck, overlimit = make_case(session, people, "recheck"), make_case(session, people, "overlimit")
    found = lambda **narrow: {one.case_id for one in session.scalars(narrowed_notices(people.EMP, **narrow)).unique()}  # noqa: E731
    assert found() == {recheck.id, overlimit.id} and found(kind="overlimit") == {overlimit.id}
    mark_read(session, people.EMP, case_id=overlimit.id)
    assert found(which="unread") == {recheck.id} and found(which="reminders") == set()
    must = {
        one.id for one in (recheck, overlimit) if any("EMP" in clock.actors.split("; ") for clock in one.clocks if clock.state == "running")
    }
    assert must and found(which="nothing-to-do") == {recheck.id, overlimit.id} - must


def test_a_notice_shows_no_more_than_the_case_shows_its_reader(session: Session) -> None:
    people = make_people(session)
    case = make_case(session, people, "susp")
    hidden = CaseNotice(
        organisation_id=people.HRSS.organisation_id, case=case, position=1, cases=1, kind="susp", track="main", event="notify", at=AT
    )
    concluded = CaseNotice(
        organisation_id=people.CLIN.organisation_id, case=case, position=1, cases=1, kind="susp", track="main", event="conclude-yes", at=AT
    )
    session.add_all([hidden, concluded])
    session.flush()
    line = notice_line(people.HRSS, hidden)
    assert (line.what, line.case, line.kind, line.by) == (UNSEEN_CASE, None, "", "")
    assert session.scalars(narrowed_notices(people.HRSS, kind="susp")).unique().all() == [], "nor is its kind found out by a filter"
    line = notice_line(people.CLIN, concluded)
    assert (line.what, line.case, line.by) == (UNSEEN_STEP, case, "")
    assert notice_line(people.HLTH, concluded).what == KINDS["susp"].acts["main"]["conclude-yes"].name


def test_the_page_lists_marks_and_counts(session: Session, as_user: Callable[[User], FlaskClient], browse: Callable[..., Any]) -> None:
    people = make_people(session)
    case = make_case(session, people, "recheck")
    client = as_user(people.EMP)
    page = browse("/inbox/told").get_data(as_text=True)
    assert case.number in page and 'class="unread"' in page and "cases/" in page
    assert "/inbox/told" in browse("/inbox/").get_data(as_text=True), "the tab"
    one = notices(session, people.EMP)[0]
    client.post("/inbox/told/read", data={"notice": [str(one.id), "9" * 30, "x"]})
    session.expire_all()
    assert one.read_at is not None
    page = browse("/inbox/told?which=unread").get_data(as_text=True)
    assert case.number not in page and 'class="unread"' not in page
    make_case(session, people, "overlimit")
    assert unread_count(people.EMP) == 1
    client.post("/inbox/told/read", data={"all": "1"})
    assert unread_count(people.EMP) == 0
    as_user(people.SAFE)
    assert case.number not in browse("/inbox/told").get_data(as_text=True)


def test_whoever_opens_a_case_has_read_its_notices(
    session: Session, as_user: Callable[[User], FlaskClient], browse: Callable[..., Any]
) -> None:
    people = make_people(session)
    opened, other = make_case(session, people, "recheck"), make_case(session, people, "overlimit")
    as_user(people.SAFE)
    browse(f"/cases/{opened.number}", 404)
    as_user(people.EMP)
    browse(f"/cases/{opened.number}")
    session.expire_all()
    assert {one.case_id: one.read_by_id for one in notices(session, people.EMP)} == {opened.id: people.EMP.id, other.id: None}


def test_pages_of_the_list_follow_one_another(session: Session, as_user: Callable[[User], FlaskClient], browse: Callable[..., Any]) -> None:
    people = make_people(session)
    numbers = [make_case(session, people, "recheck").number for _ in range(23)]
    as_user(people.EMP)
    first = browse("/inbox/told?rows=20").get_data(as_text=True)
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = browse(following).get_data(as_text=True)
    assert [number for number in numbers if number in first] == numbers[3:]
    assert [number for number in numbers if number in second] == numbers[:3]


def test_a_case_that_ends_with_its_records_takes_its_notices_along(session: Session) -> None:
    people = make_people(session)
    case = make_case(session, people, "recheck")
    session.delete(session.get_one(Case, case.id))
    session.flush()
    assert session.scalars(select(CaseNotice).where(CaseNotice.case_id == case.id)).all() == []
