"""Plain cell types: text, numbers, codes, phones. Each reads a whole column at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import polars as pl

from imports.raw import Cells, nulls
from imports.sheet import Fault, Reading
from imports.text import BLANK_SIGNS, fold_heading, narrow
from ohs.kernel.message import Message

Value = TypeVar("Value")
#: What a text cannot be longer than in any sentence that quotes it.
QUOTED = 40
_SEPARATORS = re.compile(r"[、,，;；\n]")


def quote(text: str) -> str:
    """A text of the file as a sentence repeats it."""
    return text if len(text) <= QUOTED else text[:QUOTED] + "…"


def by_distinct(texts: pl.Series, at: Reading, dtype: Any, read: Callable[[str], Any]) -> pl.Series:
    """Read every distinct text once; `read` gives a value or a `Fault`."""
    distinct = texts.drop_nulls().unique(maintain_order=True)
    if distinct.is_empty():
        return nulls(dtype, len(texts))
    good: dict[str, Any] = {}
    faults: dict[str, Fault] = {}
    for one in distinct:
        value = read(one)
        if value.__class__ is Fault:
            faults[one] = value
        else:
            good[one] = value
    at.fault_each(texts, faults)
    if not good:
        return nulls(dtype, len(texts))
    known = pl.Series(list(good.values()), dtype=dtype)
    return texts.replace_strict(pl.Series(list(good), dtype=pl.String), known, default=None, return_dtype=dtype)


def split_list(text: str) -> list[str]:
    """The parts of a list in a cell, separated by 、 , ， ; ； or a line break."""
    return [part for part in map(str.strip, _SEPARATORS.split(text)) if part and part not in BLANK_SIGNS]


#: From here on a spreadsheet cannot keep every place of a number.
FIRST_LOSSY = 1e15
MANGLED = Message("The spreadsheet stored this as a number and lost its last places; type it again as text.")


def report_lossy(cells: Cells, at: Reading) -> pl.Series:
    """Report numbers whose last places are lost; gives where they are."""
    lossy = (cells.number.abs() >= FIRST_LOSSY).fill_null(False)
    if lossy.any():
        at.fault(lossy, "id-mangled", MANGLED)
    return lossy


def fault_where(where: pl.Series, values: pl.Series, at: Reading, say: Callable[[Any], Fault]) -> None:
    """Every row of `where` has the problem that `say` finds with its value."""
    if where.any():
        wrong = nulls(values.dtype, len(values)).zip_with(~where.fill_null(False), values)
        at.fault_each(wrong, {one: say(one) for one in wrong.drop_nulls().unique()})


def report_long(texts: pl.Series, longest: int, at: Reading) -> None:
    """Report texts of more characters than that."""
    length = texts.str.len_chars()
    fault_where(length > longest, length, at, lambda count: too_long(count, longest))


def too_long(count: int, longest: int) -> Fault:
    """What is said of a text of too many characters."""
    return Fault(
        "too-long", Message("The text has %(count)s characters, and at most %(most)s can be kept; shorten it.", count=count, most=longest)
    )


@dataclass(frozen=True)
class Text:
    """Any text up to a length in characters."""

    longest: int
    dtype: Any = pl.String
    choices: tuple[str, ...] = ()

    def describe(self) -> Message:
        return Message("text, at most %(count)s characters", count=self.longest)

    def read(self, cells: Cells, at: Reading) -> pl.Series:
        report_lossy(cells, at)
        report_long(cells.text, self.longest, at)
        return cells.text


_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$"
_THOUSANDS = r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$"


def read_numbers(cells: Cells, at: Reading) -> pl.Series:
    """Numbers as stored or typed; anything else is reported as `not-a-number`."""
    typed = cells.text.is_not_null() & cells.number.is_null()
    if not typed.any():
        return cells.number
    text = narrow(nulls(pl.String, len(typed)).zip_with(~typed, cells.text)).str.replace_all(" ", "", literal=True)
    grouped = text.str.contains(_THOUSANDS)
    if grouped.any():
        text = text.str.replace_all(",", "", literal=True).zip_with(grouped, text)
    parsed = nulls(pl.String, len(text)).zip_with(~text.str.contains(_NUMBER).fill_null(False), text).cast(pl.Float64, strict=False)
    wrong = typed & (parsed.is_null() | ~parsed.is_finite())
    fault_where(wrong, cells.text, at, _no_number)
    return parsed.zip_with(typed & ~wrong.fill_null(False), cells.number)


def _no_number(text: str) -> Fault:
    return Fault("not-a-number", Message("“%(text)s” is not a number; write digits only.", text=quote(text)))


def _plain(number: float | int | None) -> str:
    return "" if number is None else f"{number:.10g}" if abs(number) < 1e10 else f"{number:.0f}" if abs(number) < 1e15 else f"{number:g}"


def _within(values: pl.Series, lowest: float | None, highest: float | None, at: Reading) -> None:
    outside = pl.Series([False]).new_from_index(0, len(values))
    if lowest is not None:
        outside = outside | (values < lowest).fill_null(False)
    if highest is not None:
        outside = outside | (values > highest).fill_null(False)
    fault_where(outside, values, at, lambda value: Fault("out-of-range", _bounds_message(_plain(value), lowest, highest)))


def _bounds_message(value: str, lowest: float | None, highest: float | None) -> Message:
    if highest is None:
        return Message("%(value)s is below %(lowest)s; check it.", value=value, lowest=_plain(lowest))
    if lowest is None:
        return Message("%(value)s is above %(highest)s; check it.", value=value, highest=_plain(highest))
    return Message(
        "%(value)s is not within %(lowest)s to %(highest)s; check value and unit.",
        value=value,
        lowest=_plain(lowest),
        highest=_plain(highest),
    )


@dataclass(frozen=True)
class Number:
    """A decimal number."""

    lowest: float | None = None
    highest: float | None = None
    dtype: Any = pl.Float64
    choices: tuple[str, ...] = ()

    def describe(self) -> Message:
        if self.lowest is None or self.highest is None:
            return Message("number")
        return Message("number from %(lowest)s to %(highest)s", lowest=_plain(self.lowest), highest=_plain(self.highest))

    def read(self, cells: Cells, at: Reading) -> pl.Series:
        values = read_numbers(cells, at)
        _within(values, self.lowest, self.highest, at)
        return values


def _read_as_ratio(ratio: float) -> Message:
    return Message("%(ratio)s was read as a ratio: %(percent)s per cent.", ratio=_plain(ratio), percent=_plain(round(ratio * 100, 8)))


@dataclass(frozen=True)
class Ratio(Number):
    """A percentage that some write as a ratio: a value of at most 1 is stored in per cent, with a notice."""

    def read(self, cells: Cells, at: Reading) -> pl.Series:
        values = read_numbers(cells, at)
        as_ratio = (values > 0) & (values <= 1) & (self.lowest is None or (values * 100 >= (self.lowest or 0)))
        as_ratio = as_ratio.fill_null(False)
        at.notice_each(values, "ratio", {ratio: _read_as_ratio(ratio) for ratio in values.filter(as_ratio).unique()})
        values = (values * 100).round(8).zip_with(as_ratio, values)
        _within(values, self.lowest, self.highest, at)
        return values


@dataclass(frozen=True)
class Integer:
    """A whole number."""

    lowest: int | None = None
    highest: int | None = None
    #: The year of handing in is the highest, whatever `highest` says.
    until_this_year: bool = False
    dtype: Any = pl.Int64
    choices: tuple[str, ...] = ()

    def describe(self) -> Message:
        if self.until_this_year:
            return Message("whole number from %(lowest)s to this year", lowest=self.lowest)
        if self.lowest is None or self.highest is None:
            return Message("whole number")
        return Message("whole number from %(lowest)s to %(highest)s", lowest=self.lowest, highest=self.highest)

    def read(self, cells: Cells, at: Reading) -> pl.Series:
        values = read_numbers(cells, at)
        broken = (values != values.floor()).fill_null(False)
        fault_where(broken, values, at, _not_whole)
        whole = nulls(pl.Float64, len(values)).zip_with(broken, values)
        _within(whole, self.lowest, at.on.year if self.until_this_year else self.highest, at)
        usable = whole.abs() < 1e15
        return nulls(pl.Float64, len(values)).zip_with(~usable.fill_null(False), values).cast(pl.Int64)


def _not_whole(value: float) -> Fault:
    return Fault("not-a-number", Message("%(value)s is no whole number, and only that is possible here.", value=_plain(value)))


#: May stand behind a value of any code list.
CODE_TAIL = "职业健康检查"


@dataclass(frozen=True)
class Code:
    """One of a short list; `values` maps what may be written to what is kept, `others` more spellings to the official one."""

    values: Mapping[str, Any]
    others: Mapping[str, str] = field(default_factory=dict)
    dtype: Any = pl.String

    @property
    def choices(self) -> tuple[str, ...]:
        return tuple(self.values)

    def describe(self) -> Message:
        return Message("one of: %(choices)s", choices=self.choices)

    @cached_property
    def _known(self) -> dict[str, Any]:
        known = {fold_heading(label): value for label, value in self.values.items()}
        known |= {fold_heading(other): self.values[label] for other, label in self.others.items()}
        return {f"{label}{tail}": value for label, value in known.items() for tail in ("", CODE_TAIL)}

    def find(self, text: str) -> Any:
        """What is kept for a text, or None where the list does not know it."""
        return self._known.get(fold_heading(text))

    def fault(self, text: str) -> Fault:
        message = Message("“%(text)s” is not in the list; choose one of: %(choices)s.", text=quote(text), choices=self.choices)
        return Fault("unknown-code", message)

    def read(self, cells: Cells, at: Reading) -> pl.Series:
        def read(text: str) -> Any:
            value = self.find(text)
            return self.fault(text) if value is None else value

        return by_distinct(cells.text, at, self.dtype, read)


def code(*labels: str, others: Mapping[str, str] | None = None) -> Code:
    """A list whose official values are kept as they are."""
    return Code({label: label for label in labels}, others or {})


def yes_no(yes: str = "是", no: str = "否") -> Code:
    """Kept as true or false."""
    return Code({yes: True, no: False}, dtype=pl.Boolean)


@dataclass(frozen=True)
class Codes:
    """One or more of a list, kept joined by `;` in the order of the list."""

    one: Code
    dtype: Any = pl.String

    @property
    def choices(self) -> tuple[str, ...]:
        return ()

    def describe(self) -> Message:
        return Message("one or more of: %(choices)s", choices=self.one.choices)

    def read(self, cells: Cells, at: Reading) -> pl.Series:
        return by_distinct(cells.text, at, pl.String, self._parse)

    def _parse(self, text: str) -> str | Fault:
        parts = split_list(text)
        if not parts:
            return self.one.fault(text)
        found = {self.one.find(part): part for part in parts}
        if None in found:
            return self.one.fault(found[None])
        return ";".join(label for label in self.one.values.values() if label in found)


_PHONE_NOISE = re.compile(r"[\s()\-.\u200b-\u200d\u2060\ufeff]+")
_COUNTRY = re.compile(r"^(?:\+|00)86|^86(?=1\d{10}$)")
_MOBILE = re.compile(r"^1\d{10}$")
_LANDLINE = re.compile(r"^(0(?:10|2\d|[3-9]\d{2}))(\d{7,8})$")


def parse_phone(text: str) -> str | Fault:
    """A mobile number (11 digits beginning with 1), or area code and number as `0573-82050000`."""
    plain = _PHONE_NOISE.sub("", text)
    bare = _COUNTRY.sub("", plain)
    if _MOBILE.match(bare):
        return bare
    if found := _LANDLINE.match(bare if bare == plain or bare.startswith("0") else f"0{bare}"):
        return f"{found[1]}-{found[2]}"
    return Fault(
        "not-a-number", Message("“%(text)s” is not a telephone number; give 11 digits, or area code and number.", text=quote(text))
    )


@dataclass(frozen=True)
class Phone:
    """A mobile or landline number of mainland China."""

    dtype: Any = pl.String
    choices: tuple[str, ...] = ()

    def describe(self) -> Message:
        return Message("11 digits beginning with 1, or area code and number")

    def read(self, cells: Cells, at: Reading) -> pl.Series:
        text = narrow(cells.text)
        done = nulls(pl.String, len(text)).zip_with(~text.str.contains(r"^1\d{10}$").fill_null(False), text)
        rest = nulls(pl.String, len(text)).zip_with(done.is_not_null(), text)
        return done.zip_with(done.is_not_null(), by_distinct(rest, at, pl.String, parse_phone))


def text(longest: int) -> Text:
    return Text(longest)


def integer(lowest: int | None = None, highest: int | None = None) -> Integer:
    return Integer(lowest, highest)


def number(lowest: float | None = None, highest: float | None = None) -> Number:
    return Number(lowest, highest)


def joined(parts: Iterable[str]) -> str:
    """Several codes as one value."""
    return ";".join(dict.fromkeys(parts))
