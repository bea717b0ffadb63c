"""Finding the table in a file: titles, group headings, merges, printed headings, signatures, and files that are no workbook."""

from __future__ import annotations

import io
import zipfile

import pytest
from openpyxl import Workbook

from imports.container import Limits
from imports.problems import Severity
from tests.imports.workbooks import HEADINGS, VALID, check_bytes, said, saved, sheet_of


def test_title_rows_above_and_blank_rows_below_are_passed_over() -> None:
    workbook = sheet_of([VALID])
    worksheet = workbook.active
    worksheet.insert_rows(1, 3)
    worksheet["A1"] = "2026年职业健康检查结果"
    worksheet.insert_rows(5, 2)
    checked = check_bytes(saved(workbook))
    assert said(checked) == []
    assert checked.main.values["row"].to_list() == [7]


def test_a_group_heading_with_a_leaf_below_reads_as_its_alias() -> None:
    rest = {key: value for key, value in VALID.items() if key not in ("work_years", "exposure_years")}
    workbook = sheet_of([rest])
    worksheet = workbook.active
    worksheet.insert_rows(2)
    width = len(rest)
    for column in range(1, width + 1):
        worksheet.merge_cells(start_row=1, end_row=2, start_column=column, end_column=column)
    worksheet.cell(1, width + 1, "接害工龄")
    worksheet.merge_cells(start_row=1, end_row=1, start_column=width + 1, end_column=width + 2)
    worksheet.cell(2, width + 1, "年")
    worksheet.cell(2, width + 2, "月")
    worksheet.cell(3, width + 1, 4)
    worksheet.cell(3, width + 2, 6)
    checked = check_bytes(saved(workbook))
    assert said(checked) == []
    assert checked.accepted.select("exposure_years", "exposure_months").rows() == [(4, 6)]


def test_a_merged_body_cell_holds_for_every_row() -> None:
    workbook = sheet_of([VALID | {"card_no": "TJ1"}, VALID | {"card_no": "TJ2", "employer_name": None}])
    worksheet = workbook.active
    column = [cell.value for cell in worksheet[1]].index("用人单位名称") + 1
    worksheet.merge_cells(start_row=2, end_row=3, start_column=column, end_column=column)
    checked = check_bytes(saved(workbook))
    assert said(checked) == []
    assert checked.accepted["employer_name"].n_unique() == 1


def test_headings_printed_again_and_signatures_are_passed_over_with_a_notice() -> None:
    workbook = sheet_of([VALID | {"card_no": "TJ1"}])
    worksheet = workbook.active
    worksheet.append([cell.value for cell in worksheet[1]])
    worksheet.append([(VALID | {"card_no": "TJ2"}).get(key) for key in VALID])
    worksheet.append(["合计", None, None, None, None, None, "2人"])
    worksheet.append(["制表人：王芳"])
    checked = check_bytes(saved(workbook))
    assert said(checked) == []
    assert checked.main.values["row"].to_list() == [2, 4]
    assert sorted(code for _row, _key, code in said(checked, Severity.NOTICE)) == ["closing-row", "repeated-heading"]


def test_unknown_headings_and_other_sheets_are_named_once() -> None:
    workbook = sheet_of([VALID | {"婚姻": "已婚"}])
    workbook.create_sheet("统计")
    checked = check_bytes(saved(workbook))
    assert [(p.code, p.heading) for p in checked.problems.of(Severity.NOTICE)] == [("other-sheet", ""), ("unknown-column", "婚姻")]


def test_a_heading_of_the_senders_own_can_be_mapped() -> None:
    workbook = sheet_of([VALID], headings={"post": "干什么活"})
    assert ("post", "missing-column") in [(key, code) for _row, key, code in said(check_bytes(saved(workbook)))]
    assert said(check_bytes(saved(workbook), heading_map={"干什么活": "post"})) == []


def test_a_missing_or_repeated_required_heading_refuses_the_file() -> None:
    rest = {key: value for key, value in VALID.items() if key != "post"}
    checked = check_bytes(saved(sheet_of([rest])))
    assert said(checked) == [(0, "post", "missing-column")]
    assert checked.total == 0
    twice = sheet_of([VALID | {"工种": "焊工"}])
    assert said(check_bytes(saved(twice))) == [(0, "post", "repeated-column")]


def test_a_formula_without_value_and_an_error_value_are_problems() -> None:
    workbook = sheet_of([VALID | {"card_no": "TJ1"}, VALID | {"card_no": "TJ2"}])
    worksheet = workbook.active
    post = [cell.value for cell in worksheet[1]].index("岗位") + 1
    worksheet.cell(2, post, "=A2")
    worksheet.cell(3, post, "#DIV/0!").data_type = "e"
    assert said(check_bytes(saved(workbook))) == [(2, "post", "unreadable"), (3, "post", "unreadable")]


def test_a_day_as_a_spreadsheet_counts_it_is_read_with_one_notice() -> None:
    rows = [VALID | {"card_no": f"TJ{n}", "examined_on": 46266 + n, "reported_on": 46270} for n in range(3)]
    checked = check_bytes(saved(sheet_of(rows)))
    assert said(checked) == []
    assert sorted(key for _row, key, code in said(checked, Severity.NOTICE) if code == "serial-day") == ["examined_on", "reported_on"]
    assert checked.accepted["examined_on"].to_list()[0].isoformat() == "2026-09-01"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_text_table_is_read_in_every_usual_encoding(encoding: str) -> None:
    line = lambda values: ",".join(f'"{value}"' for value in values)  # noqa: E731
    text = f"{line(HEADINGS[key] for key in VALID)}\r\n{line(VALID.values())}\r\n"
    checked = check_bytes(text.encode(encoding), "x.csv")
    assert said(checked) == []
    assert checked.accepted_count == 1


@pytest.mark.parametrize(("mark", "name"), [(";", "semicolons"), ("\t", "tabs")])
def test_a_text_table_parted_by_something_else_is_told_so(mark: str, name: str) -> None:
    lines = ("体检结果", mark.join(HEADINGS[key] for key in VALID), mark.join(map(str, VALID.values())))
    checked = check_bytes("\r\n".join(lines).encode(), "x.csv")
    (problem,) = checked.problems.of(Severity.PROBLEM)
    assert (problem.code, problem.message.values["mark"].id) == ("missing-column", name)
    plain = check_bytes("这不是表格；只是一句话;真的;没有表头\n".encode(), "x.csv")
    assert [one.message.values for one in plain.problems.of(Severity.PROBLEM)] == [{}]


def _packed(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def _with_macro() -> bytes:
    with zipfile.ZipFile(io.BytesIO(saved(sheet_of([VALID])))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return _packed(members | {"xl/vbaProject.bin": b"macro"})


def _with_entity() -> bytes:
    with zipfile.ZipFile(io.BytesIO(saved(sheet_of([VALID])))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    sheet = members["xl/worksheets/sheet1.xml"]
    return _packed(members | {"xl/worksheets/sheet1.xml": sheet.replace(b"<worksheet", b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet', 1)})


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BAD_FILES = [
    (b"", "x.xlsx", "unreadable"),
    (b"PK\x03\x04 broken", "x.xlsx", "unreadable"),
    (OLE + "Workbook".encode("utf-16-le"), "x.xls", "wrong-type"),
    (OLE + "EncryptedPackage".encode("utf-16-le"), "x.xlsx", "protected"),
    (b"%PDF-1.7", "x.pdf", "wrong-type"),
    (b"<html><table></table></html>", "x.xls", "wrong-type"),
    (_with_macro(), "x.xlsm", "macro"),
    (_with_entity(), "x.xlsx", "unreadable"),
    (saved(Workbook()), "x.xlsx", "missing-column"),
    ("\ufeff姓名,岗位\n".encode("utf-16"), "x.csv", "unreadable"),
]


@pytest.mark.parametrize(("content", "name", "code"), BAD_FILES)
def test_a_file_that_cannot_be_read_gets_one_sentence(content: bytes, name: str, code: str) -> None:
    checked = check_bytes(content, name)
    assert said(checked) == [(0, "", code)]
    assert not checked.is_readable


def test_limits_count_rows_with_a_value_and_columns_with_a_heading() -> None:
    rows = [VALID | {"card_no": f"TJ{n}"} for n in range(4)]
    content = saved(sheet_of(rows))
    assert said(check_bytes(content, limits=Limits(rows=4))) == []
    assert said(check_bytes(content, limits=Limits(rows=3))) == [(0, "", "too-large")]
    assert said(check_bytes(content, limits=Limits(columns=5))) == [(0, "", "too-large")]
    assert said(check_bytes(content, limits=Limits(size=100))) == [(0, "", "too-large")]
    assert said(check_bytes(content, limits=Limits(unpacked=1000))) == [(0, "", "too-large")]
