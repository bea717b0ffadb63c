"""Cells as the file stores them, column by column: text, number or day, before anyone says what they should be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import NoneType
from typing import Any

import polars as pl

from imports.text import BLANK_SIGNS, tidy


@dataclass(frozen=True, slots=True)
class BrokenCell:
    """A cell whose value cannot be known: an error value, or a formula that nobody calculated."""

    #: `#DIV/0!`, or empty for a formula without a stored value.
    error: str = ""


def nulls(kind: Any, length: int) -> pl.Series:
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


def number_text(number: pl.Series) -> pl.Series:
    """Stored numbers as people read them: `12`, not `12.0`; whole ones in full (2^53 and beyond: as far as known)."""
    whole = (number == number.floor()) & (number.abs() < 9e18)
    integers = nulls(pl.Float64, len(number)).zip_with(~whole.fill_null(False), number).cast(pl.Int64)
    return integers.cast(pl.String).zip_with(whole.fill_null(False), number.cast(pl.String))


class CellsBuilder:
    """Collects one column chunk by chunk, so that no more than a chunk is ever held as Python objects."""

    def __init__(self, signs: Sequence[str] = BLANK_SIGNS) -> None:
        self._signs = signs
        self._parts: list[Cells] = []

    def add(self, values: Sequence[Any]) -> None:
        """The next cells: text, float, int, bool, date, datetime, time, `BrokenCell` or None."""
        size = len(values)
        kinds = set(map(type, values))
        if kinds <= {str, NoneType} and not any(values):
            self._parts.append(blank_cells(size))
            return
        text, number, day, broken = (nulls(kind, size) for kind in (pl.String, pl.Float64, pl.Date, pl.String))
        if str in kinds:
            texts = values if kinds == {str} else [v if v.__class__ is str else None for v in values]
            text = tidy(pl.Series(texts, dtype=pl.String))
        if kinds & {float, int}:
            numbers = values if kinds == {float} else [float(v) if v.__class__ in (float, int) else None for v in values]
            number = pl.Series(numbers, dtype=pl.Float64)
            text = number_text(number).zip_with(number.is_not_null(), text)
        if kinds & {date, datetime}:
            day = pl.Series([_day(v) for v in values], dtype=pl.Date)
            text = day.cast(pl.String).zip_with(day.is_not_null(), text)
        if BrokenCell in kinds:
            broken = pl.Series([v.error if v.__class__ is BrokenCell else None for v in values], dtype=pl.String)
        if kinds & {bool, time, timedelta}:
            other = pl.Series([_other_text(v) for v in values], dtype=pl.String)
            text = other.zip_with(other.is_not_null(), text)
        self._parts.append(Cells(blanked(text, self._signs) if str in kinds else text, number, day, broken))

    @property
    def last(self) -> Cells:
        """The cells that were added last."""
        return self._parts[-1]

    def keep_last(self, where: pl.Series) -> None:
        """Of the cells that were added last keep only some."""
        self._parts[-1] = self._parts[-1].keep(where)

    def finish(self) -> Cells:
        if not self._parts:
            return blank_cells(0)
        names = ("text", "number", "day", "broken")
        done = Cells(*(pl.concat([getattr(part, name) for part in self._parts]) for name in names))
        self._parts = []
        return done


def _day(value: Any) -> date | None:
    if value.__class__ is datetime:
        return value.date()
    return value if value.__class__ is date else None


def _other_text(value: Any) -> str | None:
    if value.__class__ is bool:
        return "TRUE" if value else "FALSE"
    return str(value) if value.__class__ in (time, timedelta) else None
