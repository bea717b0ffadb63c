"""Ledgers out of the house: any number of rows into a styled workbook with flat memory; text stays text, formulas are never born."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from rustpy_xlsxwriter import Format, write_worksheet

from ohs.kernel.message import Message

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Say = Callable[[Message], str]
Kind = Literal["text", "number", "share", "day", "moment"]
#: Characters with which a spreadsheet takes a text for a formula; a plain signed number is none.
_RISKY = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"^[+-]?\d+(\.\d+)?$")
#: What a workbook cannot hold.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_IN_TITLES = re.compile(r"[\[\]:*?/\\]")
LONGEST_TEXT = 32_767
HEAD_FILL, HEAD_LINE, HEAD_INK = "#E4EAF3", "#B8C2D0", "#13223C"


@dataclass(frozen=True)
class LedgerColumn:
    """A column of a ledger: our key, its heading, its width in characters, and what its cells hold."""

    key: str
    heading: Message
    width: float = 14
    kind: Kind = "text"

    def cell_format(self) -> Format:
        """How its cells are drawn."""
        drawn = Format().set_border_bottom("thin").set_border_bottom_color(HEAD_LINE)
        match self.kind:
            case "number":
                return drawn.set_num_format("#,##0.###").set_align("right")
            case "share":
                return drawn.set_num_format("0.0%").set_align("right")
            case "day":
                return drawn.set_num_format("yyyy-mm-dd").set_align("left")
            case "moment":
                return drawn.set_num_format("yyyy-mm-dd hh:mm").set_align("left")
        return drawn.set_num_format("@")


def without_control(text: str) -> str:
    """A text without what a workbook cannot hold."""
    return _CONTROL.sub("", text) if _CONTROL.search(text) else text


def neutral(text: str) -> str:
    """A text that no spreadsheet takes for a formula, without what a workbook cannot hold."""
    text = without_control(text)
    if text.startswith(_RISKY) and not _NUMBER.match(text):
        text = f"'{text}"
    return text[:LONGEST_TEXT]


def plain(value: Any) -> Any:
    """A value as the workbook keeps it: texts neutral, moments as their own zone shows them."""
    if value.__class__ is str:
        is_harmless = value.isprintable() and not value.startswith(_RISKY) and len(value) <= LONGEST_TEXT
        return value if is_harmless else neutral(value)
    if value.__class__ is datetime:
        return value.replace(tzinfo=None)
    if value is None or value.__class__ in (int, float, date, bool):
        return value
    return neutral(str(value))


def write_ledger(path: Path, title: str, columns: Sequence[LedgerColumn], rows: Iterable[Sequence[Any]], say: Say) -> None:
    """Write `rows` (values in the order of `columns`) to `path`: headings styled and frozen, filters on, widths and formats set.

    Rows are taken one by one; memory does not grow with their number.
    """
    headings = [neutral(say(column.heading)) for column in columns]
    write_worksheet(
        _records(headings, rows, say),
        str(path),
        sheet_name=_IN_TITLES.sub(" ", title)[:31],
        freeze_row=1,
        column_widths=[column.width for column in columns],
        column_formats=[column.cell_format() for column in columns],
        header_format=_head(),
        autofilter=True,
    )


def _records(headings: Sequence[str], rows: Iterable[Sequence[Any]], say: Say) -> Iterator[dict[str, Any]]:
    empty = True
    told: dict[Message, str] = {}
    for row in rows:
        empty = False
        if Message in map(type, row):
            for value in row:
                if value.__class__ is Message and value not in told:
                    told[value] = say(value)
            row = [told[value] if value.__class__ is Message else value for value in row]
        yield dict(zip(headings, map(plain, row), strict=True))
    if empty:  # headings are taken from the first record
        yield dict.fromkeys(headings)


def _head() -> Format:
    return (
        Format()
        .set_bold()
        .set_background_color(HEAD_FILL)
        .set_font_color(HEAD_INK)
        .set_border_bottom("thin")
        .set_border_bottom_color(HEAD_LINE)
    )
