"""Cells as the file stores them, column by column: text, number or day, before anyone says what they should be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from math import isfinite
from types import NoneType
from typing import Any

import polars as pl

from imports.text import BLANK_SIGNS, tidy, tidy_all


@dataclass(frozen=True, slots=True)
class BrokenCell:
    """A cell whose value cannot be known: an error value, or a formula that nobody calculated."""

    #: `#DIV/0!`, or empty for a formula without a stored value.
    error: str = ""


@lru_cache(16)
def nulls(kind: Any, length: int) -> pl.Series:
    """Nothing at all, so many times; columns share it."""
    return pl.Series([None], dtype=kind).new_from_index(0, length)


@dataclass(frozen=True)
class Cells:
    """One column. Of one cell at most one of `number` and `day` is set; `text` is what a person would read in any case."""

    #: Tidied; null where the cell is blank (empty, only spaces, or a sign for blank).
    text: pl.Series
    #: Set where the file stores a number.
    number: pl.Series
    #: Set where the file stores a date.
    day: pl.Series
    #: Error value of a broken cell, empty for a formula without a value, null for all others.
    broken: pl.Series

    def __len__(self) -> int:
        return len(self.text)

    @property
    def filled(self) -> pl.Series:
        return self.text.is_not_null() | self.broken.is_not_null()

    def keep(self, where: pl.Series) -> Cells:
        return Cells(*(part.filter(where) for part in (self.text, self.number, self.day, self.broken)))

    def overlay(self, fixes: dict[int, str], signs: Sequence[str] = BLANK_SIGNS) -> Cells:
        """The same cells with some (by position) replaced by the text that the sender typed instead."""
        typed: list[str | None] = [None] * len(self)
        for position, text in fixes.items():
            typed[position] = text
        column = pl.Series(typed, dtype=pl.String)
        where = column.is_not_null()
        typed_text = blanked(tidy(column), signs).zip_with(where, self.text)
        rest = (nulls(part.dtype, len(self)).zip_with(where, part) for part in (self.number, self.day, self.broken))
        return Cells(typed_text, *rest)

    def copy_down(self, spans: Sequence[tuple[int, int]]) -> Cells:
        """The value of a merged cell in every row that it spans; spans are (first, last) positions."""
        source = list(range(len(self)))
        for first, last in spans:
            source[first : last + 1] = [first] * (last + 1 - first)
        return Cells(*(part.gather(source) for part in (self.text, self.number, self.day, self.broken)))


def blank_cells(length: int) -> Cells:
    """A column that the file does not have."""
    return Cells(*(nulls(kind, length) for kind in (pl.String, pl.Float64, pl.Date, pl.String)))


def blanked(text: pl.Series, signs: Sequence[str] = BLANK_SIGNS) -> pl.Series:
    """Null where the text is empty or one of the signs for blank."""
    return nulls(pl.String, len(text)).zip_with(text.is_in([*signs, ""]), text)


def number_text(number: pl.Expr) -> pl.Expr:
    """Stored numbers as people read them: `12`, not `12.0`; whole ones in full (2^53 and beyond: as far as known)."""
    whole = (number == number.floor()) & (number.abs() < 9e18)
    return pl.when(whole).then(number.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(number.cast(pl.String))


class TableBuilder:
    """Collects a table chunk by chunk, so that no more than a chunk is ever held as Python objects."""

    def __init__(self, signs: Sequence[Sequence[str]]) -> None:
        #: The signs for blank of each column.
        self._signs = signs
        self._parts: list[list[Cells]] = [[] for _column in signs]

    def add(self, columns: Sequence[Sequence[Any]], also: pl.Series | None = None) -> pl.Series:
        """The next rows, as columns: text, float, int, bool, date, datetime, time, `BrokenCell` or None.

        Kept, and told, are those that hold anything, and those where `also` is true.
        """
        cells, kept = _cells(columns, self._signs)
        if also is not None:
            kept = kept | also
        is_whole = kept.all()
        for parts, column in zip(self._parts, cells, strict=True):
            parts.append(column if is_whole else column.keep(kept))
        return kept

    def finish(self) -> list[Cells]:
        """The columns of all rows that were kept."""
        return [_joined(parts) for parts in self._parts]


def _joined(parts: list[Cells]) -> Cells:
    if not parts:
        return blank_cells(0)
    return Cells(*(pl.concat([getattr(part, name) for part in parts]) for name in ("text", "number", "day", "broken")))


def _cells(columns: Sequence[Sequence[Any]], signs: Sequence[Sequence[str]]) -> tuple[list[Cells], pl.Series]:
    """Some rows as cells, and which of them hold anything. All columns are looked at together: each look costs more than a column."""
    size = len(columns[0]) if columns else 0
    stored = [_stored(values) for values in columns]
    texts = pl.DataFrame({f"text{at}": found["text"] for at, found in enumerate(stored) if "text" in found})
    others = [series.alias(f"{kind}{at}") for at, found in enumerate(stored) for kind, series in found.items() if kind != "text"]
    frame = pl.DataFrame([*tidy_all(texts), *others])
    shown = [_shown(at, found, signs[at]).alias(f"text{at}") for at, found in enumerate(stored) if found]
    frame = frame.with_columns(shown)
    named = [f"text{at}" for at, found in enumerate(stored) if found] + [
        f"broken{at}" for at, found in enumerate(stored) if "broken" in found
    ]
    filled = frame.select(pl.any_horizontal(pl.col(named).is_not_null())).to_series() if named else _nowhere(size)
    kinds = (("text", pl.String), ("number", pl.Float64), ("day", pl.Date), ("broken", pl.String))
    cells = [
        Cells(*(frame[f"{kind}{at}"] if f"{kind}{at}" in frame.columns else nulls(dtype, size) for kind, dtype in kinds))
        for at in range(len(columns))
    ]
    return cells, filled


def _nowhere(size: int) -> pl.Series:
    return pl.Series([False]).new_from_index(0, size)


def _stored(values: Sequence[Any]) -> dict[str, pl.Series]:
    """The values of a column by what the file stores; nothing of a blank one."""
    kinds = set(map(type, values))
    found: dict[str, pl.Series] = {}
    if str in kinds:
        texts = values if kinds <= {str, NoneType} else [v if v.__class__ is str else None for v in values]
        if any(texts):
            found["text"] = pl.Series(texts, dtype=pl.String)
    if kinds & {float, int}:
        numbers = values if kinds == {float} else [float(v) if v.__class__ in (float, int) else None for v in values]
        found["number"] = pl.Series(numbers, dtype=pl.Float64)
        if not found["number"].is_finite().all():
            return _stored([str(v) if v.__class__ is float and not isfinite(v) else v for v in values])
    if kinds & {date, datetime}:
        found["day"] = pl.Series([_day(v) for v in values], dtype=pl.Date)
    if BrokenCell in kinds:
        found["broken"] = pl.Series([v.error if v.__class__ is BrokenCell else None for v in values], dtype=pl.String)
    if kinds & {bool, time, timedelta}:
        found["other"] = pl.Series([_other_text(v) for v in values], dtype=pl.String)
    return found


def _shown(at: int, found: Mapping[str, pl.Series], signs: Sequence[str]) -> pl.Expr:
    """What a person would read in the cells of a column."""
    texts: list[pl.Expr] = []
    if "text" in found:
        text = pl.col(f"text{at}")
        texts.append(pl.when(~text.is_in([*signs, ""])).then(text))
    if "number" in found:
        texts.append(number_text(pl.col(f"number{at}")))
    if "day" in found:
        texts.append(pl.col(f"day{at}").cast(pl.String))
    if "other" in found:
        texts.append(pl.col(f"other{at}"))
    return pl.coalesce(texts) if texts else pl.lit(None, dtype=pl.String)


def _day(value: Any) -> date | None:
    if value.__class__ is datetime:
        return value.date()
    return value if value.__class__ is date else None


def _other_text(value: Any) -> str | None:
    if value.__class__ is bool:
        return "TRUE" if value else "FALSE"
    return str(value) if value.__class__ in (time, timedelta) else None
