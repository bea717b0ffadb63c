"""The blank workbook: the promised headings to the letter, what explains them, and that our own reader takes it without a word."""

from __future__ import annotations

import io

import pytest
from openpyxl import Workbook, load_workbook

from exports.template import blank_workbook
from imports.formats import FORMATS
from imports.reader import read_workbook
from tests.imports.workbooks import VALID, check_bytes, said, saved


def blank(name: str) -> Workbook:
    return load_workbook(io.BytesIO(blank_workbook(FORMATS[name], str)))


@pytest.mark.parametrize("name", FORMATS)
def test_the_headings_are_the_official_ones_to_the_letter(name: str) -> None:
    workbook = blank(name)
    for sheet in FORMATS[name].sheets:
        worksheet = workbook[sheet.name or sheet.title]
        assert [cell.value for cell in worksheet[1]] == [column.heading for column in sheet.columns]


@pytest.mark.parametrize("name", FORMATS)
def test_a_star_is_shown_behind_what_must_be_filled_in(name: str) -> None:
    workbook = blank(name)
    for sheet in FORMATS[name].sheets:
        shown = [cell.number_format for cell in workbook[sheet.name or sheet.title][1]]
        assert shown == ['@"*"' if column.required else "@" for column in sheet.columns]


@pytest.mark.parametrize("name", FORMATS)
def test_every_column_has_a_note_and_every_list_its_drop_down(name: str) -> None:
    workbook = blank(name)
    for sheet in FORMATS[name].sheets:
        worksheet = workbook[sheet.name or sheet.title]
        assert all(cell.comment for cell in worksheet[1])
        assert len(worksheet.data_validations.dataValidation) == sum(bool(column.type.choices) for column in sheet.columns)


@pytest.mark.parametrize("name", FORMATS)
def test_the_reader_takes_the_blank_workbook_without_a_word(name: str) -> None:
    read = read_workbook(FORMATS[name], blank_workbook(FORMATS[name], str), "blank.xlsx")
    assert list(read.problems) == []
    assert {sheet: len(table.rows) for sheet, table in read.tables.items()} == {sheet.name: 0 for sheet in FORMATS[name].sheets}


def test_a_row_typed_below_the_headings_is_accepted() -> None:
    workbook = blank("examinations")
    worksheet = workbook.worksheets[0]
    for number, column in enumerate(FORMATS["examinations"].sheet().columns, 1):
        worksheet.cell(2, number).value = VALID.get(column.key)
    checked = check_bytes(saved(workbook))
    assert said(checked) == []
    assert checked.accepted_count == 1
