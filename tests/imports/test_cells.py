"""Numbers, phones, codes, identity numbers and days as people type them."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from imports.cells import parse_phone
from imports.days import parse_day
from imports.identities import plainly_valid
from imports.problems import Severity
from imports.sheet import Fault
from imports.text import compact, fold_heading, tidy_text, unescape
from ohs.kernel.identity import check_resident_id
from tests.imports.workbooks import check_rows, said

ON = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("13800001234", "13800001234"),
        ("138-0000-1234", "13800001234"),
        ("+86 138 0000 1234", "13800001234"),
        ("0086-13800001234", "13800001234"),
        ("8613800001234", "13800001234"),
        ("0573-82050000", "0573-82050000"),
        ("057382050000", "0573-82050000"),
        ("(0573)8205-0000", "0573-82050000"),
        ("+86-573-82050000", "0573-82050000"),
        ("010-12345678", "010-12345678"),
        ("0571 8205000", "0571-8205000"),
        ("1380000123", None),
        ("138000012345", None),
        ("82050000", None),
        ("23800001234", None),
        ("沈医师", None),
    ],
)
def test_phones(written: str, kept: str | None) -> None:
    found = parse_phone(written)
    assert found == kept if kept else isinstance(found, Fault)


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-05", "2026/01/05", "2026.01.05", "20260105", "2026年01月05日", "2026年1月5日", "2026-1-5", "2026/1/5", "2026.1.5",
        "2026-01-05 08:30", "2026-01-05 08:30:00", "2026-01-05T08:30:00", "2026年1月5日 8时30分", "2026 - 1 - 5",
        "2026 年 1 月 5 日", "2026-01-05 上午 8:30", "2026/1/5 8:30:00 PM", "2026-01-05T08:30:00+08:00",
    ],
)  # fmt: skip
def test_days_in_the_usual_ways(text: str) -> None:
    assert parse_day(text) == date(2026, 1, 5)


@pytest.mark.parametrize(
    "text", ["26-01-05", "2026-02-30", "2026-13-01", "2026-01/05", "01/05/2026", "2026-01", "今天", "2026010", "0026-01-05", "1899-12-31"]
)
def test_what_is_no_day(text: str) -> None:
    found = parse_day(text)
    assert isinstance(found, Fault) and found.code == "not-a-day"


@pytest.mark.parametrize(
    "text", ["2026－09－01", "２０２６－０９－０１", "2026／9／1", "2026．9．1", "　2026-09-01　", "2026—09—01", "2026‐09‐01"]
)
def test_full_width_days_are_read(text: str) -> None:
    checked = check_rows({"examined_on": text})
    assert (len(checked.problems), checked.accepted["examined_on"].to_list()) == (0, [date(2026, 9, 1)])


NUMBERS: list[tuple[object, object, str]] = [
    ("120", 120.0, ""), (120, 120.0, ""), ("１２０．５", 120.5, ""), ("1.2e2", 120.0, ""), ("+120", 120.0, ""), (" 120 ", 120.0, ""),
    ("—", None, ""), ("/", None, ""), ("无", None, ""), ("N/A", None, ""), ("n/a", None, ""), ("", None, ""),
    ("120mmHg", None, "not-a-number"), ("约120", None, "not-a-number"), ("120-130", None, "not-a-number"), (">120", None, "not-a-number"),
    ("1,20", None, "not-a-number"), ("0x78", None, "not-a-number"), ("nan", None, "not-a-number"), ("inf", None, "not-a-number"),
    (49.9, None, "out-of-range"), (50, 50.0, ""), (300, 300.0, ""), ("300.01", None, "out-of-range"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "kept", "code"), NUMBERS)
def test_numbers(written: object, kept: object, code: str) -> None:
    checked = check_rows({"systolic_mmhg": written})
    assert said(checked) == ([(2, "systolic_mmhg", code)] if code else [])
    assert checked.main is not None
    if not code:
        assert checked.accepted["systolic_mmhg"].to_list() == [kept]


@pytest.mark.parametrize("sign", ["—", "——", "/", "／", "无", "N/A", "Ｎ／Ａ", "n/a", "N／A", "  ", "\u3000", "\u200b", "\ufeff"])
def test_a_sign_for_blank_is_blank_in_an_optional_cell_and_missing_in_a_required_one(sign: str) -> None:
    assert said(check_rows({"workshop": sign, "phone": sign, "ecg": sign, "birth_date": sign, "chest_film": sign})) == []
    assert said(check_rows({"worker_name": sign})) == [(2, "worker_name", "required")]
    assert said(check_rows({"phase": sign})) == [(2, "phase", "required")]


RATIOS: list[tuple[object, object, bool]] = [
    (0.81, 81.0, True), ("0.8134", 81.34, True), (1, 100.0, True), (81, 81.0, False), (5, 5.0, False), (1.5, None, False), (0.04, None, False),
]  # fmt: skip


@pytest.mark.parametrize(("written", "kept", "is_told"), RATIOS)
def test_a_ratio_of_at_most_one_is_per_cent(written: object, kept: object, is_told: bool) -> None:
    checked = check_rows({"fev1_fvc_pct": written})
    assert checked.main is not None
    assert said(checked) == ([] if kept else [(2, "fev1_fvc_pct", "out-of-range")])
    assert bool(said(checked, Severity.NOTICE)) is is_told
    assert not kept or checked.accepted["fev1_fvc_pct"].to_list() == [kept]


IDENTITIES: list[tuple[str, str]] = [
    ("330402199003079968", ""), ("33040219900307 9968", ""), ("330402-19900307-9968", ""), ("3304021990\u200b03079968", ""),
    ("33040219900308998x", ""), ("33040219900307996", "id-length"), ("3304021990030799688", "id-length"), ("330402900307996", "id-length"),
    ("330402199003079967", "id-check"), ("33040219900230996X", "id-birth"), ("5.10322E+17", "id-mangled"), ("330402199003079000", "id-mangled"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "code"), IDENTITIES)
def test_identity_numbers(written: str, code: str) -> None:
    assert said(check_rows({"id_number": written, "sex": "女"})) == ([(2, "id_number", code)] if code else [])


def test_other_documents_are_only_measured() -> None:
    passport = {"id_type": "护照", "sex": "男", "birth_date": "1990-01-01"}
    assert said(check_rows(passport | {"id_number": "e1234567"})) == []
    assert said(check_rows(passport | {"id_number": "E" * 19})) == [(2, "id_number", "too-long")]
    assert said(check_rows(passport | {"id_type": "军官证", "id_number": "1"})) == [(2, "id_type", "unknown-code")]


def test_the_quick_look_at_identity_numbers_agrees_with_the_careful_one() -> None:
    numbers = [
        f"3304021990{month:02d}{day:02d}996{check}" for month in range(14) for day in (0, 1, 28, 29, 30, 31) for check in "0123456789Xx"
    ]
    numbers += ["", "33040219900307996８", "99999920900307996X", "330402200002299968"]
    quick = plainly_valid(pl.Series(numbers), 20261124).to_list()
    for number, is_valid in zip(numbers, quick, strict=True):
        assert not is_valid or not check_resident_id(number, ON).message


PHASES = [
    ("上岗前", "pre-placement"), ("岗前", "pre-placement"), ("上岗前职业健康检查", "pre-placement"), ("岗中", "in-service"), ("在岗", "in-service"),
    ("在岗期间", "in-service"), ("在岗期间职业健康检查", "in-service"), ("离岗", "leaving"), ("离岗时职业健康检查", "leaving"), ("应急", "emergency"),
    ("离岗后", "follow-up"), (" 在 岗 ", "in-service"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "kept"), PHASES)
def test_phases(written: str, kept: str) -> None:
    assert check_rows({"phase": written}).accepted["phase"].to_list() == [kept]


CONCLUSIONS = [
    ("未见异常", "目前未见异常"),
    ("其他疾病或异常、复查", "复查;其他疾病或异常"),
    ("职业禁忌症；复查", "复查;职业禁忌证"),
    ("疑似职业病\n其他疾病或异常", "疑似职业病;其他疾病或异常"),
    ("复查，暂无个体结论", "复查;暂无个体结论"),
]


@pytest.mark.parametrize(("written", "kept"), CONCLUSIONS)
def test_conclusions_are_kept_in_the_order_of_the_list(written: str, kept: str) -> None:
    more = {"recheck_items": "纯音听阈", "suspected_disease": "噪声聋", "contraindication": "听力损失", "other_finding": "血压高"}
    assert check_rows({"conclusions": written} | more).accepted["conclusions"].to_list() == [kept]


@pytest.mark.parametrize(("text", "plain"), [("Ａ１", "A1"), (" \u3000a\u00a0", "a"), ("a\r\nb\rc", "a\nb\nc"), ("（Ａ）", "（A）")])
def test_texts_are_tidied(text: str, plain: str) -> None:
    assert tidy_text(text) == plain


def test_numbers_of_documents_are_compacted() -> None:
    assert compact(" 9133-0481 ｍay\u200b0000013") == "91330481MAY0000013"


@pytest.mark.parametrize(
    "heading",
    [
        "总工龄（年）",
        "总工龄(年)",
        "总 工龄（年） *",
        "总工龄（年）＊",
        "*总工龄（年）",
        "总工龄\n（年）",
        "总工龄【年】",
        "总工龄〔年〕",
        "总工龄（年）（必填）",
        "总工龄（年）（选填）*",
    ],
)
def test_headings_are_the_same_whatever_their_width_spaces_and_brackets(heading: str) -> None:
    assert fold_heading(heading) == fold_heading("总工龄（年）")


@pytest.mark.parametrize(
    ("stored", "meant"), [("a_x000D_b", "a\rb"), ("_x005F_x000D_", "_x000D_"), ("_x000g_", "_x000g_"), ("_xD83D__xDE00_", "😀")]
)
def test_escapes_of_stored_strings(stored: str, meant: str) -> None:
    assert unescape(stored) == meant
