"""Who has a case in hand at each organisation: of one case one owner, and at each that has a part in it one person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.accounts.substitutes import name_substitute
from ohs.cases.actors import By
from ohs.cases.case_lists import CaseFilters, filtered_cases, listed_others
from ohs.cases.handing_over import accept, hand_over
from ohs.cases.handling import assign_case, take_case
from ohs.cases.machine import do
from ohs.cases.models import Case, CaseHandler
from ohs.cases.queries import InboxFilters, inbox_of
from ohs.cases.reminding import remind
from ohs.kernel.errors import DomainError
from ohs.kernel.policy import Permission, allowed
from tests.cases.test_section_4_2 import APPLIED
from tests.cases.ways import DAY, arrive
from tests.factories.accounts import make_organisation, make_user
from tests.factories.cases import People, make_case, make_people


def at_hr(session: Session) -> tuple[People, Case, User]:
    """A case whose work injury HR decides, with somebody of the office that owns it."""
    people, case = arrive(session, "susp", APPLIED)
    return people, case, make_user(session, "health", case.owner, name="吴刚")


def mine(session: Session, user: User, whose: str = "mine") -> list[int]:
    """The inbox of a person."""
    rows = session.scalars(inbox_of(session, user, InboxFilters(whose=whose), [user.id], DAY)).unique()
    return [row.case_id for row in rows]


def test_hr_takes_a_case_on_its_own_track_and_the_owner_stays(session: Session) -> None:
    people, case, owner = at_hr(session)
    take_case(session, case, actor=owner, on=DAY)
    take_case(session, case, actor=people.HRSS, on=DAY)
    assert (case.owner_id, case.assignee_id) == (owner.organisation_id, owner.id)
    assert {one.organisation_id: one.user_id for one in case.handlers} == {
        owner.organisation_id: owner.id, people.HRSS.organisation_id: people.HRSS.id,
    }  # fmt: skip
    assert mine(session, people.HRSS) == [case.id] and mine(session, people.HRSS, "nobody") == []
    step = case.steps[-1]
    assert (step.track, step.event, step.before, step.after) == ("work_injury", "taken", "wi_applied", "wi_applied")


def test_a_colleague_reads_who_has_it_and_may_be_passed_it(session: Session) -> None:
    people, case, _owner = at_hr(session)
    colleague = make_user(session, "hr", people.HRSS.organisation, name="钱敏")
    take_case(session, case, actor=people.HRSS, on=DAY)
    with pytest.raises(DomainError, match="has it already"):
        take_case(session, case, actor=colleague, on=DAY)
    assign_case(session, case, colleague, actor=people.HRSS, on=DAY, note="休假")
    assert (mine(session, people.HRSS), mine(session, colleague)) == ([], [case.id])
    assert session.query(CaseHandler).filter_by(organisation_id=people.HRSS.organisation_id).count() == 1


def test_nobody_is_passed_a_case_who_is_of_another_organisation_or_has_no_part(session: Session) -> None:
    people, case, owner = at_hr(session)
    with pytest.raises(DomainError, match="Only a colleague"):
        assign_case(session, case, owner, actor=people.HRSS, on=DAY)
    with pytest.raises(DomainError, match="Only a colleague"):
        take_case(session, case, actor=people.SAFE, on=DAY)
    assert case.handlers == []


@pytest.mark.parametrize("actor", ["EMP", "CLIN", "DIAG"])
def test_who_answers_for_nothing_takes_it_without_a_word_to_the_others(session: Session, actor: str) -> None:
    people, case, _owner = at_hr(session)
    steps, version = len(case.steps), case.version
    take_case(session, case, actor=getattr(people, actor), on=DAY)
    session.flush()
    assert (len(case.steps), case.version, case.assignee_id) == (steps, version, None)
    handler = case.handler_at(getattr(people, actor).organisation_id)
    assert handler is not None and handler.id == getattr(people, actor).id


def test_a_track_that_is_handed_over_leaves_the_hands_of_its_office(session: Session) -> None:
    people, case, owner = at_hr(session)
    far = make_user(session, "hr", make_organisation(session, department="hr", region_code="330482"))
    take_case(session, case, actor=people.HRSS, on=DAY)
    take_case(session, case, actor=owner, on=DAY)
    transfer = hand_over(session, case, far.organisation, "参保地在平湖", actor=people.HRSS, on=DAY, track="work_injury")
    accept(session, transfer, actor=far, on=DAY)
    assert [(one.organisation_id, one.user_id) for one in case.handlers] == [(owner.organisation_id, owner.id)]
    assert case.assignee_id == owner.id, "the case itself stays where it is"
    take_case(session, case, actor=far, on=DAY)
    assert mine(session, far) == [case.id]


def test_a_case_that_is_handed_over_is_in_nobodys_hands_there(session: Session) -> None:
    people = make_people(session)
    case = make_case(session, people, "complaint")
    owner = make_user(session, "health", case.owner, name="吴刚")
    take_case(session, case, actor=owner, on=DAY)
    transfer = hand_over(session, case, people.SAFE.organisation, "涉爆粉尘", actor=owner, on=case.opened_on)
    accept(session, transfer, actor=people.SAFE, on=case.opened_on)
    assert (case.assignee_id, case.handlers) == (None, [])
    take_case(session, case, actor=people.SAFE, on=case.opened_on)
    assert case.assignee_id == people.SAFE.id


def test_lists_know_what_each_has_in_hand(session: Session) -> None:
    people, case, owner = at_hr(session)
    take_case(session, case, actor=people.HRSS, on=DAY)
    found = session.scalars(filtered_cases(session, people.HRSS, CaseFilters(owner="mine"), DAY)).all()
    assert [one.id for one in found] == [case.id]
    assert session.scalars(filtered_cases(session, owner, CaseFilters(owner="mine"), DAY)).all() == []
    for reader, whose, expected in (
        (people.HRSS, "office", [case.id]), (people.HRSS, "nobody", []), (owner, "office", [case.id]), (owner, "nobody", [case.id]),
    ):  # fmt: skip
        listed = session.scalars(filtered_cases(session, reader, CaseFilters(owner=whose), DAY)).all()
        assert [one.id for one in listed] == expected, (reader.login, whose)
    waited = make_case(session, people, "contra", on=DAY)
    do(session, waited, "notify", {"told_worker_on": DAY, "told_employer_on": DAY, "how_told": "writing"}, by=people.by("CLIN"), on=DAY)
    nobodys = InboxFilters(whose="nobody")
    assert waited in session.scalars(listed_others(session, people.CLIN, nobodys, (), DAY).whole()).unique().all()
    take_case(session, waited, actor=people.CLIN, on=DAY)
    assert waited not in session.scalars(listed_others(session, people.CLIN, nobodys, (), DAY).whole()).unique().all()
    own = session.scalars(listed_others(session, people.CLIN, InboxFilters(whose="mine"), [people.CLIN.id], DAY).whole())
    assert own.unique().all() == [waited]


def test_a_substitute_acts_in_place_of_who_has_it_in_hand_there(session: Session) -> None:
    people, case, _owner = at_hr(session)
    colleague = make_user(session, "hr", people.HRSS.organisation)
    take_case(session, case, actor=people.HRSS, on=DAY)
    name_substitute(session, colleague, from_on=DAY, to_on=DAY, actor=people.HRSS, on=DAY)
    facts = {"accepted_on": DAY, "document_no": "1", "is_clear": False}
    do(session, case, "accept", facts, by=By(colleague), on=DAY, track="work_injury")
    assert case.steps[-1].facts["for"] == people.HRSS.name


def test_of_one_case_one_person_has_it_at_an_organisation(session: Session) -> None:
    people, case, _owner = at_hr(session)
    take_case(session, case, actor=people.HRSS, on=DAY)
    session.add(CaseHandler(case_id=case.id, organisation_id=people.HRSS.organisation_id, user_id=people.HRSS.id))
    with pytest.raises(IntegrityError):
        session.flush()


def test_pages_take_pass_on_and_show_who_has_it(session: Session, as_user: Callable[[User], Any], browse: Callable[..., Any]) -> None:
    people, case, owner = at_hr(session)
    colleague = make_user(session, "hr", people.HRSS.organisation, name="钱敏")
    session.commit()
    client, address = as_user(people.HRSS), f"/cases/{case.number}"
    assert f'value="{case.number}"' in browse("/inbox/").get_data(as_text=True)
    client.post("/inbox/take", data={"number": [case.number]})
    assert people.HRSS.name in browse("/inbox/?whose=mine").get_data(as_text=True)
    form = browse(f"{address}/assign").get_data(as_text=True)
    assert colleague.name in form and owner.name not in form
    told = {"assignee_id": str(colleague.id), "seen": str(case.version), "held": "0"}
    assert client.post(f"{address}/assign", data=told).status_code == 409, "somebody else has it meanwhile"
    assert client.post(f"{address}/assign", data=told | {"held": str(people.HRSS.id)}).status_code == 302
    as_user(owner)
    assert colleague.name in browse(address).get_data(as_text=True)
    as_user(people.EMP)
    text = browse(address).get_data(as_text=True)
    assert f"{address}/take" in text
    client = as_user(people.SAFE)
    assert client.post(f"{address}/take").status_code == 404


def test_whoever_owns_what_was_handed_over_reminds_those_who_must_act(session: Session) -> None:
    people = make_people(session)
    case = make_case(session, people, "overlimit")
    assert not allowed(people.SAFE, Permission.CASE_REMIND, case)
    transfer = hand_over(
        session, case, people.SAFE.organisation, "涉爆粉尘", actor=make_user(session, "health", case.owner), on=case.opened_on
    )
    accept(session, transfer, actor=people.SAFE, on=case.opened_on)
    assert allowed(people.SAFE, Permission.CASE_REMIND, case)
    assert people.EMP.organisation.name in remind(session, case, actor=people.SAFE, on=case.opened_on)
