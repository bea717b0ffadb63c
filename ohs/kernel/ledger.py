"""A ledger: a question narrowed by a form in the address, sorted by a named order, paged by keys, counted up to a cap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import request
from sqlalchemy import Select
from sqlalchemy.orm import Session

from ohs.kernel.paging import Key, Page, capped_count, paginate


@dataclass(frozen=True)
class Ledger:
    """One page of a list and how it is ordered: `name` ascending or `-name` descending."""

    page: Page[Any]
    order: str

    @property
    def rows(self) -> Sequence[Any]:
        return self.page.rows


@dataclass(frozen=True)
class View:
    """A tab over a ledger: filters that somebody keeps, with how many rows they find."""

    label: str
    query: str
    count: int | None = None
    #: Of a view that its owner may delete.
    id: int | None = None


def ordered_by(orders: Mapping[str, Sequence[Key]], default: str) -> tuple[str, list[Key]]:
    """The order that the address asks for (`sort=name` or `sort=-name`), else the default; keys are given ascending."""
    asked = request.args.get("sort", default)
    if asked.removeprefix("-") not in orders:
        asked = default
    keys = orders[asked.removeprefix("-")]
    return asked, [replace(key, descending=not key.descending) for key in keys] if asked.startswith("-") else list(keys)


def read_ledger(
    session: Session, question: Select[Any], orders: Mapping[str, Sequence[Key]], default: str, *, counted: bool = True
) -> Ledger:
    """The page of `question` that the address asks for."""
    order, keys = ordered_by(orders, default)
    page = paginate(session, question, keys, cursor=request.args.get("cursor", ""), size=request.args.get("size", 50, type=int))
    if counted:
        page.count = capped_count(session, question)
    return Ledger(page, order)
