"""Comments in a sheet: the part that holds their texts, and the drawing without which a spreadsheet does not show them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape, unescape

from exports.sheet import without_control
from exports.sheet_markup import MAIN, NotPlain, letters

AUTHOR = "OHS"
#: Row (from 1), column (from 0) and text.
Note = tuple[int, int, str]
_AUTHOR = re.compile(r"<author>(.*?)</author>|<author\s*/>", re.DOTALL)
_COMMENT = re.compile(r"<comment\b[^>]*>.*?</comment>", re.DOTALL)
_SHAPE = re.compile(r"<v:shape\b(?!type).*?</v:shape>", re.DOTALL)
_PLACE = re.compile(r"<x:Row>\s*(\d+)\s*</x:Row>\s*<x:Column>\s*(\d+)\s*</x:Column>")
_SHAPE_NUMBER = re.compile(r"_x0000_s(\d+)")
#: Numbers of shapes come in blocks of so many.
_BLOCK = 1024
#: A comment is so wide, in columns, and this high for each so many characters, in rows.
_WIDE, _CHARACTERS = 4, 24

_PREFIXES = {
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
    "x": "urn:schemas-microsoft-com:office:excel",
}

NO_COMMENTS = f'<comments xmlns="{MAIN}"><authors></authors><commentList></commentList></comments>'
NO_DRAWING = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel">'
    '<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout>'
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>'
    '<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype></xml>'
)


def with_comments(comments: str, drawing: str, notes: Sequence[Note]) -> tuple[bytes, bytes]:
    """Both parts with our comments instead of those of an earlier copy. A cell that its sender has commented keeps that comment.

    Raises `NotPlain` where the parts are spelled unusually.
    """
    if "<comments" not in comments or "</commentList>" not in comments or "</xml>" not in drawing or "<!" in comments + drawing:
        raise NotPlain
    drawing = _with_usual_prefixes(drawing)
    authors = [unescape(name) for name in _AUTHOR.findall(comments)]
    ours = {str(number) for number, name in enumerate(authors) if name == AUTHOR}
    gone: set[str] = set()
    kept: set[str] = set()
    for comment in _COMMENT.findall(comments):
        (gone if _attribute(comment, "authorId") in ours else kept).add(_attribute(comment, "ref"))
    comments = _COMMENT.sub(lambda found: "" if _attribute(found[0], "authorId") in ours else found[0], comments)
    drawing = _SHAPE.sub(lambda found: "" if _is_at(found[0], gone - kept) else found[0], drawing)
    if not ours:
        comments = re.sub(r"<authors\s*/>", "<authors></authors>", comments).replace(
            "</authors>", f"<author>{AUTHOR}</author></authors>", 1
        )
    author = min(ours, default=str(len(authors)))
    added = [note for note in notes if _name(note) not in kept]
    texts = "".join(
        f'<comment ref="{_name(note)}" authorId="{author}"><text><t xml:space="preserve">{escape(without_control(note[2]))}</t></text></comment>'
        for note in added
    )
    first = _BLOCK * (1 + max((int(number) // _BLOCK for number in _SHAPE_NUMBER.findall(drawing)), default=0)) + 1
    shapes = "".join(_shape(note, first + number) for number, note in enumerate(added))
    blocks = ",".join(str(number) for number in range(1, (first + len(added)) // _BLOCK + 1))
    return (
        comments.replace("</commentList>", f"{texts}</commentList>", 1).encode(),
        re.sub(r'(<o:idmap [^>]*?data=")[\d,]*"', rf'\g<1>{blocks}"', drawing).replace("</xml>", f"{shapes}</xml>", 1).encode(),
    )


def _with_usual_prefixes(drawing: str) -> str:
    """A drawing that calls its namespaces as everybody does; some programs number them."""
    for usual, space in _PREFIXES.items():
        declared = re.search(rf'xmlns:(\w+)="{re.escape(space)}"', drawing)
        if declared is None:
            drawing = re.sub(r"<xml\b", f'<xml xmlns:{usual}="{space}"', drawing, count=1)
        elif declared.group(1) != usual:
            drawing = re.sub(rf"(?<=[<\s/:]){declared.group(1)}(?=[:=])", usual, drawing)
    return drawing


def _attribute(comment: str, name: str) -> str:
    found = re.match(rf'<comment\b[^>]*?\s{name}="([^"]*)"', comment)
    return found.group(1) if found else ""


def _name(note: Note) -> str:
    return f"{letters(note[1])}{note[0]}"


def _is_at(shape: str, names: set[str]) -> bool:
    place = _PLACE.search(shape)
    return place is not None and f"{letters(int(place.group(2)))}{int(place.group(1)) + 1}" in names


def _shape(note: Note, number: int) -> str:
    row, column, text = note
    top = max(row - 2, 0)
    lines = sum(1 + len(line) // _CHARACTERS for line in text.split("\n"))
    anchor = f"{column + 1}, 15, {top}, 10, {column + 1 + _WIDE}, 15, {top + max(3, lines) + 1}, 4"
    return (
        f'<v:shape id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
        '<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
        '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
        f'<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill>'
        f"<x:Row>{row - 1}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
    )
