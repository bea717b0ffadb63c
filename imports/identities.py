"""Cell types for credit codes and identity numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from imports.cells import MANGLED, by_distinct, report_long, report_lossy
from imports.raw import Cells, nulls
from imports.sheet import Fault, Reading
from imports.text import compact
from ohs.kernel.identity import check_resident_id, check_uscc
from ohs.kernel.message import Message

#: The kind of identity document whose numbers are checked; also what a blank kind means.
RESIDENT = "居民身份证"
_FLOAT = r"^\d(\.\d+)?E\+?\d+$"


def _of(where: pl.Series, values: pl.Series) -> pl.Series:
    """The values where a mask is true, null elsewhere."""
    return nulls(values.dtype, len(values)).zip_with(~where.fill_null(False), values)


@dataclass(frozen=True)
class Uscc:
    """A unified social credit code."""

    dtype: Any = pl.String
    choices: tuple[str, ...] = ()

    def describe(self) -> Message:
        return Message("credit code of 18 characters")

    def read(self, cells: Cells, at: Reading) -> pl.Series:
        lossy = report_lossy(cells, at)

        def read(text: str) -> str | Fault:
            found = check_uscc(text)
            return Fault(found.code, found.message) if found.message else found.value

        return by_distinct(_of(~lossy, cells.text), at, pl.String, read)


def plainly_valid(text: pl.Series, today: int) -> pl.Series:
    """Where a text is beyond doubt a valid resident identity number not born after `today` (as YYYYMMDD).

    Only to spare `check_resident_id`, which decides and explains all others, the work: a hundred thousand rows at once.
    """
    digits = text.str.contains(r"^\d{17}[\dX]$").fill_null(False)
    safe = _of(digits, text)
    total = pl.Series([0], dtype=pl.Int32).new_from_index(0, len(text))
    for place in range(17):
        total = total + safe.str.slice(place, 1).cast(pl.Int32, strict=False) * (2 ** (17 - place) % 11)
    last = safe.str.slice(17, 1).replace("X", "10").cast(pl.Int32, strict=False)
    born = safe.str.slice(6, 8)
    is_day = born.str.to_date("%Y%m%d", strict=False).is_not_null() & (born.cast(pl.Int32, strict=False) <= today)
    return (digits & ((total + last) % 11 == 1) & is_day).fill_null(False)


@dataclass(frozen=True)
class ResidentId:
    """The number of an identity document; checked where the document is the resident identity card."""

    type_key: str | None = None
    longest: int = 18
    dtype: Any = pl.String
    choices: tuple[str, ...] = ()

    def describe(self) -> Message:
        return Message("identity number, 18 characters, as text")

    def read(self, cells: Cells, at: Reading) -> pl.Series:
        text = cells.text.str.replace_all(r"[\s\-]", "").str.to_uppercase()
        if text.str.contains(r"[^0-9A-Z]").any():
            text = pl.Series([None if one is None else compact(one) for one in text], dtype=pl.String)
        is_resident, is_other = self._kinds(at, len(text))
        lossy = report_lossy(cells, at)
        day = at.on.year * 10_000 + at.on.month * 100 + at.on.day
        sure = plainly_valid(text, day) & is_resident & ~lossy
        doubtful = _of(is_resident & ~sure & ~lossy, text)

        def read(one: str) -> str | Fault:
            found = check_resident_id(one, at.on)
            return Fault(found.code, found.message) if found.message else found.value

        checked = by_distinct(doubtful, at, pl.String, read)
        at.fault(is_other & ~lossy & text.str.contains(_FLOAT), "id-mangled", MANGLED)
        report_long(_of(is_other, text), self.longest, at)
        return checked.zip_with(is_resident & ~sure, text)

    def _kinds(self, at: Reading, length: int) -> tuple[pl.Series, pl.Series]:
        """Where the number is known to be a resident's, and where it is known to be another's."""
        if self.type_key is None:
            yes = pl.Series([True]).new_from_index(0, length)
            return yes, ~yes
        kind, unknown = at.other(self.type_key).fill_null(RESIDENT), at.bad(self.type_key)
        return (kind == RESIDENT) & ~unknown, (kind != RESIDENT) & ~unknown


def sex_and_birth(number: pl.Series, is_resident: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Sex (男, 女) and birth date that valid resident numbers tell; null for others."""
    known = _of(is_resident, number)
    odd = known.str.slice(16, 1).cast(pl.Int32, strict=False) % 2
    sex = odd.replace_strict({0: "女", 1: "男"}, default=None, return_dtype=pl.String)
    return sex, known.str.slice(6, 8).str.to_date("%Y%m%d", strict=False)


def uscc() -> Uscc:
    return Uscc()


def resident_id(type_key: str | None = None) -> ResidentId:
    """`type_key` names the column with the kind of document; without it every number is a resident's."""
    return ResidentId(type_key)
