"""The styles of a workbook with ours added to them: every cell that is marked keeps its own look but for the fill."""

from __future__ import annotations

import re

from exports.marks import Look
from exports.sheet_markup import MAIN, NotPlain

FILLS = {Look.PROBLEM: "FFF8C9C7", Look.NOTICE: "FFFFF0C2", Look.FINDING: "FFDCE9FA", Look.CORRECTED: "FFD5EBD8"}
_HEAD_FILL, _HEAD_FONT = "FFE4EAF3", "FF13223C"
_ITEMS = {
    "fills": re.compile(r"<fill>.*?</fill>|<fill\s*/>", re.DOTALL),
    "fonts": re.compile(r"<font>.*?</font>|<font\s*/>|<font\s[^>]*>.*?</font>", re.DOTALL),
    "cellXfs": re.compile(r"<xf\b[^>]*?(?:/>|(?<!/)>.*?</xf>)", re.DOTALL),
}
_FILL_OF = re.compile(r'\sfillId="(\d+)"')
_OWN_FILL = re.compile(r'fgColor\s+rgb="(\w{8})"')
#: What may stand before the fonts, and what must stand behind the fills.
_BEHIND = re.compile(r"<(?:borders|cellStyleXfs|cellXfs)\b")


class Styles:
    """Styles by number; those asked for are added once each. Raises `NotPlain` where they are spelled unusually."""

    def __init__(self, markup: bytes) -> None:
        try:
            self._text = markup.decode("utf-8-sig")
        except UnicodeDecodeError as other:
            raise NotPlain from other
        root = re.search(r"<styleSheet\b[^>]*>", self._text)
        if root is None or f'xmlns="{MAIN}"' not in root.group() or "<!" in self._text:
            raise NotPlain
        self._had = {name: self._items(name) for name in _ITEMS}
        self._added: dict[str, list[str]] = {name: [] for name in _ITEMS}
        if not self._had["cellXfs"]:
            raise NotPlain
        if not self._had["fills"]:
            self._added["fills"] = [f'<fill><patternFill patternType="{kind}"/></fill>' for kind in ("none", "gray125")]
        self._known: dict[tuple[int, Look], int] = {}

    def _block(self, name: str) -> re.Match[str] | None:
        return re.search(rf"<{name}\b[^>]*>(.*?)</{name}>", self._text, re.DOTALL)

    def _items(self, name: str) -> list[str]:
        block = self._block(name)
        return _ITEMS[name].findall(block.group(1)) if block else []

    def _add(self, name: str, markup: str) -> int:
        added = self._added[name]
        if markup not in added:
            added.append(markup)
        return len(self._had[name]) + added.index(markup)

    def _fill(self, colour: str) -> int:
        return self._add(
            "fills", f'<fill><patternFill patternType="solid"><fgColor rgb="{colour}"/><bgColor indexed="64"/></patternFill></fill>'
        )

    def marked(self, base: int, look: Look) -> int:
        """The style of a cell of style `base` that is marked."""
        known = self._known.get((base, look))
        if known is None:
            styles = self._had["cellXfs"]
            known = self._known[base, look] = self._add(
                "cellXfs", _filled(styles[base if base < len(styles) else 0], self._fill(FILLS[look]))
            )
        return known

    def said(self, look: Look | None) -> int:
        """The style of a text of ours that may be long, filled where it says how grave it is."""
        fill = f'fillId="{self._fill(FILLS[look])}" applyFill="1"' if look else 'fillId="0"'
        return self._add(
            "cellXfs",
            f'<xf numFmtId="49" fontId="0" {fill} borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>',
        )

    @property
    def heading(self) -> int:
        """The style of a heading of ours."""
        font = (
            self._add("fonts", f'<font><b/><sz val="11"/><color rgb="{_HEAD_FONT}"/><name val="Calibri"/></font>')
            if self._had["fonts"]
            else 0
        )
        fill = self._fill(_HEAD_FILL)
        return self._add(
            "cellXfs",
            f'<xf numFmtId="49" fontId="{font}" fillId="{fill}" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1"/>',
        )

    def of_earlier_marks(self) -> dict[int, int]:
        """Styles that only our fill tells from others → the style without it."""
        ours = {
            number for number, fill in enumerate(self._had["fills"]) if any(colour in FILLS.values() for colour in _OWN_FILL.findall(fill))
        }
        found = {}
        for number, style in enumerate(self._had["cellXfs"]):
            fill = _FILL_OF.search(style)
            if fill and int(fill.group(1)) in ours:
                found[number] = self._add("cellXfs", _filled(style, 0))
        return found

    def markup(self) -> bytes:
        """The part with everything that was added."""
        text = self._text
        for name, added in self._added.items():
            if not added:
                continue
            items = "".join(added)
            count = len(self._had[name]) + len(added)
            opened = re.search(rf"<{name}\b[^>]*>", text)
            if self._block(name) and opened:
                tag = re.sub(r'\scount="\d*"', "", opened.group())[:-1] + f' count="{count}">'
                text = text[: opened.start()] + tag + text[opened.end() :].replace(f"</{name}>", f"{items}</{name}>", 1)
            else:
                place = _BEHIND.search(text)
                assert place is not None  # there are styles of cells
                text = f'{text[: place.start()]}<{name} count="{count}">{items}</{name}>{text[place.start() :]}'
        return text.encode()


def _filled(style: str, fill: int) -> str:
    tag_end = re.match(r"<xf\b[^>]*?(?=/?>)", style)
    assert tag_end is not None  # that is how they were found
    tag = re.sub(r'\s(?:fillId|applyFill)="[^"]*"', "", tag_end.group())
    return f'{tag} fillId="{fill}" applyFill="{1 if fill else 0}"{style[tag_end.end() :]}'
