"""Where the table stands in a sheet: rows above it, groups of headings, lines below it, tables of text."""

from __future__ import annotations

from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from imports.check import Checked
from imports.problems import Severity
from imports.reader import RESULT_HEADING
from imports.text import fold_heading
from tests.imports.workbooks import HEADINGS, VALID, check_bytes, said, saved

KEYS = list(VALID)
HEAD = [HEADINGS[key] for key in KEYS]
ROW = list(VALID.values())
#: The same without the columns of service.
SHORT = [key for key in KEYS if key not in ("work_years", "exposure_years")]
SHORT_HEAD, SHORT_ROW = [HEADINGS[key] for key in SHORT], [VALID[key] for key in SHORT]
NONE = [None] * len(SHORT)


def records(count: int) -> list[list[Any]]:
    return [[f"TJ{number}", *ROW[1:]] for number in range(1, count + 1)]


def check(rows: list[list[Any]], merges: tuple[str, ...] = (), **given: Any) -> Checked:
    workbook = Workbook()
    for row in rows:
        workbook.active.append(row)
    for merge in merges:
        workbook.active.merge_cells(merge)
    return check_bytes(saved(workbook), **given)


def notices(checked: Checked) -> list[str]:
    return [problem.code for problem in checked.problems.of(Severity.NOTICE)]


def rows_of(checked: Checked) -> list[int]:
    assert checked.main is not None
    return list(checked.main.values["row"])


@pytest.mark.parametrize("above", [0, 1, 9])
def test_the_headings_stand_within_the_first_ten_rows(above: int) -> None:
    checked = check([*[["某某医院体检结果"], *([None] for _ in range(above - 1))][:above], HEAD, *records(1)])
    assert (said(checked), rows_of(checked)) == ([], [above + 2])


def test_headings_in_row_eleven_are_not_found() -> None:
    assert said(check([["标题"]] * 10 + [HEAD, *records(1)])) == [(0, "", "missing-column")]


def test_half_of_the_required_headings_make_a_heading_row_and_each_missing_one_is_told() -> None:
    required = [key for key in KEYS if key not in ("work_years", "exposure_years")]
    assert len(required) == 14
    some = check([[HEADINGS[key] for key in required[:7]]])
    assert [key for _row, key, _code in said(some)] == sorted(required[7:], key=list(HEADINGS).index)
    assert said(check([[HEADINGS[key] for key in required[:6]]])) == [(0, "", "missing-column")]


GROUPS: dict[str, tuple[list[list[Any]], tuple[str, ...]]] = {
    "not merged": ([[*SHORT_HEAD, "接害工龄", None, "总工龄", None], [*NONE, "年", "月", "年", "月"]], ()),
    "with a title": ([["体检结果"], [*SHORT_HEAD, "接害工龄", None, "总工龄", None], [*NONE, "年", "月", "年", "月"]], ()),
    "leaves in brackets": ([[*SHORT_HEAD, "接害工龄", None, "总工龄", None], [*NONE, "（年）", "（月）", "（年）", "（月）"]], ()),
    "headings beside the leaves": ([[*NONE, "接害工龄", None, "总工龄", None], [*SHORT_HEAD, "年", "月", "年", "月"]], ()),
    "spaces and asterisks": ([[*SHORT_HEAD, "接 害 工龄 *", None, "总工龄＊", None], [*NONE, " 年", "月*", "年 ", "月"]], ()),
    "merged": (
        [[*SHORT_HEAD, "接害工龄", None, "总工龄", None], [*NONE, "年", "月", "年", "月"]],
        (
            *(f"{get_column_letter(at)}1:{get_column_letter(at)}2" for at in range(1, len(SHORT) + 1)),
            f"{get_column_letter(len(SHORT) + 1)}1:{get_column_letter(len(SHORT) + 2)}1",
            f"{get_column_letter(len(SHORT) + 3)}1:{get_column_letter(len(SHORT) + 4)}1",
        ),
    ),
}


@pytest.mark.parametrize(("head", "merges"), GROUPS.values(), ids=GROUPS)
def test_a_group_over_leaves_reads_as_its_aliases(head: list[list[Any]], merges: tuple[str, ...]) -> None:
    checked = check([*head, [*SHORT_ROW, 3, 6, 5, 2]], merges)
    assert (said(checked), notices(checked)) == ([], [])
    assert checked.accepted.select("exposure_years", "exposure_months", "work_years", "work_months").rows() == [(3, 6, 5, 2)]


def test_a_group_over_headings_that_are_known_by_themselves_changes_nothing() -> None:
    assert len(check([["基本信息", *[None] * 9], HEAD, *records(1)]).problems) == 0


TWICE = {
    "heading and alias": ([*HEAD, "工种"], "post"),
    "two aliases": ([*HEAD, "手机号", "电话"], "phone"),
    "the same heading": ([*HEAD, "姓名"], "worker_name"),
}


@pytest.mark.parametrize(("head", "key"), TWICE.values(), ids=TWICE)
def test_a_key_that_several_columns_claim_refuses_the_file(head: list[str], key: str) -> None:
    checked = check([head, *records(2)])
    assert (said(checked), checked.total) == ([(0, key, "repeated-column")], 0)


def test_a_key_by_its_heading_and_by_a_group_is_a_heading_twice() -> None:
    checked = check([[*SHORT_HEAD, "接害工龄", None, "接害工龄（年）"], [*NONE, "年", "月"], [*SHORT_ROW, 3, 0, 3]])
    assert said(checked) == [(0, "exposure_years", "repeated-column")]


def test_headings_that_nothing_knows_may_repeat_and_are_named_once() -> None:
    checked = check([[*HEAD, "备用", "备用"], [*ROW, "x", "y"]])
    assert (said(checked), notices(checked)) == ([], ["unknown-column"])


def test_a_mapping_says_what_a_heading_means_or_that_it_is_of_no_interest() -> None:
    head = [*("干什么活" if key == "post" else HEADINGS[key] for key in KEYS), "婚姻"]
    mapping = {fold_heading("干什么活 "): "post", fold_heading("婚姻"): ""}
    checked = check([head, [*ROW, "已婚"]], heading_map=mapping)
    assert (said(checked), notices(checked), checked.accepted["post"].to_list()) == ([], [], ["打磨工"])
    assert checked.main is not None and checked.main.layout.headings["post"] == "干什么活"


def test_a_mapping_never_overrules_an_official_heading() -> None:
    checked = check([HEAD, *records(1)], heading_map={fold_heading("岗位"): "workshop"})
    assert (said(checked), checked.accepted["post"].to_list()) == ([], ["打磨工"])


def test_a_marked_copy_can_be_handed_in_again_without_a_word_about_what_we_added() -> None:
    workbook = Workbook()
    for row in [[*HEAD, RESULT_HEADING], [*ROW, "岗位：必填"]]:
        workbook.active.append(row)
    workbook.create_sheet("错误汇总").append(["行", "问题"])
    assert len(check_bytes(saved(workbook)).problems) == 0


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([["合计"]], ["closing-row"]),
        ([["合计：", "2人", None, None, None, None, None, 5, 6, 7, 8, 9]], ["closing-row"]),
        ([["总 计 2 人"]], ["closing-row"]),
        ([["制表人：王芳", "审核人：李明"]], ["closing-row"]),
        ([[None] * 6 + ["制表人：王芳"], [None] * 3 + ["2026年9月5日"]], ["closing-row"]),
        ([["注：本表一式两份"]], ["closing-row"]),
        ([["本页小计"], ["以上合计：2人"]], ["closing-row"]),
        ([["***以下空白***"]], ["closing-row"]),
        ([["————"]], ["closing-row"]),
        ([["单位（盖章）："], ["打印时间：2026-11-16 08:31:07"], ["第1页 共1页"]], ["closing-row"]),
        ([[None] * 5 + [2, 3]], ["closing-row"]),
        ([HEAD], ["repeated-heading"]),
        ([HEAD, ["合计"]], ["repeated-heading", "closing-row"]),
        ([["—"] * len(HEAD)], []),
        ([[None], [None]], []),
    ],
)
def test_lines_at_the_end_that_are_no_records_are_passed_over(lines: list[list[Any]], expected: list[str]) -> None:
    checked = check([HEAD, *records(2), *lines])
    assert (said(checked), notices(checked), rows_of(checked)) == ([], expected, [2, 3])


@pytest.mark.parametrize("line", [["TJ9"], [None, "王芳"], [None, None, "330402199003079968"], ["合计1号", "王芳", None, "女"]])
def test_a_last_line_with_a_number_a_name_or_an_identity_number_is_a_record(line: list[Any]) -> None:
    checked = check([HEAD, *records(2), line])
    assert rows_of(checked) == [2, 3, 4]
    assert {row for row, _key, _code in said(checked)} == {4}


def test_a_sum_between_the_records_is_not_passed_over() -> None:
    first, second = records(2)
    checked = check([HEAD, first, ["小计"], second])
    assert rows_of(checked) == [2, 3, 4]
    assert {row for row, _key, _code in said(checked)} == {3}


def test_a_title_and_headings_printed_on_every_page_are_passed_over() -> None:
    first, second = records(2)
    checked = check([["某某医院体检结果"], HEAD, first, ["某某医院体检结果"], HEAD, second])
    assert (said(checked), notices(checked), rows_of(checked)) == ([], ["repeated-heading"], [3, 6])


def test_a_merge_that_reaches_beyond_the_records_adds_none_that_are_blank_in_the_file() -> None:
    workbook = Workbook()
    for row in [HEAD, *records(2)]:
        workbook.active.append(row)
    workbook.active.merge_cells("E2:E3")
    checked = check_bytes(saved(workbook))
    assert (said(checked), rows_of(checked)) == ([], [2, 3])


def line(values: list[Any]) -> str:
    return ",".join(f'"{value}"' for value in values)


CSV = {
    "line ends of one character": f"{line(HEAD)}\n{line(ROW)}\n",
    "no line end at the end": f"{line(HEAD)}\r\n{line(ROW)}",
    "without quotes": f"{','.join(HEAD)}\n{','.join(map(str, ROW))}\n",
    "blank lines": f"\n{line(HEAD)}\n\n{line(ROW)}\n\n",
    "a line break in a cell": f"{line(HEAD)}\n{line(['打磨' + chr(10) + '工' if key == 'post' else VALID[key] for key in KEYS])}\n",
}


@pytest.mark.parametrize("text", CSV.values(), ids=CSV)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_tables_of_text(text: str, encoding: str) -> None:
    checked = check_bytes(text.encode(encoding), "导出.CSV")
    assert (len(checked.problems), checked.accepted_count) == (0, 1)


def test_rows_of_a_text_table_are_counted_as_a_spreadsheet_shows_them() -> None:
    text = f"标题\n\n{line(HEAD)}\n{line(['TJ1', *ROW[1:]])}\n\n{line(['TJ2', *ROW[1:]])}\n"
    assert rows_of(check_bytes(text.encode(), "x.csv")) == [4, 6]


def test_a_short_line_of_text_lacks_its_last_cells() -> None:
    checked = check_bytes(f"{line(HEAD)}\nTJ1,张敏\n".encode(), "x.csv")
    assert {code for _row, _key, code in said(checked)} == {"required"}


def test_the_first_sheet_with_the_headings_is_read_and_the_others_are_named() -> None:
    workbook = Workbook()
    workbook.active.title = "封面"
    for name in ("数据", "旧数据"):
        worksheet = workbook.create_sheet(name)
        for row in [HEAD, *records(1)]:
            worksheet.append(row)
    checked = check_bytes(saved(workbook))
    (notice,) = checked.problems.of(Severity.NOTICE)
    assert (checked.total, notice.code, notice.message.values["names"]) == (1, "other-sheet", ("封面", "旧数据"))
    assert checked.main is not None and checked.main.layout.sheet_name == "数据"
