"""One of two and two of one: everything that names a merged entry follows the pointer, and goes back when the merge is undone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.declarations.export import declaration_rows, limited_columns
from ohs.declarations.models import Declaration
from ohs.declarations.queries import DeclarationFilters, declarations_visible_to, filtered_declarations
from ohs.kernel.errors import DomainError
from ohs.kernel.paging import Key
from ohs.registry.duplicates import find_duplicates
from ohs.registry.merging import keep_apart, merge_records, result_of, undo_merge
from ohs.registry.models import Client, DuplicatePair, Employer, EmployerVersion, Merge, Worker
from ohs.registry.queries import EmployerFilters, employers_visible_to, filtered_employers, find_employer, open_pairs, standing_ids
from tests.factories.accounts import make_organisation, make_user
from tests.factories.declarations import make_draft
from tests.factories.registry import make_employer

TODAY = date(2026, 11, 24)


def make_pair(session: Session, left: Any, right: Any, kind: str = "employer") -> DuplicatePair:
    pair = DuplicatePair(
        kind=kind, left_id=min(left.id, right.id), right_id=max(left.id, right.id), evidence=[["same-phone", "1", "1"]], score=80,
        county_code="330481", region_code="330481101",
    )  # fmt: skip
    session.add(pair)
    session.flush()
    return pair


def merge(session: Session, kept: Any, other: Any, officer: User, taken: set[str] | None = None) -> Any:
    return merge_records(session, make_pair(session, kept, other), kept.id, taken or set(), reason="同一家", actor=officer, on=TODAY)


def names(session: Session, question: Any) -> set[str]:
    return {row.name for row in session.scalars(question)}


def test_lists_and_search_follow_the_pointer_and_go_back(session: Session) -> None:
    officer = make_user(session)
    kept, other = make_employer(session, name="海宁恒丰皮革有限公司"), make_employer(session, name="海宁丰恒皮件厂", initials="hnfhpjc")
    deed = merge(session, kept, other, officer)
    session.expire_all()
    assert "海宁丰恒皮件厂" not in names(session, employers_visible_to(officer))
    for text in ("丰恒皮件", other.uscc, "fhpj"):
        assert names(session, filtered_employers(officer, EmployerFilters(text=text))) == {"海宁恒丰皮革有限公司"}, text
    assert find_employer(session, other.uscc) is kept
    assert standing_ids(session, Employer, kept.id) == [kept.id, other.id]
    undo_merge(session, deed, actor=officer)
    session.expire_all()
    assert names(session, filtered_employers(officer, EmployerFilters(text="丰恒皮件"))) == {"海宁丰恒皮件厂"}
    assert find_employer(session, other.uscc) is other


def test_records_of_the_merged_are_found_and_exported_under_the_kept(session: Session) -> None:
    officer = make_user(session)
    kept, other = make_employer(session, name="海宁恒丰皮革有限公司"), make_employer(session, name="海宁丰恒皮件厂")
    town = make_user(session, "town")
    draft = make_draft(session, other, town, on=TODAY, consent="授权书")
    ledger = lambda text: {row.number for row in session.scalars(filtered_declarations(town, DeclarationFilters(text=text)))}  # noqa: E731
    assert ledger("恒丰皮革") == set()
    deed = merge(session, kept, other, officer)
    session.expire_all()
    assert ledger("恒丰皮革") == ledger("丰恒皮件") == {draft.number}
    shown = [str(cell) for row in rows_of_export(session, town) for cell in row]
    assert "海宁恒丰皮革有限公司" in shown and "海宁丰恒皮件厂" not in shown
    undo_merge(session, deed, actor=officer)
    session.expire_all()
    assert ledger("恒丰皮革") == set()
    assert "海宁丰恒皮件厂" in [str(cell) for row in rows_of_export(session, town) for cell in row]


def rows_of_export(session: Session, user: User) -> list[list[Any]]:
    question = filtered_declarations(user, DeclarationFilters())
    return list(declaration_rows(session, user, question, [Key(Declaration.id)], limited_columns()))


def test_both_accounts_see_the_records_of_both(session: Session) -> None:
    officer = make_user(session)
    kept, other = make_employer(session), make_employer(session)
    people = {
        employer.id: make_user(
            session, "employer", make_organisation(session, kind="employer", region_code="330481", employer_id=employer.id)
        )
        for employer in (kept, other)
    }
    make_draft(session, other, people[other.id], on=TODAY)
    seen = lambda user: len(session.scalars(declarations_visible_to(user)).all())  # noqa: E731
    assert [seen(people[kept.id]), seen(people[other.id])] == [0, 1]
    deed = merge(session, kept, other, officer)
    session.expire_all()
    assert [seen(people[kept.id]), seen(people[other.id])] == [1, 1]
    assert names(session, employers_visible_to(people[other.id])) == {kept.name}
    undo_merge(session, deed, actor=officer)
    session.expire_all()
    assert [seen(people[kept.id]), seen(people[other.id])] == [0, 1]


def test_an_institution_that_served_the_merged_serves_the_kept(session: Session) -> None:
    officer, clinic = make_user(session), make_user(session, "clinic")
    kept, other = make_employer(session), make_employer(session)
    session.add(Client(organisation_id=clinic.organisation_id, employer_id=other.id, since=TODAY))
    session.flush()
    deed = merge(session, kept, other, officer)
    session.expire_all()
    assert names(session, employers_visible_to(clinic)) == {kept.name}
    assert kept.is_served_by(clinic.organisation_id)
    undo_merge(session, deed, actor=officer)
    session.expire_all()
    assert not kept.is_served_by(clinic.organisation_id)


def test_merges_of_merges_are_undone_in_any_order(session: Session) -> None:
    officer = make_user(session)
    first, second, third = (make_employer(session) for _number in range(3))
    inner = merge(session, second, third, officer)
    outer = merge(session, first, second, officer)
    assert [second.merged_into_id, third.merged_into_id] == [first.id, first.id]
    undo_merge(session, outer, actor=officer)
    assert [second.merged_into_id, third.merged_into_id] == [None, second.id]
    again = merge_records(session, session.get_one(DuplicatePair, outer.pair_id), first.id, set(), reason="又", actor=officer, on=TODAY)
    undo_merge(session, inner, actor=officer)
    assert [second.merged_into_id, third.merged_into_id] == [first.id, None]
    undo_merge(session, again, actor=officer)
    assert [second.merged_into_id, third.merged_into_id] == [None, None]


def test_fields_taken_over_come_back_unless_somebody_has_changed_them_since(session: Session) -> None:
    officer = make_user(session)
    given = {"industry_code": "1922", "sector": "19", "employees": 10, "revenue_10k_cny": 100.0, "size": "micro", "contact": "甲"}
    kept = make_employer(session, **given)
    other = make_employer(session, **given | {"employees": 900, "revenue_10k_cny": 50_000.0, "size": "medium", "contact": "乙"})
    told = result_of("employer", kept, other, {"employees", "revenue_10k_cny", "contact"}, TODAY)
    assert (told["employees"], told["size"], told["contact"]) == (900, "medium", "乙")
    deed = merge(session, kept, other, officer, {"employees", "revenue_10k_cny", "contact"})
    assert (kept.employees, kept.size, kept.contact) == (900, "medium", "乙")
    assert session.scalars(select(EmployerVersion).where(EmployerVersion.employer_id == kept.id)).one().changes["employees"] == [10, 900]
    kept.contact = "丙"
    assert undo_merge(session, deed, actor=officer) == ["contact"]
    assert (kept.employees, kept.size, kept.contact) == (10, "micro", "丙")


def test_what_is_settled_is_refused_and_never_asked_again(session: Session) -> None:
    officer = make_user(session)
    left = make_employer(session, name="海宁恒丰皮革有限公司", work_address="一号")
    right = make_employer(session, name="海宁恒丰皮革有限责任公司", work_address="一号")
    assert find_duplicates(session) == 1
    pair = session.scalars(open_pairs(officer, "employer")).one()
    assert {reason for reason, *_values in pair.evidence} >= {"same-name", "same-address", "same-phone"}
    keep_apart(session, pair, actor=officer)
    assert find_duplicates(session) == 0
    assert session.scalars(open_pairs(officer, "employer")).all() == []
    with pytest.raises(DomainError):
        merge_records(session, pair, left.id, set(), reason="x", actor=officer, on=TODAY)
    assert right.merged_into_id is None


def test_a_pair_whose_entry_went_elsewhere_waits_no_more(session: Session) -> None:
    officer = make_user(session)
    first, second, third = (make_employer(session) for _number in range(3))
    make_pair(session, first, third)
    deed = merge(session, first, second, officer)
    pair = make_pair(session, second, third)
    assert pair not in session.scalars(open_pairs(officer, "employer")).all()
    with pytest.raises(DomainError):
        merge_records(session, pair, third.id, set(), reason="x", actor=officer, on=TODAY)
    undo_merge(session, deed, actor=officer)
    assert pair in session.scalars(open_pairs(officer, "employer")).all()


def test_two_files_of_a_worker_become_one(session: Session) -> None:
    city = make_user(session, organisation=make_organisation(session, level="city", region_code="330400"))
    employer = make_employer(session)
    common = {"name": "王芳", "birth_on": date(1980, 5, 1), "employer_id": employer.id, "county_code": "330481", "phone": "13800001234"}
    kept = Worker(id_index=b"1" * 32, id_type="居民身份证", id_number="330481198005019968", **common)
    other = Worker(id_index=b"2" * 32, id_type="护照", id_number="E12345678", **common)
    session.add_all([kept, other])
    session.flush()
    assert find_duplicates(session) == 1
    pair = session.scalars(open_pairs(city, "worker")).one()
    assert {reason for reason, *_values in pair.evidence} == {"same-birth", "near-number", "same-phone"}
    deed = merge_records(session, pair, kept.id, set(), reason="同一人", actor=city, on=TODAY)
    assert other.standing is kept and standing_ids(session, Worker, kept.id) == [kept.id, other.id]
    undo_merge(session, deed, actor=city)
    assert other.standing is other


def test_the_page_shows_what_will_stand_before_it_does(
    session: Session, as_user: Callable[[User], FlaskClient], browse: Callable[..., Any]
) -> None:
    officer = make_user(session)
    kept, other = make_employer(session, contact="甲"), make_employer(session, contact="乙")
    pair = make_pair(session, kept, other)
    client = as_user(officer)
    browse(f"/employers/duplicates/{pair.id}")
    answer = client.post(
        f"/employers/duplicates/{pair.id}", data={"kept": kept.id, "taken": "contact", "reason": "同一家", "deed": "preview"}
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200 and "合并后的登记内容" in page and other.merged_into_id is None
    client.post(f"/employers/duplicates/{pair.id}", data={"kept": kept.id, "taken": "contact", "reason": "同一家", "deed": "merge"})
    session.expire_all()
    assert (kept.contact, other.merged_into_id) == ("乙", kept.id)
    assert client.get(f"/employers/{other.uscc}").headers["Location"].endswith(kept.uscc)
    assert "撤销合并" in browse(f"/employers/{kept.uscc}").get_data(as_text=True)


def test_another_county_does_not_settle_the_pair(session: Session, as_user: Callable[[User], FlaskClient]) -> None:
    stranger = make_user(session, organisation=make_organisation(session, region_code="330402"))
    pair = make_pair(session, make_employer(session), make_employer(session))
    client = as_user(stranger)
    assert client.get(f"/employers/duplicates/{pair.id}").status_code == 404
    assert client.post(f"/employers/duplicates/{pair.id}/keep-both").status_code == 404


def test_two_who_settle_at_once_wait_for_one_another(session: Session, locked_elsewhere: Callable[[str], None]) -> None:
    officer = make_user(session, "health")
    pair = make_pair(session, make_employer(session), make_employer(session))
    locked_elsewhere("merges of employer")
    with pytest.raises(OperationalError, match="lock timeout"):
        keep_apart(session, pair, actor=officer)


def test_a_merge_that_somebody_undid_meanwhile_is_not_undone_again(session: Session) -> None:
    officer = make_user(session, "health")
    left, right = make_employer(session), make_employer(session)
    made = merge(session, left, right, officer)
    table: Any = Merge.__table__
    session.execute(table.update().where(table.c.id == made.id).values(undone_at=datetime(2026, 11, 2, tzinfo=UTC)))
    with pytest.raises(DomainError):
        undo_merge(session, made, actor=officer)
