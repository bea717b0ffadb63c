"""The marked copy: marks where they belong, everything else as its sender left it, and read again as before."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Border, PatternFill, Side
from xlsxwriter import Workbook as DrawnWorkbook

from exports import marks
from imports.markup import column_index
from imports.reader import RESULT_HEADING
from tests.exports.marking import FILLS, checked_file, fill, marked, opened, result_of
from tests.imports.packages import STRICT_MAIN, STRICT_RELATIONS, Package, number, packed, table
from tests.imports.test_packages import prefixed, single_quoted
from tests.imports.workbooks import HEADINGS, VALID, saved, sheet_of

SAMPLES = Path(__file__).resolve().parent.parent / "imports" / "samples"


def rows(*changes: dict[str, Any]) -> bytes:
    return saved(sheet_of([VALID | {"card_no": f"TJ{number}"} | change for number, change in enumerate(changes, 1)]))


def column_of(key: str) -> int:
    return list(VALID).index(key) + 1


def look(cell: Any) -> tuple[Any, ...]:
    """What a cell holds and how it is drawn, but for its fill."""
    return cell.value, cell.number_format, repr(cell.font), repr(cell.border), repr(cell.alignment)


def noted(cell: Any) -> str:
    return cell.comment.text if cell.comment is not None else ""


def said(content: bytes, filename: str = "x.xlsx") -> list[tuple[int, str, str]]:
    return [(one.row, one.heading, one.code) for one in checked_file(content, filename).problems]


def test_every_problem_of_the_messy_sample_is_marked_and_nothing_else_has_changed() -> None:
    content = (SAMPLES / "examinations_messy.xlsx").read_bytes()
    expected = json.loads((SAMPLES / "examinations_messy.expected.json").read_text())
    checked = checked_file(content)
    columns = checked.sheets[""].layout.columns
    copy, original = opened(marked(content)), opened(content)
    assert copy.sheetnames == [*original.sheetnames, "错误汇总"]
    sheet, before = copy.worksheets[0], original.worksheets[0]
    for problem in expected["problems"]:
        cell = sheet.cell(problem["row"], columns[problem["key"]] + 1)
        assert (fill(cell), cell.comment is not None) == (FILLS["problem"], True), problem
        assert problem["heading"] in result_of(sheet, problem["row"], expected["heading_row"]).value
    wrong = {(problem.row, columns[problem.key] + 1) for problem in checked.problems if problem.row and problem.key in columns}
    for line in before.iter_rows():
        for cell in line:
            now = sheet.cell(cell.row, cell.column)
            assert look(now) == look(cell)
            assert (cell.row, cell.column) in wrong or (fill(now) == fill(cell) and now.comment is None)
    assert sheet.merged_cells.ranges == before.merged_cells.ranges and sheet.auto_filter.ref == before.auto_filter.ref
    assert {column: width.width for column, width in before.column_dimensions.items()}.items() <= {
        column: width.width for column, width in sheet.column_dimensions.items()
    }.items()
    assert [cell.value for cell in copy["错误汇总"][1]][-1] == "What is wrong and what to do"


def test_a_marked_copy_is_read_as_its_original_and_can_be_marked_again() -> None:
    content = (SAMPLES / "examinations_messy.xlsx").read_bytes()
    copy = marked(content)
    assert said(copy) == said(content)
    again = marked(copy)
    assert opened(again).sheetnames == opened(copy).sheetnames
    for line, once_more in zip(opened(copy).worksheets[0].iter_rows(), opened(again).worksheets[0].iter_rows(), strict=True):
        for cell, other in zip(line, once_more, strict=True):
            assert (cell.value, fill(cell), cell.comment and cell.comment.text) == (
                other.value,
                fill(other),
                other.comment and other.comment.text,
            )


def test_marks_of_an_earlier_copy_go_when_the_cell_is_mended() -> None:
    copy = opened(marked(rows({"post": None}, {"sex": "x"})))
    sheet = copy.worksheets[0]
    sheet.cell(2, column_of("post")).value = "打磨工"
    again = opened(marked(saved(copy))).worksheets[0]
    mended, wrong = again.cell(2, column_of("post")), again.cell(3, column_of("sex"))
    assert (mended.value, mended.comment is None, fill(mended), result_of(again, 2).value) == ("打磨工", True, "00000000", None)
    assert (fill(wrong), wrong.comment is not None, "性别" in result_of(again, 3).value) == (FILLS["problem"], True, True)


def test_what_the_sender_drew_stays() -> None:
    workbook = sheet_of([VALID | {"post": None, "sex": "x"}, VALID | {"card_no": "TJ2"}])
    sheet = workbook.active
    line = Side("thin", "FF0000FF")
    sheet.cell(2, column_of("post")).border = Border(left=line)
    sheet.cell(3, column_of("post")).fill = PatternFill("solid", fgColor="FF00FF00")
    sheet.cell(3, 1).comment = Comment("自己的批注", "王芳")
    sheet.cell(2, column_of("sex")).comment = Comment("请核对", "王芳")
    sheet["B1"].hyperlink = "https://example.com/"
    sheet.freeze_panes = "B2"
    copy = opened(marked(saved(workbook))).worksheets[0]
    post, sex = copy.cell(2, column_of("post")), copy.cell(2, column_of("sex"))
    assert (fill(post), post.border.left.color.rgb) == (FILLS["problem"], "FF0000FF")
    assert (fill(copy.cell(3, column_of("post"))), copy.freeze_panes, copy["B1"].hyperlink.target) == (
        "FF00FF00",
        "B2",
        "https://example.com/",
    )
    assert (copy.cell(3, 1).comment.text, sex.comment.text, fill(sex)) == ("自己的批注", "请核对", FILLS["problem"])
    assert post.comment is not None and post.comment.author == "OHS"


def test_numbers_texts_days_and_formulas_stay_what_they_are() -> None:
    workbook = sheet_of([VALID | {"post": None, "examined_on": date(2026, 9, 1), "worker_no": None, "card_no": "00017"}])
    sheet = workbook.active
    sheet.cell(1, 30).value, sheet.cell(2, 30).value = "自己的列", "=1+2"
    sheet.cell(60, 31).value = "远处"
    copy = opened(marked(saved(workbook))).worksheets[0]
    found = [copy.cell(2, column_of(key)).value for key in ("card_no", "id_number", "exposure_years")]
    assert found == ["00017", VALID["id_number"], 3]
    assert (copy.cell(2, column_of("examined_on")).value.date(), copy.cell(2, 30).value) == (date(2026, 9, 1), "=1+2")
    assert (copy.cell(60, 31).value, copy.cell(1, 32).value) == ("远处", RESULT_HEADING)


def drawn(add: Callable[[Any, Any], None]) -> bytes:
    """A workbook with what only its own program draws."""
    out = io.BytesIO()
    with DrawnWorkbook(out) as workbook:
        sheet = workbook.add_worksheet("体检")
        sheet.write_row(0, 0, [HEADINGS[key] for key in VALID])
        sheet.write_row(1, 0, [value for key, value in (VALID | {"post": ""}).items()])
        add(workbook, sheet)
    return out.getvalue()


DRAWINGS: dict[str, Callable[[Any, Any], None]] = {
    "a chart": lambda book, sheet: sheet.insert_chart("A9", _chart(book)),
    "a button": lambda _book, sheet: sheet.insert_button("A9", {"caption": "按钮"}),
    "a table": lambda _book, sheet: sheet.add_table(0, 0, 1, len(VALID) - 1, {"columns": [{"header": HEADINGS[key]} for key in VALID]}),
    "bars in cells": lambda _book, sheet: sheet.conditional_format("H2:H9", {"type": "data_bar", "data_bar_2010": True}),
    "lines in cells": lambda _book, sheet: sheet.add_sparkline("Z9", {"range": "体检!H2:I2"}),
    "a filter and drop-downs": lambda _book, sheet: (sheet.autofilter(0, 0, 1, 3), sheet.data_validation("D2", {"validate": "list", "source": ["男", "女"]})),
    "wide columns": lambda _book, sheet: sheet.set_column(0, 16_383, 9),
    "a printed heading": lambda _book, sheet: sheet.set_header("&C名单"),
}  # fmt: skip


def _chart(book: Any) -> Any:
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=体检!$H$2:$H$2"})
    return chart


@pytest.mark.parametrize("add", DRAWINGS.values(), ids=DRAWINGS)
def test_whatever_else_is_in_the_sheet_stays_in_it(add: Callable[[Any, Any], None]) -> None:
    content = drawn(add)
    copy = marked(content)
    sheet = opened(copy).worksheets[0]
    post = sheet.cell(2, column_of("post"))
    assert (fill(post), post.comment is not None) == (FILLS["problem"], True)
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(io.BytesIO(copy)) as after:
        assert set(before.namelist()) <= set(after.namelist()) and after.testzip() is None
        kept = [name for name in before.namelist() if name.startswith(("xl/charts", "xl/tables", "xl/drawings/drawing", "xl/theme"))]
        assert all(before.read(name) == after.read(name) for name in kept)


SPELLINGS: dict[str, bytes] = {
    "without references": Package(table({"post": None}), has_references=False).bytes(),
    "strict": Package(table({"post": None}), main=STRICT_MAIN, relations=STRICT_RELATIONS).bytes(),
    "in another folder": Package(table({"post": None}), folder="office/parts").bytes(),
    "with prefixes": packed({name: prefixed(part) if "sheet1" in name else part for name, part in Package(table({"post": None})).parts().items()}),
    "in single quotes": packed({name: single_quoted(part) if "sheet1.xml" in name else part for name, part in Package(table({"post": None})).parts().items()}),
    "without fills": Package(table({"post": None})).bytes(),
}  # fmt: skip


@pytest.mark.parametrize("content", SPELLINGS.values(), ids=SPELLINGS)
def test_every_spelling_of_a_package_is_marked_and_read_again(content: bytes) -> None:
    copy = marked(content)
    sheet = opened(copy).worksheets[0]
    post = sheet.cell(2, column_of("post"))
    assert (fill(post), post.comment is not None, "岗位" in result_of(sheet, 2).value) == (FILLS["problem"], True, True)
    assert said(copy) == said(content)


def test_a_value_merged_over_rows_is_marked_once_and_still_holds_for_all() -> None:
    merged = Package(table({"sex": "x"}, {"sex": None}), merges=[f"D2:D{3}"])
    sheet = opened(marked(merged.bytes())).worksheets[0]
    assert (fill(sheet["D2"]), sheet["D2"].comment is not None) == (FILLS["problem"], True)
    assert all("性别" in result_of(sheet, row).value for row in (2, 3))
    strict = Package(merged.rows, merges=merged.merges, main=STRICT_MAIN, relations=STRICT_RELATIONS).bytes()
    assert said(marked(strict)) == said(strict)


def test_a_shared_formula_is_never_torn_from_those_who_use_it() -> None:
    cells = table({"exposure_years": 3}, {"exposure_years": 3})
    at = column_of("exposure_years") - 1
    for row, inner in ((1, '<f t="shared" ref="H2:H3" si="0">1+2</f><v>3</v>'), (2, '<f t="shared" si="0"/><v>3</v>')):
        cell = number(3)
        cell.inner = inner
        cells[row][at] = cell
    content = Package(cells).bytes()
    sheet = opened(marked(content, fixes={("", 2, "exposure_years"): "5"})).worksheets[0]
    assert (sheet.cell(2, at + 1).value, sheet.cell(3, at + 1).value) == ("5", 3)


def test_a_text_table_becomes_a_workbook_in_which_everything_stays_text() -> None:
    values = {**VALID, "card_no": "00017", "post": "", "worker_name": "=1+1", "exposure_years": "3"}
    lines = [",".join(HEADINGS[key] for key in VALID), ",".join(str(values[key]) for key in VALID)]
    for encoding in ("utf-8-sig", "gb18030"):
        content = "\r\n".join(lines).encode(encoding)
        copy = marked(content, "x.csv")
        sheet = opened(copy).worksheets[0]
        assert (sheet.cell(2, 1).value, sheet.cell(2, 2).value, sheet.cell(2, 2).data_type) == ("00017", "=1+1", "s")
        assert sheet.cell(2, 1).number_format == "@" and fill(sheet.cell(2, column_of("post"))) == FILLS["problem"]
        assert said(copy) == said(content, "x.csv")


def test_cells_typed_anew_hold_what_was_typed() -> None:
    content = rows({"post": None}, {"sex": "x"})
    fixes = {("", 2, "post"): "=打磨工", ("", 3, "sex"): "y"}
    copy = marked(content, fixes=fixes)
    sheet = opened(copy).worksheets[0]
    post, sex = sheet.cell(2, column_of("post")), sheet.cell(3, column_of("sex"))
    assert (post.value, post.data_type, fill(post)) == ("=打磨工", "s", FILLS["corrected"])
    assert (sex.value, fill(sex)) == ("y", FILLS["problem"])
    assert "[Corrected] 岗位" in result_of(sheet, 2).value and said(copy) == [
        (one.row, one.heading, one.code) for one in checked_file(content, fixes=fixes).problems
    ]


def test_when_there_are_too_many_comments_the_gravest_cells_have_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marks, "COMMENTS_AT_MOST", 2)
    monkeypatch.setattr("exports.marked.COMMENTS_AT_MOST", 2)
    copy = opened(marked(rows(*[{"post": None}] * 4)))
    commented = [cell.coordinate for line in copy.worksheets[0].iter_rows() for cell in line if cell.comment]
    post = chr(65 + column_of("post") - 1)
    assert commented == [f"{post}2", f"{post}3"] and column_index(post) == column_of("post") - 1
    assert "4" in [line for line in copy["错误汇总"].iter_rows(values_only=True) if line[0]][-1][0]
    assert all(fill(copy.worksheets[0].cell(row, column_of("post"))) == FILLS["problem"] for row in range(2, 6))
