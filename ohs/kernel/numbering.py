"""Numbers people quote on the telephone: gapless within the transaction that takes them, never reused."""

from __future__ import annotations

from sqlalchemy import insert, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from ohs.kernel.database import Base


class Counter(Base):
    """The last number given out in one series, e.g. `SB-330402-2026`."""

    series: Mapped[str] = mapped_column(unique=True)
    last: Mapped[int] = mapped_column(default=0)


def next_numbers(session: Session, series: str, count: int = 1) -> range:
    """Take `count` numbers of a series; whoever asks meanwhile waits for this transaction's end."""
    taken = session.execute(
        update(Counter).where(Counter.series == series).values(last=Counter.last + count).returning(Counter.last)
    ).scalar()
    if taken is None:
        session.execute(insert(Counter).values(series=series, last=count))
        taken = count
    return range(taken - count + 1, taken + 1)


def next_number(session: Session, series: str, digits: int = 6) -> str:
    """The next number of a series, written out: `SB-330402-2026-000042`."""
    return f"{series}-{next_numbers(session, series)[0]:0{digits}d}"
