"""What a lower area has changed and a higher one must look at again: rows that the higher one takes away when it has."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ohs.kernel.clock import now
from ohs.kernel.database import Base, Moment


class Touched(Base):
    """One record that changed: its kind (`employer`, `worker`) and identifier."""

    kind: Mapped[str] = mapped_column(index=True)
    subject_id: Mapped[int]
    at: Mapped[datetime] = mapped_column(Moment, default=now)


def touch(session: Session, kind: str, ids: Iterable[int]) -> None:
    """Say that these records changed, in the transaction that changes them."""
    session.add_all(Touched(kind=kind, subject_id=id) for id in ids)


def take_touched(session: Session, kind: str, most: int = 10_000) -> set[int]:
    """The records of a kind that changed; they are taken away in this transaction."""
    rows = session.execute(select(Touched.id, Touched.subject_id).where(Touched.kind == kind).order_by(Touched.id).limit(most)).all()
    if rows:
        session.execute(delete(Touched).where(Touched.id <= rows[-1].id, Touched.kind == kind))
    return {row.subject_id for row in rows}
