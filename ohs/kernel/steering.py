"""Which index a list goes by: the filter that lets few rows pass leads, else the first of those whose index has the list's order.

A database left to itself guesses, and sometimes collects and sorts half a table for one page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Integer, Select, func, literal_column, or_, select
from sqlalchemy.orm import Session

#: So few rows are collected and sorted in no time; of more, a page is met soon enough on the way through the list's order.
FEW = 2_000


def unled(column: Any) -> ColumnElement[Any]:
    """The same value in a form for which no index is used, on either engine."""
    return column + 0 if isinstance(column.type, Integer) else column.concat("")


class Unled:
    """A record whose columns all stand in that form: policy holds, and leaves the choice of the index to the list."""

    def __init__(self, model: Any) -> None:
        self.__model = model

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self.__model, name)
        return unled(attribute) if hasattr(attribute, "type") else attribute


@dataclass(frozen=True)
class Narrowing:
    """A filter that could lead: any of `columns` has one of `values`. Each column begins an index of its own."""

    columns: Sequence[Any]
    values: Sequence[Any]

    @property
    def is_ordered(self) -> bool:
        """Whether its index meets the rows in the list's order."""
        return len(self.columns) == len(self.values) == 1

    def condition(self, *, leads: bool) -> ColumnElement[bool]:
        shown = [column if leads else unled(column) for column in self.columns]
        return or_(*(column == self.values[0] if len(self.values) == 1 else column.in_(self.values) for column in shown))

    def count(self, session: Session) -> int:
        """How many rows pass it, counted no further than `FEW`."""
        return count_of(session, select(literal_column("1")).select_from(self.columns[0].class_).where(self.condition(leads=True)), FEW)


def aside(column: Any) -> Any:
    """The same value in a form for which no index is used, of whatever type."""
    return func.coalesce(column, column)


@dataclass(frozen=True)
class Way:
    """A filter whose index has another order than the list: as its index answers it, and beside the list's own index."""

    leading: ColumnElement[bool]
    beside: ColumnElement[bool]
    #: Rows of another table that are as many, where the index is there.
    counted: Select[Any] | None = None

    def count(self, session: Session, most: int) -> int:
        """How many rows pass it, counted no further than `most`."""
        return count_of(session, select(literal_column("1")).where(self.leading) if self.counted is None else self.counted, most)


def count_of(session: Session, rows: Select[Any] | CompoundSelect[Any], most: int) -> int:
    """How many rows there are, counted no further than `most`."""
    return session.scalar(select(func.count()).select_from(rows.limit(most).subquery())) or 0


def leader(session: Session, ways: Sequence[Way], times: int = 1) -> Way | None:
    """The filter that lets fewest rows pass, if they are few enough to be collected and sorted; else the list's order leads.

    So many times as many are few enough where others leave most of them out before they are sorted.
    """
    counts = [way.count(session, times * FEW) for way in ways]
    fewest = min(range(len(ways)), key=counts.__getitem__, default=None)
    return ways[fewest] if fewest is not None and counts[fewest] < times * FEW else None


def narrow(session: Session, question: Select[Any], narrowings: Sequence[Narrowing]) -> Select[Any]:
    """The question with every narrowing, of which one at most leads; give first those that usually let fewer rows pass."""
    leader = None
    if len(narrowings) > 1 or any(not one.is_ordered for one in narrowings):
        counts = {position: one.count(session) for position, one in enumerate(narrowings)}
        fewest = min(counts, key=counts.__getitem__, default=None)
        leader = fewest if fewest is not None and counts[fewest] < FEW else None
    if leader is None:
        leader = next((position for position, one in enumerate(narrowings) if one.is_ordered), None)
    return question.where(*(one.condition(leads=position == leader) for position, one in enumerate(narrowings)))
