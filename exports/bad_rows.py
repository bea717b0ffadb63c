"""The refused rows of a workbook as a workbook that can be handed in again."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Mapping

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from exports.sheet import Say, neutral
from exports.workbooks import FILLS, HEAD_FILL, HEAD_FONT, REQUIRED_FILL, WRAPPED
from imports.check import Checked, ReadWorkbook
from imports.problems import Severity
from imports.reader import RESULT_HEADING


def bad_rows_workbook(read: ReadWorkbook, checked: Checked, fixes: Mapping[tuple[str, int, str], str], say: Say) -> bytes:
    """Official headings, only the refused records (and rows tied to them), text as typed, and what is wrong with each at the end."""
    workbook = Workbook(write_only=True)
    main = checked.main
    refused = set(checked.refused["row"].to_list()) if main else set()
    tie = checked.format.tie
    tied = set(checked.refused[tie].drop_nulls().to_list()) if main is not None and tie else set()
    for name, table in read.tables.items():
        sheet = table.sheet
        worksheet = workbook.create_sheet(sheet.name or sheet.title[:31])
        worksheet.freeze_panes = "A2"
        head = []
        for heading, required in [*((column.heading, column.required) for column in sheet.columns), (RESULT_HEADING, False)]:
            cell = WriteOnlyCell(worksheet, value=f"{heading}*" if required else heading)
            cell.font, cell.fill = HEAD_FONT, REQUIRED_FILL if required else HEAD_FILL
            head.append(cell)
        worksheet.append(head)
        wrong: dict[int, list[str]] = defaultdict(list)
        keys: dict[int, set[str]] = defaultdict(set)
        for problem in checked.problems.of(Severity.PROBLEM):
            if problem.sheet == name and problem.row:
                wrong[problem.row].append(f"{problem.heading}：{say(problem.message)}")
                keys[problem.row].add(problem.key)
        ties = table.cells[tie].text if tie and tie in table.cells else None
        for position, row in enumerate(table.rows):
            if row not in refused and row not in wrong and (ties is None or ties[position] not in tied):
                continue
            line = []
            for column in sheet.columns:
                cells = table.cells.get(column.key)
                text = fixes.get((name, row, column.key), cells.text[position] if cells is not None else None)
                cell = WriteOnlyCell(worksheet, value=neutral(text) if text is not None else None)
                cell.number_format = "@"
                if column.key in keys[row]:
                    cell.fill = FILLS[Severity.PROBLEM]
                line.append(cell)
            said = WriteOnlyCell(worksheet, value="；".join(wrong[row])[:32_000])
            said.alignment = WRAPPED
            worksheet.append([*line, said])
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()
