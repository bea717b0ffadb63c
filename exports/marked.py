"""The marked copy: the sender's own workbook with every remark where it belongs, and a sheet that sums them up."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from exports.sheet import Say, neutral
from exports.workbooks import AUTHOR, FILLS, HEAD_FILL, HEAD_FONT, WRAPPED
from imports.problems import Problem, Severity, group_problems
from imports.reader import RESULT_HEADING
from ohs.kernel.message import Message

SUMMARY = "错误汇总"
#: Comments are slow to draw: beyond so many the fill and the result column say it.
COMMENTS_AT_MOST = 5_000
LABELS = {Severity.PROBLEM: Message("Problem"), Severity.NOTICE: Message("Notice"), Severity.FINDING: Message("Finding")}


def marked_copy(content: bytes, filename: str, remarks: Iterable[Problem], say: Say, *, layout: Mapping[str, Any] | None) -> bytes:
    """The sender's file as .xlsx with fills, comments, a 校验结果 column and a 错误汇总 sheet; handed in again it is read as before.

    `layout` is what the reader found: for each sheet of the format its name in the file, the row of the headings, and the
    column (from 0) of each key.
    """
    remarks = list(remarks)
    workbook = _open(content)
    sheets = {found["name"]: found for found in (layout or {}).get("sheets", [])}
    for name, found in sheets.items():
        worksheet = workbook[found["sheet"]] if found["sheet"] in workbook.sheetnames else workbook.worksheets[0]
        _mark(worksheet, [remark for remark in remarks if remark.sheet == name], found, say)
    _sum_up(workbook, remarks, say)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _open(content: bytes) -> Any:
    if content.startswith(b"PK"):
        return load_workbook(io.BytesIO(content))
    workbook = Workbook()
    worksheet = workbook.active
    assert worksheet is not None
    for row in csv.reader(io.StringIO(_text(content), newline="")):
        worksheet.append([neutral(value) for value in row])
    for line in worksheet.iter_rows():
        for cell in line:
            cell.number_format = "@"
    return workbook


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def _mark(worksheet: Worksheet, remarks: list[Problem], found: Mapping[str, Any], say: Say) -> None:
    columns: Mapping[str, int] = found.get("columns", {})
    result = _result_column(worksheet, found["heading_row"])
    by_row: dict[int, list[Problem]] = defaultdict(list)
    by_cell: dict[tuple[int, int], list[Problem]] = defaultdict(list)
    for remark in remarks:
        if remark.row:
            by_row[remark.row].append(remark)
            if remark.key in columns:
                by_cell[remark.row, columns[remark.key] + 1].append(remark)
    for number, ((row, column), said) in enumerate(by_cell.items()):
        cell = worksheet.cell(row, column)
        if isinstance(cell, MergedCell):
            continue
        cell.fill = FILLS[min((remark.severity for remark in said), key=list(Severity).index)]
        if number < COMMENTS_AT_MOST:
            cell.comment = Comment("\n".join(say(remark.message) for remark in said), AUTHOR, width=320, height=110)
    for row, said in by_row.items():
        cell = worksheet.cell(row, result)
        cell.value = "；".join(f"[{say(LABELS[remark.severity])}] {remark.heading}：{say(remark.message)}" for remark in said)[:32_000]
        cell.fill, cell.alignment = FILLS[min((remark.severity for remark in said), key=list(Severity).index)], WRAPPED


def _result_column(worksheet: Worksheet, heading_row: int) -> int:
    """The column 校验结果: the one of an earlier marked copy, emptied, or a new one at the right."""
    last = worksheet.max_column
    for column in range(1, last + 1):
        if worksheet.cell(heading_row, column).value == RESULT_HEADING:
            for row in range(heading_row + 1, worksheet.max_row + 1):
                worksheet.cell(row, column).value = None
            return column
    while last > 1 and all(worksheet.cell(row, last).value is None for row in range(1, min(worksheet.max_row, heading_row + 50) + 1)):
        last -= 1
    head = worksheet.cell(heading_row, last + 1)
    head.value, head.font, head.fill = RESULT_HEADING, HEAD_FONT, HEAD_FILL
    worksheet.column_dimensions[get_column_letter(last + 1)].width = 60
    return last + 1


def _sum_up(workbook: Any, remarks: list[Problem], say: Say) -> None:
    if SUMMARY in workbook.sheetnames:
        del workbook[SUMMARY]
    worksheet = workbook.create_sheet(SUMMARY)
    worksheet.append([say(Message(text)) for text in ("Kind", "Sheet", "Column", "Count", "Rows", "What is wrong and what to do")])
    for cell in worksheet[1]:
        cell.font, cell.fill = HEAD_FONT, HEAD_FILL
    for group in group_problems(remarks):
        sentences = "\n".join(f"{say(message)}（{rows}）" if rows != "0" else say(message) for message, rows in group.examples)
        worksheet.append(
            [
                say(LABELS[group.severity]),
                group.place.sheet,
                group.place.heading,
                group.count,
                group.ranges if group.ranges != "0" else "",
                neutral(sentences),
            ]
        )
        worksheet.cell(worksheet.max_row, 1).fill = FILLS[group.severity]
        for column in (5, 6):
            worksheet.cell(worksheet.max_row, column).alignment = WRAPPED
    for letter, width in zip("ABCDEF", (10, 16, 26, 8, 40, 80), strict=True):
        worksheet.column_dimensions[letter].width = width
    worksheet.freeze_panes = "A2"
