"""A ledger: a question narrowed by a form in the address, sorted by a named order, paged by keys, counted up to a cap."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import request
from sqlalchemy import Select
from sqlalchemy.orm import Session

from ohs.kernel.paging import Key, Page, Part, capped_count, paginate


@dataclass(frozen=True)
class Ledger:
    """One page of a list and how it is ordered: `name` ascending or `-name` descending."""

    page: Page[Any]
    order: str

    @property
    def rows(self) -> Sequence[Any]:
        return self.page.rows


@dataclass(frozen=True)
class Parts:
    """A list that several questions find together, each within an index: see `paginate`."""

    #: The questions for an order, by its name.
    of: Callable[[str], Sequence[Select[Any] | Part]]
    #: What is loaded of the rows of a page.
    rows: Select[Any]
    #: The list as one question, to be counted.
    whole: Callable[[], Select[Any]]


@dataclass(frozen=True)
class View:
    """A tab over a ledger: filters that somebody keeps, with how many rows they find."""

    label: str
    query: str
    count: int | None = None
    #: Of a view that its owner may delete.
    id: int | None = None


def ordered_by(orders: Mapping[str, Sequence[Key]], default: str, asked: str | None = None) -> tuple[str, list[Key]]:
    """The order that the address asks for (`sort=name` or `sort=-name`), else the default; keys are given ascending.

    An order that is not simply turned round (what has no date stays last) gives its own keys for `-name`.
    """
    asked = request.args.get("sort", default) if asked is None else asked or default
    if asked in orders:
        return asked, list(orders[asked])
    if asked.removeprefix("-") not in orders:
        asked = default
    keys = orders[asked.removeprefix("-")]
    return asked, [replace(key, descending=not key.descending) for key in keys] if asked.startswith("-") else list(keys)


def keys_of(orders: Mapping[str, Sequence[Key]], asked: str, default: str) -> list[Key]:
    """The keys of the order that a report asks for by name, else of the default."""
    return ordered_by(orders, default, asked)[1]


def in_order(question: Any, keys: Sequence[Key]) -> Any:
    """The whole list in the order of its keys."""
    return question.order_by(*(key.column.desc() if key.descending else key.column.asc() for key in keys))


def read_ledger(
    session: Session, question: Select[Any] | Parts, orders: Mapping[str, Sequence[Key]], default: str, *, counted: bool = True,
    count: int | None = None,
) -> Ledger:  # fmt: skip
    """The page of `question` that the address asks for; `count` where it is kept elsewhere."""
    order, keys = ordered_by(orders, default)
    rows, parts = (question.rows, question.of(order.removeprefix("-"))) if isinstance(question, Parts) else (question, ())
    cursor, size = request.args.get("cursor", ""), request.args.get("rows", 50, type=int)
    page = paginate(session, rows, keys, cursor=cursor, size=size, parts=parts)
    if count is None:
        count_page(session, question, page, counted=counted)
    else:
        page.count = count
    return Ledger(page, order)


def count_page(session: Session, question: Select[Any] | Parts, page: Page[Any], *, counted: bool = True) -> None:
    """Count the list with the page, or, where that may take longer than the page itself, when the address asks for it (`counted=1`).

    The page then asks for its own address once more, after it is shown.
    """
    if counted or request.args.get("counted"):
        page.count = capped_count(session, question.whole() if isinstance(question, Parts) else question)
    else:
        page.is_countable = True
