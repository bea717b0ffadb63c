"""Keyset pages: forward, back, from the end and by value, every row once and in order."""

from __future__ import annotations

from itertools import chain

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.kernel.errors import DomainError
from ohs.kernel.numbering import Counter, next_number
from ohs.kernel.paging import Key, Page, capped_count, jump, paginate

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


@pytest.mark.parametrize("cursor", ["x", "!!!", "WyJuIixbMSwyLDNdXQ", "bnVsbA"])
def test_a_foreign_cursor_is_a_sentence(session: Session, cursor: str) -> None:
    with pytest.raises(DomainError) as refused:
        paginate(session, select(Counter), KEYS, cursor=cursor)
    assert refused.value.status == 400


def test_counting_stops_at_its_cap(session: Session) -> None:
    fill(session)
    assert capped_count(session, select(Counter), cap=50) == 50
    assert capped_count(session, select(Counter), cap=100) == 65


def test_numbers_follow_one_another(session: Session) -> None:
    assert [next_number(session, "SB-330402-2026") for _ in range(2)] == ["SB-330402-2026-000001", "SB-330402-2026-000002"]
