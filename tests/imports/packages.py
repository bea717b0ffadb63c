"""Workbook packages written by hand, as programs other than ours spell them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from tests.imports.workbooks import HEADINGS, VALID

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_RELATIONS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def letters(column: int) -> str:
    """`A` for 0."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def inline(text: str) -> str:
    """What stands in a cell of inline text."""
    return f"<is><t>{escape(text)}</t></is>"


@dataclass
class Cell:
    """A cell as it is written: its kind, what stands in it, and its style."""

    inner: str
    kind: str = ""
    style: str = ""

    def markup(self, reference: str) -> str:
        at = f' r="{reference}"' if reference else ""
        kind = f' t="{self.kind}"' if self.kind else ""
        style = f' s="{self.style}"' if self.style else ""
        return f"<c{at}{style}{kind}>{self.inner}</c>"


def text(value: str) -> Cell:
    return Cell(inline(value), "inlineStr")


def number(value: float | str, style: str = "") -> Cell:
    return Cell(f"<v>{value}</v>", "", style)


def as_cell(value: object) -> Cell | None:
    if value is None or isinstance(value, Cell):
        return value
    return number(value) if isinstance(value, int | float) else text(str(value))


def table(*changes: Mapping[str, object]) -> list[list[Cell | None]]:
    """Headings and valid rows with changes, as cells."""
    keys = list(dict.fromkeys([*VALID, *(key for change in changes for key in change)]))
    rows: list[list[Cell | None]] = [[text(HEADINGS[key]) for key in keys]]
    for count, change in enumerate(changes, 1):
        row = VALID | {"card_no": f"TJ{count}"} | change
        rows.append([as_cell(row.get(key)) for key in keys])
    return rows


@dataclass
class Package:
    """A workbook of one sheet (or more, by their markup) whose every part can be replaced."""

    rows: Sequence[Sequence[Cell | None]] = ()
    strings: Sequence[str] = ()
    #: Code of the number format of style 1.
    date_format: str = "yyyy-mm-dd"
    workbook_properties: str = ""
    has_references: bool = True
    merges: Sequence[str] = ()
    main: str = MAIN
    relations: str = RELATIONS
    folder: str = "xl"
    others: dict[str, bytes] = field(default_factory=dict)
    #: Replaces the sheet that the rows make.
    sheet: str = ""
    content_type: str = f"{_TYPE}.sheet.main+xml"

    def sheet_markup(self) -> str:
        rows = []
        for number, row in enumerate(self.rows, 1):
            if self.has_references:
                cells = [cell.markup(f"{letters(at)}{number}") for at, cell in enumerate(row) if cell]
            else:
                cells = [cell.markup("") if cell else "<c/>" for cell in row]
            at = f' r="{number}"' if self.has_references else ""
            rows.append(f"<row{at}>{''.join(cells)}</row>")
        merges = "".join(f'<mergeCell ref="{merge}"/>' for merge in self.merges)
        merged = f'<mergeCells count="{len(self.merges)}">{merges}</mergeCells>' if merges else ""
        return f'<worksheet xmlns="{self.main}"><sheetData>{"".join(rows)}</sheetData>{merged}</worksheet>'

    def parts(self) -> dict[str, bytes]:
        folder = f"{self.folder}/" if self.folder else ""
        workbook = (
            f'<workbook xmlns="{self.main}" xmlns:r="{self.relations}"><workbookPr {self.workbook_properties}/>'
            '<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>'
        )
        styles = (
            f'<styleSheet xmlns="{self.main}"><numFmts count="1"><numFmt numFmtId="164" formatCode={quoteattr(self.date_format)}/></numFmts>'
            '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="164" applyNumberFormat="1"/></cellXfs></styleSheet>'
        )
        strings = "".join(f"<si>{one}</si>" for one in self.strings)
        parts = {
            "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
            f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/{folder}workbook.xml" ContentType="{self.content_type}"/></Types>',
            "_rels/.rels": self._relations({"rId1": ("officeDocument", f"{folder}workbook.xml")}),
            f"{folder}workbook.xml": workbook,
            f"{folder}_rels/workbook.xml.rels": self._relations(
                {
                    "rId1": ("worksheet", "worksheets/sheet1.xml"),
                    "rId2": ("styles", "styles.xml"),
                    "rId3": ("sharedStrings", "sharedStrings.xml"),
                }
            ),
            f"{folder}styles.xml": styles,
            f"{folder}sharedStrings.xml": f'<sst xmlns="{self.main}">{strings}</sst>',
            f"{folder}worksheets/sheet1.xml": self.sheet or self.sheet_markup(),
        }
        return {name: part.encode() for name, part in parts.items()} | self.others

    def _relations(self, found: Mapping[str, tuple[str, str]]) -> str:
        inner = "".join(
            f'<Relationship Id="{id}" Type="{self.relations}/{kind}" Target="{target}"/>' for id, (kind, target) in found.items()
        )
        return f'<Relationships xmlns="{_PACKAGE}/relationships">{inner}</Relationships>'

    def bytes(self) -> bytes:
        return packed(self.parts())


def packed(parts: Mapping[str, bytes]) -> bytes:
    """A package of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


def unpacked(content: bytes) -> dict[str, bytes]:
    """The parts of a package."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
