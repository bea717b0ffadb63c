"""Workbooks as other programs write them: every spelling is read to the same values, by the fast reader and by the careful one."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from imports.check import Checked
from imports.problems import Severity
from tests.imports.packages import STRICT_MAIN, STRICT_RELATIONS, Cell, Package, number, packed, table, text, unpacked
from tests.imports.workbooks import VALID, check_bytes, said, saved, sheet_of

FAST_AND_CAREFUL = pytest.mark.parametrize("has_references", [True, False], ids=["fast", "careful"])


def read(change: dict[str, object], has_references: bool = True, **package: Any) -> Checked:
    return check_bytes(Package(table(change), has_references=has_references, **package).bytes())


def prefixed(part: bytes) -> bytes:
    return re.sub(rb"<(/?)(\w)", rb"<\1x:\2", part).replace(b"xmlns=", b"xmlns:x=")


def single_quoted(part: bytes) -> bytes:
    return part.replace(b'"', b"'")


PLAIN = Package(table({"work_months": 3}))
SPELLINGS = {
    "as usual": PLAIN,
    "without references": Package(table({"work_months": 3}), has_references=False),
    "strict": Package(table({"work_months": 3}), main=STRICT_MAIN, relations=STRICT_RELATIONS),
    "strict without references": Package(table({"work_months": 3}), main=STRICT_MAIN, relations=STRICT_RELATIONS, has_references=False),
    "in another folder": Package(table({"work_months": 3}), folder="office/parts"),
    "in no folder": Package(table({"work_months": 3}), folder=""),
}


@pytest.mark.parametrize("package", SPELLINGS.values(), ids=SPELLINGS)
def test_every_spelling_of_a_package_gives_the_same_record(package: Package) -> None:
    checked = check_bytes(package.bytes())
    assert len(checked.problems) == 0
    assert checked.accepted.equals(check_bytes(PLAIN.bytes()).accepted)


@pytest.mark.parametrize("change", [prefixed, single_quoted])
@pytest.mark.parametrize("only_sheet", [True, False])
def test_prefixes_and_single_quotes_are_read(change: Any, only_sheet: bool) -> None:
    parts = {
        name: change(part) if name.endswith("sheet1.xml") or (not only_sheet and name.startswith("xl/") and name.endswith(".xml")) else part
        for name, part in PLAIN.parts().items()
    }
    checked = check_bytes(packed(parts))
    assert len(checked.problems) == 0
    assert checked.accepted.equals(check_bytes(PLAIN.bytes()).accepted)


def test_a_sheet_in_another_encoding_of_unicode_is_read() -> None:
    parts = PLAIN.parts()
    sheet = '<?xml version="1.0" encoding="UTF-16"?>' + parts["xl/worksheets/sheet1.xml"].decode()
    assert check_bytes(packed(parts | {"xl/worksheets/sheet1.xml": sheet.encode("utf-16")})).accepted_count == 1


def test_the_table_may_begin_anywhere() -> None:
    workbook = sheet_of([VALID])
    workbook.active.insert_rows(1, 4)
    workbook.active.insert_cols(1, 3)
    checked = check_bytes(saved(workbook))
    assert (said(checked), checked.main.values["row"].to_list()) == ([], [6])


SHARED = {
    "plain": ("<t>张敏</t>", "张敏"),
    "with its reading": ("<t>张敏</t><rPh sb='0' eb='2'><t>zhangmin</t></rPh>", "张敏"),
    "rich": ("<r><rPr><b/></rPr><t>张</t></r><r><t>敏</t></r>", "张敏"),
    "escaped line end": ("<t>张_x000D_\n敏</t>", "张\n敏"),
    "escaped escape": ("<t>张_x005F_x000D_敏</t>", "张_x000D_敏"),
    "entities": ("<t>张&amp;敏&#xB7;李</t>", "张&敏·李"),
    "beyond the first plane": ("<t>𠮷𡘙</t>", "𠮷𡘙"),
    "spaces of all kinds": ("<t xml:space='preserve'> \u3000张敏\u00a0\u200b</t>", "张敏"),
}


@FAST_AND_CAREFUL
@pytest.mark.parametrize(("stored", "meant"), SHARED.values(), ids=SHARED)
def test_a_stored_string_is_what_a_person_sees(stored: str, meant: str, has_references: bool) -> None:
    checked = read({"worker_name": Cell("<v>0</v>", "s")}, has_references, strings=[stored])
    assert (said(checked), checked.main.values["worker_name"].to_list()) == ([], [meant])


@FAST_AND_CAREFUL
@pytest.mark.parametrize("strange", ["&#x202E;", "_x0007_", "&#x2066;", "&#x7F;"])
def test_a_control_character_in_text_is_a_problem(strange: str, has_references: bool) -> None:
    checked = read({"post": Cell("<v>0</v>", "s")}, has_references, strings=[f"<t>打磨{strange}工</t>"])
    assert said(checked) == [(2, "post", "unreadable")]


DAYS = {
    "date cell": number(46266, "1"),
    "date cell with a time": number(46266.75, "1"),
    "formula": Cell("<f>TODAY()</f><v>46266</v>", "", "1"),
    "formula of text": Cell('<f>TEXT(A1,"")</f><v>2026-09-01</v>', "str"),
    "in the file's own way": Cell("<v>2026-09-01</v>", "d"),
    "in the file's own way with a time": Cell("<v>2026-09-01T08:30:00Z</v>", "d"),
    "inline text": text("2026／9／1"),
    "eight digits as a number": number(20260901),
}


@FAST_AND_CAREFUL
@pytest.mark.parametrize("cell", DAYS.values(), ids=DAYS)
def test_a_day_is_read_however_it_is_stored(cell: Cell, has_references: bool) -> None:
    checked = read({"examined_on": cell}, has_references)
    assert (len(checked.problems), checked.accepted["examined_on"].to_list()) == (0, [date(2026, 9, 1)])


@FAST_AND_CAREFUL
@pytest.mark.parametrize("format", ["yyyy-mm-dd", 'yyyy"年"m"月"d"日"', "[$-804]yyyy/m/d;@", "m/d/yy h:mm", "[$-F800]dddd, mmmm dd, yyyy"])
def test_every_format_of_days_makes_a_day(format: str, has_references: bool) -> None:
    checked = read({"examined_on": number(46266, "1")}, has_references, date_format=format)
    assert (len(checked.problems), checked.accepted["examined_on"].to_list()) == (0, [date(2026, 9, 1)])


@FAST_AND_CAREFUL
@pytest.mark.parametrize("format", ["0.00", "General", "#,##0", "@", '"日"0'])
def test_a_number_without_a_format_of_days_is_a_serial_with_a_notice(format: str, has_references: bool) -> None:
    checked = read({"examined_on": number(46266, "1")}, has_references, date_format=format)
    assert said(checked, Severity.NOTICE) == [(0, "examined_on", "serial-day")]
    assert checked.accepted["examined_on"].to_list() == [date(2026, 9, 1)]


@FAST_AND_CAREFUL
def test_days_counted_from_1904_are_honoured_in_date_cells_and_bare_numbers(has_references: bool) -> None:
    change = {"examined_on": number(44804, "1"), "reported_on": number(44808)}
    checked = read(change, has_references, workbook_properties='date1904="1"')
    assert said(checked, Severity.NOTICE) == [(0, "reported_on", "serial-day")]
    assert checked.accepted.select("examined_on", "reported_on").rows() == [(date(2026, 9, 1), date(2026, 9, 5))]


@pytest.mark.parametrize("serial", [19_999, 60_001, 0.5, -3, 1e9])
def test_a_number_that_cannot_be_a_day_of_ours_is_none(serial: float) -> None:
    assert said(read({"examined_on": number(serial)})) == [(2, "examined_on", "not-a-day")]


BROKEN = {
    "error": Cell("<v>#DIV/0!</v>", "e"),
    "formula with an error": Cell("<f>1/0</f><v>#N/A</v>", "e"),
    "formula without a value": Cell("<f>A1</f>"),
    "formula with an empty value": Cell("<f>A1</f><v></v>"),
    "formula with a closed value": Cell("<f>A1</f><v/>"),
    "shared formula without a value": Cell('<f t="shared" si="0"/>'),
    "text formula without a value": Cell("<f>A1</f>", "str"),
}


@FAST_AND_CAREFUL
@pytest.mark.parametrize("key", ["card_no", "id_number", "examined_on", "work_years", "phone", "conclusions"])
@pytest.mark.parametrize("cell", BROKEN.values(), ids=BROKEN)
def test_a_cell_without_a_known_value_is_a_problem_in_every_column_that_is_read(cell: Cell, key: str, has_references: bool) -> None:
    assert said(read({key: cell}, has_references)) == [(2, key, "unreadable")]


def test_a_broken_cell_far_right_or_in_the_last_row_is_not_lost() -> None:
    rows = table({}, {})
    rows[1] += [None] * 60
    rows.append([None, None, None, None, None, Cell("<v>#REF!</v>", "e")])
    checked = check_bytes(Package(rows).bytes())
    assert (4, "employer_uscc", "unreadable") in said(checked) or [code for _row, _key, code in said(checked, Severity.NOTICE)] == [
        "closing-row"
    ]


@FAST_AND_CAREFUL
def test_an_error_in_a_column_that_nobody_reads_is_nobodys_business(has_references: bool) -> None:
    rows = table({})
    rows[0].append(text("其他"))
    rows[1].append(Cell("<v>#DIV/0!</v>", "e"))
    checked = check_bytes(Package(rows, has_references=has_references).bytes())
    assert (said(checked), said(checked, Severity.NOTICE)) == ([], [(0, "", "unknown-column")])


@FAST_AND_CAREFUL
def test_a_formula_whose_value_is_an_empty_text_is_a_blank_cell(has_references: bool) -> None:
    assert said(read({"phone": Cell("<f>A1</f><v></v>", "str")}, has_references)) == []


@FAST_AND_CAREFUL
@pytest.mark.parametrize("stored", ["330402199003079968", "3.3040219900308E+17", "330402199003079000"])
def test_an_identity_number_stored_as_a_number_is_named_as_such(stored: str, has_references: bool) -> None:
    assert said(read({"id_number": number(stored)}, has_references)) == [(2, "id_number", "id-mangled")]


@FAST_AND_CAREFUL
@pytest.mark.parametrize(
    ("key", "stored", "meant"),
    [
        ("card_no", number(20260001), "20260001"),
        ("phone", number("1.3800001234E10"), "13800001234"),
        ("work_years", number("5.0"), 5),
        ("blood_lead_ug_l", number("12.50"), 12.5),
        ("card_no", number("1.5"), "1.5"),
    ],
)
def test_a_stored_number_is_read_as_people_see_it(key: str, stored: Cell, meant: object, has_references: bool) -> None:
    checked = read({key: stored}, has_references)
    assert (said(checked), checked.accepted[key].to_list()) == ([], [meant])


def test_a_card_number_that_lost_its_places_is_not_taken_for_another() -> None:
    assert said(read({"card_no": number("1234567890123456789")})) == [(2, "card_no", "id-mangled")]


@FAST_AND_CAREFUL
def test_merged_cells_hold_for_their_rows(has_references: bool) -> None:
    rows = table({}, {"employer_name": None}, {"employer_name": None})
    at = list(VALID).index("employer_name")
    column = "ABCDEFGHIJ"[at]
    checked = check_bytes(Package(rows, has_references=has_references, merges=[f"{column}2:{column}3"]).bytes())
    assert said(checked) == [(4, "employer_name", "required")]
    assert checked.main.values["employer_name"].to_list() == [VALID["employer_name"]] * 2 + [None]


def test_hidden_rows_and_filters_hide_nothing() -> None:
    workbook = sheet_of([VALID | {"card_no": f"TJ{count}"} for count in range(3)])
    workbook.active.row_dimensions[3].hidden = True
    workbook.active.auto_filter.ref = "A1:C4"
    assert check_bytes(saved(workbook)).accepted_count == 3


def test_only_the_sheet_that_holds_the_table_is_opened() -> None:
    workbook = sheet_of([VALID])
    workbook.create_sheet("统计")
    parts = unpacked(saved(workbook))
    checked = check_bytes(packed(parts | {"xl/worksheets/sheet2.xml": b"<not a sheet"}))
    assert checked.accepted_count == 1
    assert said(checked, Severity.NOTICE) == [(0, "", "other-sheet")]


STRANGE: list[tuple[Cell, str]] = [
    (text("焊_x202E_工"), "unreadable"), (text("焊_x0007_工"), "unreadable"), (text("焊_x200B_工"), ""), (text("焊_x5DE5_"), ""),
    (Cell("<v>NaN</v>"), "not-a-number"), (Cell("<v>1e999</v>"), "not-a-number"), (Cell("<v>-INF</v>"), "not-a-number"),
]  # fmt: skip


@FAST_AND_CAREFUL
@pytest.mark.parametrize(("cell", "code"), STRANGE)
def test_both_readers_see_every_escape_and_no_number_without_end(cell: Cell, code: str, has_references: bool) -> None:
    key = "systolic_mmhg" if code == "not-a-number" else "post"
    checked = check_bytes(Package(table({key: cell}), has_references=has_references).bytes())
    assert said(checked) == ([(2, key, code)] if code else [])
    assert code or checked.accepted["post"].to_list() == ["焊工"]


@FAST_AND_CAREFUL
@pytest.mark.parametrize("cell", [Cell("<v>20260001</v>"), Cell("<v>46266</v>", "", "1"), Cell("<f>1</f>"), Cell("<v>1</v>", "b")])
@pytest.mark.parametrize("count", [1, 3])
def test_rows_without_any_text_are_rows(cell: Cell, count: int, has_references: bool) -> None:
    head, row = table({})
    rows = [head, *([cell] + [None] * (len(row) - 1) for _ in range(count))]
    checked = check_bytes(Package(rows, has_references=has_references).bytes())
    assert checked.main is not None
    assert checked.main.values["row"].to_list() == list(range(2, count + 2))
