"""Files that are damaged or mean harm: each gets one clear sentence, and costs the server little."""

from __future__ import annotations

import io
import random
import struct
import zipfile

import pytest

from imports.container import Limits
from imports.problems import MOST_SENTENCES
from tests.imports.packages import Package, letters, packed, table
from tests.imports.workbooks import HEADINGS, VALID, check_bytes, said

GOOD = Package(table({})).parts()
SHEET = "xl/worksheets/sheet1.xml"
ENTITY = b'<!DOCTYPE a [<!ENTITY b "c"><!ENTITY c "&b;&b;&b;">]>'


def with_sheet(**replaced: str) -> bytes:
    """The good package with something put into its sheet: `before` or `after` the end of the rows."""
    sheet = GOOD[SHEET].decode().replace("</sheetData>", f"{replaced.get('before', '')}</sheetData>{replaced.get('after', '')}")
    return packed(GOOD | {SHEET: sheet.encode()})


def codes(content: bytes, name: str = "x.xlsx", **given: object) -> list[str]:
    checked = check_bytes(content, name, **given)
    assert all(row == 0 for row, _key, _code in said(checked))
    assert not checked.is_readable
    return [code for _row, _key, code in said(checked)]


@pytest.mark.parametrize("part", [name for name in GOOD if name != "_rels/.rels"])
@pytest.mark.parametrize("content", [b"", b"<a><b>", b"\x00\x01\x02", b'<?xml version="1.0" encoding="GBK"?><a>'])
def test_a_damaged_part_is_one_sentence(part: str, content: bytes) -> None:
    assert codes(packed(GOOD | {part: content})) == ["unreadable"]


@pytest.mark.parametrize("part", GOOD)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_in_every_part(part: str, encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>{ENTITY.decode()}{GOOD[part].decode()}'
    assert codes(packed(GOOD | {part: text.encode(encoding)})) == ["unreadable"]


@pytest.mark.parametrize("at", [4, 100, 1_000, -30, -1])
def test_a_file_that_was_cut_is_one_sentence(at: int) -> None:
    assert codes(packed(GOOD)[:at]) == ["unreadable"]


def test_random_damage_never_raises() -> None:
    chance = random.Random(7)
    whole = packed(GOOD)
    for _ in range(120):
        content = bytearray(whole)
        for _ in range(chance.choice((1, 3, 20))):
            content[chance.randrange(len(content))] = chance.randrange(256)
        check_bytes(bytes(content))
    for _ in range(200):
        name = chance.choice(list(GOOD))
        part = bytearray(GOOD[name])
        for _ in range(chance.choice((1, 3, 10))):
            part[chance.randrange(len(part))] = chance.choice(b'<>"/&;=ar \x00c9')
        check_bytes(packed(GOOD | {name: bytes(part)}))


def test_a_macro_is_told_by_the_part_and_by_the_declared_type() -> None:
    assert codes(packed(GOOD | {"xl/vbaProject.bin": b"x"})) == ["macro"]
    assert codes(packed(GOOD | {"xl/macrosheets/sheet1.xml": b"x"})) == ["macro"]
    kinds = GOOD["[Content_Types].xml"].decode()
    left_over = kinds.replace("<Override", '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/><Override', 1)
    assert check_bytes(packed(GOOD | {"[Content_Types].xml": left_over.encode()})).accepted_count == 1
    renamed = kinds.replace("<Override", '<Override PartName="/xl/x.bin" ContentType="application/vnd.ms-office.vbaProject"/><Override', 1)
    assert codes(packed(GOOD | {"[Content_Types].xml": renamed.encode(), "xl/x.bin": b"x"})) == ["macro"]
    assert codes(Package(table({}), content_type="application/vnd.ms-excel.sheet.macroEnabled.main+xml").bytes(), "x.xlsm") == ["macro"]


def test_other_packages_are_the_wrong_type() -> None:
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    assert codes(Package(table({}), content_type=word).bytes()) == ["wrong-type"]
    assert codes(Package(table({}), content_type="application/vnd.ms-excel.sheet.binary.macroEnabled.main").bytes(), "x.xlsb") == [
        "wrong-type"
    ]
    assert codes(packed({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"})) == ["wrong-type"]


def test_an_encrypted_member_is_protected() -> None:
    content = bytearray(packed(GOOD))
    at = -1
    while (at := content.find(b"PK\x01\x02", at + 1)) >= 0:
        content[at + 8] |= 1
    assert codes(bytes(content)) == ["protected"]


def test_a_bomb_that_owns_up_to_its_size_is_too_large() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in GOOD.items():
            if name != SHEET:
                archive.writestr(name, part)
        with archive.open(SHEET, "w", force_zip64=True) as member:
            head, tail = GOOD[SHEET].split(b"</sheetData>")
            member.write(head)
            for _ in range(20):
                member.write(b" " * 2**20)
            member.write(b"</sheetData>" + tail)
    assert codes(out.getvalue(), limits=Limits(unpacked=16 * 2**20)) == ["too-large"]


@pytest.mark.parametrize("part", [SHEET, "xl/sharedStrings.xml", "xl/styles.xml"])
def test_a_bomb_that_lies_about_its_size_is_damaged(part: str) -> None:
    content = bytearray(packed(GOOD | {part: GOOD[part] + b" " * 4 * 2**20}))
    for mark, name_at, size_at, name_length_at in ((b"PK\x01\x02", 46, 24, 28), (b"PK\x03\x04", 30, 22, 26)):
        at = -1
        while (at := content.find(mark, at + 1)) >= 0:
            (length,) = struct.unpack("<H", content[at + name_length_at : at + name_length_at + 2])
            if content[at + name_at : at + name_at + length] == part.encode():
                content[at + size_at : at + size_at + 4] = struct.pack("<I", 1000)
    assert codes(bytes(content)) == ["unreadable"]


def test_member_names_never_become_paths() -> None:
    checked = check_bytes(packed(GOOD | {"../../etc/passwd": b"x", "/tmp/evil": b"x", "xl\\..\\..\\evil": b"x"}))
    assert checked.accepted_count == 1


def test_two_members_of_one_name_are_damage() -> None:
    assert codes(packed(GOOD | {SHEET.upper(): GOOD[SHEET]})) == ["unreadable"]


def test_too_many_members_are_damage() -> None:
    assert codes(packed(GOOD | {f"xl/media/{number}.png": b"" for number in range(10_001)})) == ["unreadable"]


FLOODS = {
    "a cell at the far corner": with_sheet(before='<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    "overlapping merges below": with_sheet(after="<mergeCells>" + "".join(f'<mergeCell ref="A{row}:A1048576"/>' for row in range(2, 50_000)) + "</mergeCells>"),
    "overlapping merges above": with_sheet(after="<mergeCells>" + "".join(f'<mergeCell ref="A1:XFD{row}"/>' for row in range(2, 50_000)) + "</mergeCells>"),
    "deep nesting": with_sheet(before="<a>" * 100_000 + "</a>" * 100_000),
    "rows and columns beyond all bounds": with_sheet(before='<row r="999999999"><c r="ZZZ999999999"/><c r="ZZZZZ1"/></row>'),
}  # fmt: skip


@pytest.mark.parametrize("content", FLOODS.values(), ids=FLOODS)
def test_a_flood_costs_no_more_than_its_size(content: bytes) -> None:
    checked = check_bytes(content)
    assert checked.accepted_count == 1


def test_more_headings_than_allowed_are_too_many_columns() -> None:
    rows = table({})
    wide = "".join(f'<c r="{letters(at)}1" t="inlineStr"><is><t>其他{at}</t></is></c>' for at in range(len(rows[0]), 2_000))
    sheet = GOOD[SHEET].decode().replace("</row>", f"{wide}</row>", 1)
    assert codes(packed(GOOD | {SHEET: sheet.encode()})) == ["too-large"]


def test_two_hundred_thousand_rows_are_allowed_and_one_more_is_not() -> None:
    headings = "档案编号,姓名,证件号码,性别,用人单位名称,统一社会信用代码,岗位,接触的职业病危害因素,体检危害因素,体检类型,体检日期,报告日期,体检结论,主检医师\n"
    most = headings + "1\n" * 200_000
    assert check_bytes(most.encode(), "x.csv").total == 200_000
    assert codes((most + "—\n1\n").encode(), "x.csv") == ["too-large"]
    assert check_bytes((most + "—\n\n,,\n").encode(), "x.csv").total == 200_000


def test_names_that_nobody_knows_are_compared_only_so_often() -> None:
    lines = "\n".join(f"1,张,x,男,甲,x,工,甲醛{number}号,噪声{number},在岗,2026-1-1,2026-1-1,复查,沈" for number in range(3_000))
    headings = "档案编号,姓名,证件号码,性别,用人单位名称,统一社会信用代码,岗位,接触的职业病危害因素,体检危害因素,体检类型,体检日期,报告日期,体检结论,主检医师\n"
    checked = check_bytes((headings + lines).encode(), "x.csv")
    told = [problem.message for problem in checked.problems if problem.key == "exposed_hazards"]
    assert len(told) == 3_000
    assert sum("nearest" in message.values for message in told) == 500


def test_a_cell_full_of_separators_is_read_at_once() -> None:
    assert said(check_bytes(Package(table({"exposed_hazards": "噪声" + "、a" * 900})).bytes())) == [
        (2, "exposed_hazards", "unknown-hazard")
    ]


def test_so_many_sentences_of_a_column_are_kept_and_every_row_is_named() -> None:
    headings = "档案编号,姓名,证件号码,性别,用人单位名称,统一社会信用代码,岗位,接触的职业病危害因素,体检危害因素,体检类型,体检日期,报告日期,体检结论,主检医师\n"
    lines = "\n".join(f"{number},张,x,x{number},甲,x,工,噪声,噪声,在岗,2026-1-1,2026-1-1,复查,沈" for number in range(MOST_SENTENCES + 50))
    told = [problem for problem in check_bytes((headings + lines).encode(), "x.csv").problems if problem.key == "sex"]
    assert [problem.row for problem in told] == list(range(2, MOST_SENTENCES + 52))
    assert {problem.code for problem in told} == {"unknown-code"}
    assert len({problem.message for problem in told}) == MOST_SENTENCES + 1


TEXT_TABLES = {
    "error values": ("打磨工", "#DIV/0!", [(2, "post", "unreadable")]),
    "an error value that looks like blank": ("打磨工", "#N/A", [(2, "post", "unreadable")]),
    "numbers kept as text": ("330402199003079968", '="330402199003079968"', []),
    "a field beyond all bounds": ("打磨工", "工" * 200_000, [(2, "post", "too-long")]),
}


@pytest.mark.parametrize(("written", "instead", "expected"), TEXT_TABLES.values(), ids=TEXT_TABLES)
def test_what_tables_of_text_hold(written: str, instead: str, expected: list[tuple[int, str, str]]) -> None:
    text = ",".join(HEADINGS[key] for key in VALID) + "\n" + ",".join(str(value).replace(",", "") for value in VALID.values())
    assert said(check_bytes(text.replace(written, instead).encode(), "x.csv")) == expected
