"""Keyset pages: forward, back, from the end and by value, every row once and in order."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.kernel.audit import AuditEvent
from ohs.kernel.errors import DomainError
from ohs.kernel.numbering import Counter, next_number
from ohs.kernel.paging import Key, Page, capped_count, jump, paginate
from ohs.kernel.touched import Touched

KEYS = (Key(Counter.last, descending=True), Key(Counter.id))


def fill(session: Session) -> list[int]:
    session.add_all([Counter(series=f"s{number}", last=number // 3) for number in range(65)])
    session.flush()
    return list(session.scalars(select(Counter.id).order_by(Counter.last.desc(), Counter.id)))


def walk(session: Session, cursor: str, way: str) -> list[list[int]]:
    pages = []
    while True:
        page = paginate(session, select(Counter), KEYS, cursor=cursor, size=20)
        pages.append([row.id for row in page.rows])
        following = getattr(page, way)
        if following is None:
            return pages
        cursor = following


def test_forward_meets_every_row_once(session: Session) -> None:
    wanted = fill(session)
    assert list(chain(*walk(session, Page.FIRST, "next"))) == wanted


def test_back_from_the_end_meets_every_row_once(session: Session) -> None:
    wanted = fill(session)
    assert list(chain(*reversed(walk(session, Page.LAST, "previous")))) == wanted


def test_a_jump_begins_at_the_value(session: Session) -> None:
    fill(session)
    page = paginate(session, select(Counter), KEYS, cursor=jump([10]), size=20)
    assert page.rows[0].last == 10


def forged(*values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(["n", values]).encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "x", "!!!", "WyJuIixbMSwyLDNdXQ", "bnVsbA", "é", base64.urlsafe_b64encode(b"[" * 100_000).decode(), forged(), forged(None), forged([]),
        forged(10**30), forged(-(2**63)), forged("9" * 30, 1), forged("9" * 1000), forged(float("inf")), forged(float("nan")),
    ],
)  # fmt: skip
def test_a_foreign_cursor_is_a_sentence(session: Session, cursor: str) -> None:
    with pytest.raises(DomainError) as refused:
        paginate(session, select(Counter), KEYS, cursor=cursor)
    assert refused.value.status == 400


@pytest.mark.parametrize("value", ["\0", "\ud800", [], None, "x\0"])
def test_a_text_that_no_database_takes_is_a_foreign_cursor_too(session: Session, value: Any) -> None:
    with pytest.raises(DomainError):
        paginate(session, select(Counter), (Key(Counter.series),), cursor=forged(value))


@pytest.mark.parametrize("value", ["0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00", "2026-13-01", 5, None])
def test_a_moment_beyond_the_calendar_is_a_foreign_cursor_too(session: Session, value: Any) -> None:
    with pytest.raises(DomainError):
        paginate(session, select(AuditEvent), (Key(AuditEvent.at),), cursor=forged(value))


def test_a_yes_in_a_cursor_is_a_number_like_any_other(session: Session) -> None:
    fill(session)
    page = paginate(session, select(Counter), (Key(Counter.last), Key(Counter.id)), cursor=forged(True), size=20)
    assert page.rows[0].last == 2


def test_a_list_by_moments_is_walked_like_any_other(session: Session) -> None:
    start = datetime(2026, 11, 2, 9, tzinfo=UTC)
    session.add_all([Touched(kind="page", subject_id=number, at=start + timedelta(microseconds=number)) for number in range(45)])
    session.flush()
    keys, question = (Key(Touched.at, descending=True), Key(Touched.id)), select(Touched).where(Touched.kind == "page")
    first = paginate(session, question, keys, size=20)
    second = paginate(session, question, keys, cursor=first.next or "", size=20)
    assert [row.subject_id for row in (*first.rows, *second.rows)] == list(range(44, 4, -1))


def test_counting_stops_at_its_cap(session: Session) -> None:
    fill(session)
    assert capped_count(session, select(Counter), cap=50) == 50
    assert capped_count(session, select(Counter), cap=100) == 65


def test_numbers_follow_one_another(session: Session) -> None:
    assert [next_number(session, "SB-330402-2026") for _ in range(2)] == ["SB-330402-2026-000001", "SB-330402-2026-000002"]
