"""Pages at any depth for the price of the first: keyset paging with first, previous, next, last and jump by value."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, literal_column, or_, select, tuple_, union
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement

from ohs.kernel.errors import DomainError
from ohs.kernel.message import Message

Row = TypeVar("Row")

SIZES = (20, 50, 100, 200)
#: Counting stops here; the screen then says "10,000+".
COUNT_CAP = 10_000
#: What a cursor out of an address may hold at most: characters, and the largest number that both engines keep.
LONGEST_CURSOR, LARGEST = 2_000, 2**63 - 1


@dataclass(frozen=True)
class Key:
    """One column of the order. It must never be empty; the last key of a list is unique."""

    #: A column or an attribute of a record.
    column: Any
    descending: bool = False


@dataclass(frozen=True)
class Part:
    """One of several questions that find a list together, with the columns that have its keys' values in the index that it goes by."""

    question: Select[Any]
    columns: Sequence[Any]


@dataclass
class Page(Generic[Row]):
    """Some rows of a list, and the cursors to the pages around. Cursors go into the address as `cursor=`."""

    rows: Sequence[Row]
    next: str | None = None
    previous: str | None = None
    is_first: bool = True
    is_last: bool = True
    size: int = SIZES[1]
    #: Empty until asked for; at most `COUNT_CAP`.
    count: int | None = field(default=None)
    #: Whether the page may ask for it afterwards.
    is_countable: bool = False

    #: Cursors of the two ends, the same for every list.
    FIRST = ""
    LAST = "last"


def paginate(
    session: Session, question: Select[Any], keys: Sequence[Key], *, cursor: str = "", size: int = SIZES[1],
    parts: Sequence[Select[Any] | Part] = (),
) -> Page[Any]:  # fmt: skip
    """One page of `question` in the order of `keys`; the question must not be ordered.

    `cursor` is `""` for the first page, `"last"`, one that a page gave, or one made by `jump`. Raises `DomainError` (400)
    for a cursor that was not made for this order. The rows are those of the question's first entity.

    With `parts` the list is what these questions find together, each within an index that is read alone; they may find the same row
    twice. `question` then only says what is loaded of the rows of the page.
    """
    size = size if size in SIZES else SIZES[1]
    backward, start, inclusive = _decode(cursor, len(keys))
    values = _typed(keys, start) if start is not None else None

    def page_of(some: Select[Any], keys: Sequence[Key], *, is_whole: bool = True) -> Select[Any]:
        order = [key.column.desc() if key.descending != backward else key.column.asc() for key in keys]
        beyond = [_beyond(keys, values, backward=backward, inclusive=inclusive)] if values is not None and is_whole else []
        columns = [key.column.label(f"_key{number}") for number, key in enumerate(keys)]
        return some.where(*beyond).add_columns(*columns).order_by(None).order_by(*order).limit(size + 1)

    if parts:
        record = question.column_descriptions[0]["entity"]
        ids = _together([page_of(part.with_only_columns(record.id), by) for part, by in _with_keys(parts, keys)], keys, backward, size)
        question = question.where(record.id.in_([row.id for row in session.execute(ids)]))
    found: list[Any] = list(session.execute(page_of(question, keys, is_whole=not parts)).all())
    more = len(found) > size
    found = found[:size]
    if backward:
        found.reverse()
    width = len(keys)
    has_next = more if not backward else start is not None
    has_previous = more if backward else start is not None
    return Page(
        rows=[row[0] if len(row) == width + 1 else row[:-width] for row in found],
        next=_encode("n", found[-1][-width:]) if has_next and found else None,
        previous=_encode("p", found[0][-width:]) if has_previous and found else None,
        is_first=not has_previous,
        is_last=not has_next,
        size=size,
    )


def _with_keys(parts: Sequence[Select[Any] | Part], keys: Sequence[Key]) -> list[tuple[Select[Any], Sequence[Key]]]:
    """Each question with the keys by which it comes to the list's order."""
    return [
        (part.question, [replace(key, column=column) for key, column in zip(keys, part.columns, strict=True)])
        if isinstance(part, Part)
        else (part, keys)
        for part in parts
    ]


def _together(parts: Sequence[Select[Any]], keys: Sequence[Key], backward: bool, size: int) -> Select[Any]:
    """The first keys of several questions that each have the list's order."""
    if len(parts) == 1:
        return parts[0]
    whole = union(*(select(part.subquery()) for part in parts)).subquery()
    order = [whole.c[f"_key{number}"] for number in range(len(keys))]
    return (
        select(whole)
        .order_by(*(one.desc() if key.descending != backward else one for one, key in zip(order, keys, strict=True)))
        .limit(size + 1)
    )


def jump(values: Sequence[Any]) -> str:
    """The cursor of the page that begins at these key values (a prefix of the keys is enough)."""
    return _encode("j", values)


def capped_count(session: Session, question: Select[Any], cap: int = COUNT_CAP) -> int:
    """How many rows, counting no further than `cap`; a result of `cap` means that many or more."""
    some = question.with_only_columns(literal_column("1"), maintain_column_froms=True).order_by(None).limit(cap).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def _beyond(keys: Sequence[Key], values: Sequence[Any], *, backward: bool, inclusive: bool) -> ColumnElement[bool]:
    keys = keys[: len(values)]
    directions = {key.descending for key in keys}
    if len(directions) == 1:
        descending = directions.pop() != backward
        left = tuple_(*(key.column for key in keys)) if len(keys) > 1 else keys[0].column
        right: Any = tuple_(*values) if len(keys) > 1 else values[0]
        if inclusive:
            return left <= right if descending else left >= right
        beyond = left < right if descending else left > right
        if not isinstance(keys[0].column, FunctionElement):
            return beyond
        # SQLite meets an index of an expression by a plain comparison only, never by one of rows.
        return and_(keys[0].column <= values[0] if descending else keys[0].column >= values[0], beyond)
    alternatives = []
    for position, key in enumerate(keys):
        same = [earlier.column == value for earlier, value in zip(keys[:position], values, strict=False)]
        value, descending = values[position], key.descending != backward
        last = inclusive and position == len(keys) - 1
        if last:
            step = key.column <= value if descending else key.column >= value
        else:
            step = key.column < value if descending else key.column > value
        alternatives.append(and_(*same, step))
    return or_(*alternatives)


def _typed(keys: Sequence[Key], values: Sequence[Any]) -> list[Any]:
    try:
        return [_read(key.column.type.python_type, value) for key, value in zip(keys, values, strict=False)]
    except (TypeError, ValueError, OverflowError) as wrong:
        raise _foreign() from wrong


def _read(wanted: type, value: Any) -> Any:
    """A key value out of an address, as the database takes it; raises `ValueError` and its like for what no record can hold."""
    if wanted is date:
        return date.fromisoformat(value)
    if wanted is datetime:
        return datetime.fromisoformat(value).astimezone(UTC)
    if wanted is str and (not isinstance(value, str) or b"\0" in value.encode()):
        raise ValueError("no text, or one with a NUL")
    value = value if type(value) is wanted else wanted(value)
    if isinstance(value, int) and abs(value) > LARGEST:
        raise ValueError("a number beyond both engines")
    return value


def _foreign() -> DomainError:
    return DomainError(Message("This page address does not belong to the list as it is now; start at its first page."), status=400)


def _encode(kind: str, values: Sequence[Any]) -> str:
    plain = [value.isoformat() if isinstance(value, (date, datetime)) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps([kind, plain], separators=(",", ":"), default=str).encode()).decode().rstrip("=")


def _decode(cursor: str, width: int) -> tuple[bool, list[Any] | None, bool]:
    if not cursor:
        return False, None, False
    if cursor == Page.LAST:
        return True, None, False
    if len(cursor) > LONGEST_CURSOR:
        raise _foreign()
    try:
        kind, values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError) as wrong:
        raise _foreign() from wrong
    if kind not in ("n", "p", "j") or not isinstance(values, list) or not 0 < len(values) <= width:
        raise _foreign()
    return kind == "p", values, kind == "j"
