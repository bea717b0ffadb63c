"""The marked copy: the sender's own workbook with every remark where it belongs, and a sheet that sums them up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import Any

from exports.marks import COMMENTS_AT_MOST, LABELS, SUMMARY, Look, SheetMarks, marks_of
from exports.notes import NO_COMMENTS, NO_DRAWING, Note, with_comments
from exports.package import Rewriting
from exports.plain_copy import plain_copy_of_package, plain_copy_of_text
from exports.sheet import Say
from exports.sheet_markup import MAIN, NotPlain, Seen, first_rows, letters, look_through
from exports.stamping import Stamp, Stamps, stamped, text_of_cell
from exports.styling import Styles
from imports.check import Fixes
from imports.container import Limits, Package, kind_of, open_package
from imports.problems import Problem, group_problems
from imports.reader import RESULT_HEADING
from imports.sheet import Format
from ohs.kernel.message import Message

#: The last column with a value is looked for in so many rows below the headings, then the one behind it is proved to be free.
LOOKED_AT = 50
#: So much of a copy is held in memory.
_IN_MEMORY = 32 * 1024**2
_WIDTHS = (10, 16, 26, 8, 40, 80)
_HEAD = (Message("Kind"), Message("Sheet"), Message("Column"), Message("Count"), Message("Rows"), Message("What is wrong and what to do"))
WITHOUT_FORMATTING = Message(
    "This workbook is spelled in a way in which nothing can be marked safely: this copy carries its values, not its formatting or formulas."
)
FEWER_COMMENTS = Message(
    "%(count)s cells are marked; comments stand at the first %(most)s of them, the gravest first. The column “%(heading)s” says everything."
)


def marked_copy(
    format: Format,
    content: bytes,
    filename: str,
    remarks: Sequence[Problem],
    say: Say,
    *,
    layout: Mapping[str, Any] | None,
    fixes: Fixes | None = None,
    progress: Callable[[int], None] | None = None,
) -> bytes:
    """The sender's file as .xlsx with fills, comments, a 校验结果 column and a 错误汇总 sheet; handed in again it is read as before.

    Marks of an earlier copy give way to the new ones. Cells typed anew since the file was handed in hold what was typed. `layout`
    is what the reader found (see `marks_of`); `progress` is told the row that is written. Time grows with the file, memory hardly
    does. Raises `Refused` for a file that cannot be opened.
    """
    copy = _Copy(marks_of(format, layout or {}, remarks, fixes or {}, say), remarks, say, progress or _nobody)
    if kind_of(content, filename, _limits(content)) == "csv":
        return copy.of(_opened(plain_copy_of_text(content)))
    package = _opened(content)
    try:
        return copy.of(package)
    except NotPlain:
        return copy.of(_opened(plain_copy_of_package(package)), WITHOUT_FORMATTING)


def _nobody(_row: int) -> None:
    """Is told how far the work is."""


def _limits(content: bytes) -> Limits:
    """How large a file may be was decided when it was taken in."""
    return Limits(size=len(content))


def _opened(content: bytes) -> Package:
    return open_package(content, _limits(content))


@dataclass(frozen=True)
class _Copy:
    """What is written into a copy, whichever package it is made of."""

    marks: Sequence[SheetMarks]
    remarks: Sequence[Problem]
    say: Say
    progress: Callable[[int], None]

    def of(self, package: Package, *told: Message) -> bytes:
        """The package with its marks; `told` is what must be known of the copy itself."""
        writing = Rewriting(package)
        for sheet in self.marks:
            self._stamp(writing, sheet)
        cells = sum(len(row.cells) for sheet in self.marks for row in sheet.rows.values())
        if cells > COMMENTS_AT_MOST:
            told = (*told, Message(FEWER_COMMENTS.id, count=cells, most=COMMENTS_AT_MOST, heading=RESULT_HEADING))
        writing.sheet(SUMMARY, _summary(writing.styles, self.remarks, self.say, told))
        with SpooledTemporaryFile(_IN_MEMORY) as out:
            writing.write(out)
            out.seek(0)
            return out.read()

    def _stamp(self, writing: Rewriting, sheet: SheetMarks) -> None:
        """Let the sheet be written with its marks."""
        package, styles = writing.package, writing.styles
        member = next((part.member for part in package.sheets if part.name == sheet.sheet), package.sheets[0].member)
        result, seen = _result_column(package, member, sheet)
        rows: dict[int, dict[int, Stamp]] = {}
        for number, row in sheet.rows.items():
            shown = {column: cell for column, cell in row.cells.items() if not seen.covers(number, column)}
            rows[number] = {column: Stamp(partial(styles.marked, look=cell.look), cell.text) for column, cell in shown.items()}
            rows[number][result] = Stamp(partial(_anew, styles.said(row.look)), row.remark)
        is_new = sheet.earlier_result is None
        if is_new:
            rows.setdefault(sheet.heading_row, {})[result] = Stamp(partial(_anew, styles.heading), RESULT_HEADING)
        notes = [note for note in sheet.commented if not seen.covers(note[0], note[1])]
        drawing = _comment(writing, member, notes, seen.drawing)
        unmarked = {} if is_new else styles.of_earlier_marks()
        stamps = Stamps(rows, sheet.heading_row + 1, result, is_new, unmarked, drawing)
        writing.replace(member, stamped(package, member, stamps, self.progress))


def _anew(style: int, _base: int) -> int:
    return style


def _result_column(package: Package, member: str, sheet: SheetMarks) -> tuple[int, Seen]:
    """The column of an earlier copy, or the first free one behind everything; and what a look through the sheet has told."""
    if sheet.earlier_result is not None:
        return sheet.earlier_result, look_through(package, member, sheet.earlier_result, sheet.columns)
    head = first_rows(package, member, sheet.heading_row + LOOKED_AT)
    column = max((column for columns in head.values() for column in columns), default=-1) + 1
    while (seen := look_through(package, member, column, sheet.columns)).is_taken:
        column += 1
    return column, seen


def _comment(writing: Rewriting, member: str, notes: Sequence[Note], drawing: str) -> str:
    """Let the sheet have these comments instead of those of an earlier copy; gives the relation of a drawing that is new."""
    links = writing.links(member)
    comments = next((path for kind, path in links.values() if kind == "comments"), "")
    if not notes and not comments:
        return ""
    shapes = links[drawing][1] if drawing in links else ""
    texts, shown = with_comments(writing.text(comments, NO_COMMENTS), writing.text(shapes, NO_DRAWING), notes)
    if not comments:
        comments = writing.unused("xl/comments{}.xml")
        writing.link(member, "comments", comments)
    writing.replace(comments, (texts,), "comments")
    relation = ""
    if not shapes:
        shapes = writing.unused("xl/drawings/vmlDrawing{}.vml")
        writing.declare_drawings()
        relation = writing.link(member, "vmlDrawing", shapes)
    writing.replace(shapes, (shown,))
    return relation


def _summary(styles: Styles, remarks: Sequence[Problem], say: Say, told: Sequence[Message]) -> Iterator[bytes]:
    """The sheet 错误汇总: a line for each group of remarks, then what must be known of the copy itself."""
    widths = "".join(f'<col min="{at}" max="{at}" width="{width}" customWidth="1"/>' for at, width in enumerate(_WIDTHS, 1))
    yield (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"<cols>{widths}</cols><sheetData>"
    ).encode()
    yield _line(1, [(say(heading), styles.heading) for heading in _HEAD])
    row = 1
    plain = styles.said(None)
    for group in group_problems(remarks):
        row += 1
        look = Look(group.severity.value)
        sentences = "\n".join(f"{say(message)}（{rows}）" if rows != "0" else say(message) for message, rows in group.examples)
        ranges = group.ranges if group.ranges != "0" else ""
        line: list[tuple[str | int, int]] = [
            (say(LABELS[look]), styles.said(look)),
            (group.place.sheet, plain),
            (group.place.heading, plain),
        ]
        yield _line(row, [*line, (group.count, plain), (ranges, plain), (sentences, plain)])
    for sentence in told:
        row += 1
        yield _line(row + 1, [(say(sentence), 0)])
    yield b"</sheetData></worksheet>"


def _line(row: int, cells: Sequence[tuple[str | int, int]]) -> bytes:
    made = []
    for column, (value, style) in enumerate(cells):
        place = f'<c r="{letters(column)}{row}" s="{style}"'
        if isinstance(value, int):
            made.append(f"{place}><v>{value}</v></c>")
        elif value:
            made.append(f'{place} t="inlineStr">{text_of_cell(value)}</c>')
    return f'<row r="{row}">{"".join(made)}</row>'.encode()
