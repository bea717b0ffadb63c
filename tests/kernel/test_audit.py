"""The audit trail: every link holds, and the database itself keeps what was written."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from ohs.kernel.audit import AuditEvent, audit, seal_chain, verify_chain

DROP = {
    "sqlite": ("DROP TRIGGER audit_event_is_unchanged", "DROP TRIGGER audit_event_is_kept"),
    "postgresql": ("DROP TRIGGER audit_event_is_kept ON audit_event",),
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
