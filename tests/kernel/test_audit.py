"""The audit trail: every link holds, and the database itself keeps what was written."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from ohs.kernel.audit import AuditEvent, audit
from ohs.kernel.chain import AuditHead, Memory, seal_chain, verify_chain

DROP = {
    "sqlite": ("DROP TRIGGER audit_event_is_unchanged", "DROP TRIGGER audit_event_is_kept"),
    "postgresql": ("DROP TRIGGER audit_event_is_kept ON audit_event", "DROP TRIGGER audit_event_is_not_emptied ON audit_event"),
}


def some_events(session: Session, count: int = 4) -> None:
    session.add_all([audit("thing:done", f"thing {number}", None, after={"n": number}) for number in range(count)])
    session.flush()


def drop_guards(session: Session) -> None:
    for statement in DROP[session.get_bind().dialect.name]:
        session.execute(text(statement))


def test_a_sealed_chain_is_whole(session: Session) -> None:
    some_events(session)
    assert seal_chain(session) == 4
    verdict = verify_chain(session)
    assert (verdict.checked, verdict.unsealed, verdict.broken) == (4, 0, None)


def test_events_not_sealed_yet_are_counted(session: Session) -> None:
    some_events(session)
    seal_chain(session)
    some_events(session, 2)
    assert verify_chain(session).unsealed == 2


@pytest.mark.parametrize("statement", ["UPDATE audit_event SET event = 'other'", "DELETE FROM audit_event"])
def test_the_database_refuses_to_change_or_delete_events(session: Session, statement: str) -> None:
    some_events(session)
    with pytest.raises(DatabaseError, match="audit events are never"), session.begin_nested():
        session.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET reason = 'other' WHERE sequence = 2",
        "DELETE FROM audit_event WHERE sequence = 2",
        "UPDATE audit_event SET actor = 'somebody' WHERE sequence = 2",
    ],
)
def test_tampering_behind_the_guards_shows_at_its_link(session: Session, statement: str) -> None:
    some_events(session)
    seal_chain(session)
    drop_guards(session)
    session.execute(text(statement))
    session.expire_all()
    assert verify_chain(session).broken == 2


def test_swapped_events_show(session: Session) -> None:
    some_events(session)
    seal_chain(session)
    drop_guards(session)
    first, second = session.query(AuditEvent).order_by(AuditEvent.sequence).limit(2)
    session.execute(text("UPDATE audit_event SET sequence = NULL WHERE id = :id"), {"id": first.id})
    session.execute(text("UPDATE audit_event SET sequence = 1 WHERE id = :id"), {"id": second.id})
    session.execute(text("UPDATE audit_event SET sequence = 2 WHERE id = :id"), {"id": first.id})
    session.expire_all()
    assert verify_chain(session).broken == 1


def tampered(session: Session, *statements: str) -> Any:
    """What the walk says after somebody has reached the database past its guards."""
    drop_guards(session)
    for statement in statements:
        session.execute(text(statement))
    session.expire_all()
    return verify_chain(session)


def test_a_tail_that_was_cut_off_shows_even_after_more_was_sealed(session: Session) -> None:
    some_events(session)
    seal_chain(session)
    verdict = tampered(session, "DELETE FROM audit_event WHERE sequence > 2")
    assert (verdict.broken, "last 2 are missing" in verdict.cause) == (3, True)
    some_events(session, 1)
    seal_chain(session)
    assert verify_chain(session).broken == 3


def test_a_trail_that_was_emptied_shows(session: Session) -> None:
    some_events(session)
    seal_chain(session)
    assert tampered(session, "DELETE FROM audit_event").broken == 1


def test_a_chain_without_its_end_shows_and_is_not_continued(session: Session) -> None:
    some_events(session)
    seal_chain(session)
    assert tampered(session, "DELETE FROM audit_event WHERE sequence > 2", "DELETE FROM audit_head").broken == 3
    some_events(session, 1)
    assert seal_chain(session) == 0


def test_an_end_that_was_set_back_shows(session: Session) -> None:
    some_events(session)
    seal_chain(session)
    link = session.scalar(select(AuditEvent.link).where(AuditEvent.sequence == 2))
    back = f"UPDATE audit_head SET sequence = 2, link = '{link}'"
    assert tampered(session, "DELETE FROM audit_event WHERE sequence > 2", back).broken == 3


def test_a_machine_remembers_an_end_that_was_rolled_back_whole(session: Session) -> None:
    some_events(session, 2)
    seal_chain(session)
    early = session.get_one(AuditHead, 1)
    before = (early.sequence, early.link, early.proof)
    some_events(session, 2)
    seal_chain(session)
    memory = Memory(early.sequence, early.link)
    drop_guards(session)
    session.execute(text("DELETE FROM audit_event WHERE sequence > 2"))
    session.execute(text("UPDATE audit_head SET sequence = :s, link = :l, proof = :p"), dict(zip("slp", before, strict=True)))
    session.expire_all()
    assert verify_chain(session).broken is None
    assert verify_chain(session, memory).broken == 3


@pytest.mark.parametrize("is_sealed", [True, False])
def test_an_event_put_in_from_outside_shows(session: Session, is_sealed: bool) -> None:
    some_events(session)
    seal_chain(session)
    session.execute(
        text(
            "INSERT INTO audit_event (at, event, actor, address, subject_type, subject, sequence, link) "
            "VALUES ('2026-11-02 08:00:00', 'export:approved', 'somebody', '', '', '', :sequence, 'x')"
        ),
        {"sequence": 5 if is_sealed else None},
    )
    seal_chain(session)
    assert verify_chain(session).broken == 5


def test_an_event_that_waits_for_its_place_cannot_be_changed_unseen(session: Session) -> None:
    some_events(session, 1)
    assert tampered(session, "UPDATE audit_event SET actor = 'somebody'").broken == 1


def test_a_copy_of_an_event_does_not_pass_for_another(session: Session) -> None:
    some_events(session, 2)
    seal_chain(session)
    columns = "at, event, actor, address, subject_type, subject, after, link"
    verdict = tampered(session, f"INSERT INTO audit_event ({columns}, sequence) SELECT {columns}, 3 FROM audit_event WHERE sequence = 2")
    assert verdict.broken == 3


def test_an_event_that_cannot_even_be_read_shows_at_its_link(session: Session) -> None:
    if session.get_bind().dialect.name != "sqlite":
        pytest.skip("PostgreSQL itself takes nothing else for JSON")
    some_events(session)
    seal_chain(session)
    assert tampered(session, "UPDATE audit_event SET after = 'nonsense' WHERE sequence = 3").broken == 3
