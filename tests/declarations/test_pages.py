"""Pages of declarations as browsers ask for them: rows taken away, other names, drafts, what is told of a receipt."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.declarations.drafts import rows_of
from ohs.declarations.models import Attachment, Declaration, DeclarationEvent, DeclaredHazard
from ohs.declarations.services import accept_declaration, find_untrue, submit_declaration, withdraw_declaration
from tests.declarations.test_deeds import people
from tests.factories.declarations import make_draft

ON = date(2026, 11, 2)
Sign = Callable[[User], FlaskClient]


@pytest.fixture
def written(session: Session) -> tuple[Declaration, User, User]:
    """A draft in which nothing is wrong, its writer and the officer of its county."""
    employer, manager, officer = people(session)
    return make_draft(session, employer, manager, on=ON), manager, officer


def _hazards(draft: Declaration, **given: Any) -> dict[str, Any]:
    sent: dict[str, Any] = {"version": draft.version, "go": "stay"}
    for name, rows in rows_of(draft).items():
        for number, row in enumerate(rows):
            sent |= {f"{name}-{number}-{key}": "" if value is None else value for key, value in row.items()}
    return sent | given


def test_a_row_goes_by_its_button_where_no_script_runs(written: Any, session: Session, as_user: Sign) -> None:
    draft, manager, _officer = written
    answer = as_user(manager).post(f"/declarations/{draft.number}/edit/hazards", data=_hazards(draft, go="drop-hazards-0"))
    assert answer.status_code == 302 and answer.location.endswith("#hazards")
    session.refresh(draft)
    assert [row["hazard"] for row in rows_of(draft)["hazards"]] == ["P01"]
    assert len(rows_of(draft)["sites"]) == 2


@pytest.mark.parametrize(("text", "code"), [("108-88-3", "C029"), ("toluene", "C029"), ("甲苯", "C029"), ("没有这种", "没有这种")])
def test_another_name_in_a_cell_becomes_the_factor_it_means(written: Any, session: Session, as_user: Sign, text: str, code: str) -> None:
    draft, manager, _officer = written
    as_user(manager).post(f"/declarations/{draft.number}/edit/hazards", data=_hazards(draft, **{"hazards-0-hazard": text}))
    session.refresh(draft)
    assert rows_of(draft)["hazards"][0]["hazard"] == code


def test_rows_beyond_what_a_page_takes_are_told_and_not_passed_over(written: Any, as_user: Sign) -> None:
    draft, manager, _officer = written
    many = {f"products-{number}-name": f"件{number}" for number in range(503)}
    answer = as_user(manager).post(f"/declarations/{draft.number}/edit/hazards", data=_hazards(draft, **many))
    assert answer.status_code == 400 and "前 500 行以后的 3 行未读取" in answer.text


def test_what_is_said_alike_of_many_rows_is_said_once(written: Any, as_user: Sign) -> None:
    draft, manager, _officer = written
    rows = {
        f"sites-{number}-{key}": value
        for number in range(2, 40)
        for key, value in (("site", f"间{number}"), ("hazard", "苯乙烯"), ("exposed_repeated", 1), ("exposed_distinct", 1))
    }
    answer = as_user(manager).post(f"/declarations/{draft.number}/edit/hazards", data=_hazards(draft, go="next", **rows))
    assert answer.status_code == 400 and "作业场所分布第 3–40 行" in answer.text


def test_a_draft_thrown_away_leaves_nothing_and_no_warning(written: Any, session: Session, as_user: Sign) -> None:
    draft, manager, _officer = written
    client = as_user(manager)
    client.post(f"/declarations/{draft.number}/attachments", data={"file": (io.BytesIO(b"%PDF-1.7"), "x.pdf")})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert client.post(f"/declarations/{draft.number}/discard").status_code == 302
    for model in (Declaration, DeclarationEvent, DeclaredHazard, Attachment):
        assert session.scalar(select(func.count(model.id))) == 0


def test_a_file_that_only_calls_itself_a_pdf_is_not_attached(written: Any, session: Session, as_user: Sign) -> None:
    draft, manager, _officer = written
    answer = as_user(manager).post(f"/declarations/{draft.number}/attachments", data={"file": (io.BytesIO(b"MZ"), "x.pdf")})
    assert answer.status_code == 400 and "“x.pdf”不是" in answer.text
    assert session.scalar(select(func.count(Attachment.id))) == 0


def test_a_withdrawn_draft_is_closed_to_the_office(written: Any, session: Session, as_user: Sign) -> None:
    draft, manager, officer = written
    as_user(manager).post(f"/declarations/{draft.number}/attachments", data={"file": (io.BytesIO(b"%PDF-1.7"), "x.pdf")})
    attached = session.scalars(select(Attachment)).one()
    submit_declaration(session, draft, signed_by="沈佳", actor=manager, on=ON)
    session.flush()
    pages = [
        f"/declarations/{draft.number}",
        f"/declarations/{draft.number}/accept",
        f"/declarations/{draft.number}/return",
        f"/declarations/attachments/{attached.id}",
    ]
    assert [as_user(officer).get(page).status_code for page in pages] == [200] * 4
    withdraw_declaration(session, draft, actor=manager, on=ON)
    session.flush()
    assert [as_user(officer).get(page).status_code for page in pages] == [404] * 4


def test_the_public_check_says_how_the_filing_stands(written: Any, session: Session, client: FlaskClient) -> None:
    draft, manager, officer = written
    submit_declaration(session, draft, signed_by="沈佳", actor=manager, on=ON)
    receipt = accept_declaration(session, draft, actor=officer, on=ON)
    session.flush()
    good = client.get(f"/verify/{receipt.code}")
    assert "该回执真实有效" in good.text and draft.filing.workplace.address in good.text
    find_untrue(session, draft.filing, record="检 1 号", due_on=None, actor=officer, on=ON)
    session.flush()
    untrue = client.get(f"/verify/{receipt.code.lower()}")
    assert "该回执真实有效" not in untrue.text and "该回执为真" in untrue.text and "责令改正" in untrue.text
    assert client.get("/verify/AAAABBBBCCCC").status_code == 404
