"""The blank workbook of a format: headings, drop-downs, notes, and a sheet that explains every column."""

from __future__ import annotations

import io

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from exports.notes import AUTHOR
from exports.sheet import Say
from imports.days import Day, Month
from imports.sheet import Column, Format, Sheet
from ohs.kernel.message import Message

HEAD_FONT, HEAD_FILL = Font(bold=True, color="FF13223C"), PatternFill("solid", fgColor="FFE4EAF3")
REQUIRED_FILL = PatternFill("solid", fgColor="FFFDECD8")
WRAPPED = Alignment(wrap_text=True, vertical="top")
GUIDE, REFERENCE = "填写说明", "参考数据"
#: Drop-downs and formats reach so far down.
ROWS_PREPARED = 5_000
#: A list of choices longer than this in characters stands on a sheet of its own.
INLINE_LIST = 240
#: Shows a star behind a heading that must be filled in; the cell itself holds the heading as it was promised.
STARRED = '@"*"'

#: Headings of the sheet of notes.
_NOTES_HEAD = (
    Message("Sheet"),
    Message("Column"),
    Message("What to write"),
    Message("Other headings that are understood"),
    Message("Example"),
)


def blank_workbook(format: Format, say: Say) -> bytes:
    """An .xlsx in which the contract can be filled in; the reader takes it without a notice."""
    workbook = Workbook()
    workbook.remove(workbook.active)  # type: ignore[arg-type]
    lists: dict[tuple[str, ...], str] = {}
    for sheet in format.sheets:
        _fill(workbook.create_sheet(sheet.name or sheet.title[:31]), sheet, say, lists)
    _explain(workbook.create_sheet(GUIDE), format, say)
    if lists:
        _list(workbook.create_sheet(REFERENCE), lists)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def note_of(column: Column, say: Say) -> str:
    """What a column takes, in one text: required or not, kind, further rule, other headings."""
    parts = [say(Message("Required")) if column.required else say(Message("Optional")), say(column.type.describe())]
    if column.note is not None:
        parts.append(say(column.note))
    return "；".join(parts)


def _fill(worksheet: Worksheet, sheet: Sheet, say: Say, lists: dict[tuple[str, ...], str]) -> None:
    worksheet.freeze_panes = "A2"
    for number, column in enumerate(sheet.columns, 1):
        letter = get_column_letter(number)
        cell = worksheet.cell(1, number, column.heading)
        cell.font, cell.fill = HEAD_FONT, REQUIRED_FILL if column.required else HEAD_FILL
        cell.number_format = STARRED if column.required else "@"
        cell.comment = Comment(note_of(column, say), AUTHOR, width=260, height=120)
        dimension = worksheet.column_dimensions[letter]
        dimension.width = max(12, min(40, len(column.heading) * 2 + 4))
        dimension.number_format = (
            "yyyy-mm-dd"
            if isinstance(column.type, Day)
            else "yyyy-mm"
            if isinstance(column.type, Month)
            else "@"
            if _is_text(column)
            else "General"
        )
        if column.type.choices:
            _drop_down(worksheet, letter, column.type.choices, lists, say)


def _is_text(column: Column) -> bool:
    return str(column.type.dtype) in ("String", "Utf8")


def _drop_down(worksheet: Worksheet, letter: str, choices: tuple[str, ...], lists: dict[tuple[str, ...], str], say: Say) -> None:
    inline = ",".join(choices)
    if len(inline) <= INLINE_LIST and not any("," in choice for choice in choices):
        formula = f'"{inline}"'
    else:
        place = lists.setdefault(choices, get_column_letter(len(lists) + 1))
        formula = f"'{REFERENCE}'!${place}$1:${place}${len(choices)}"
    rule = DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=False)
    rule.promptTitle, rule.prompt = say(Message("Choose")), say(Message("one of the list"))
    worksheet.add_data_validation(rule)
    rule.add(f"{letter}2:{letter}{ROWS_PREPARED}")


def _explain(worksheet: Worksheet, format: Format, say: Say) -> None:
    worksheet.append([say(heading) for heading in _NOTES_HEAD])
    for cell in worksheet[1]:
        cell.font, cell.fill = HEAD_FONT, HEAD_FILL
    for sheet in format.sheets:
        for column in sheet.columns:
            worksheet.append([sheet.name or sheet.title, column.heading, note_of(column, say), "、".join(column.aliases), column.example])
    policy = format.policy
    for message in (policy.unknown_column, policy.missing_column, policy.repeated_row, *policy.reading):
        worksheet.append(["", "", say(message)])
    for letter, width in zip("ABCDE", (18, 26, 60, 40, 16), strict=True):
        worksheet.column_dimensions[letter].width = width
    for row in worksheet.iter_rows(min_row=2):
        for cell in row:
            cell.alignment = WRAPPED
    worksheet.freeze_panes = "A2"


def _list(worksheet: Worksheet, lists: dict[tuple[str, ...], str]) -> None:
    for choices, letter in lists.items():
        for row, choice in enumerate(choices, 1):
            worksheet[f"{letter}{row}"] = choice
        worksheet.column_dimensions[letter].width = 30
