"""A workbook package written anew from an old one: parts replaced or added, everything else copied as it is."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterable
from typing import IO
from xml.sax.saxutils import quoteattr

from exports.sheet_markup import MAIN, NotPlain
from exports.stamping import RELATIONS
from exports.styling import Styles
from imports.container import Package

_TYPES, _WORKBOOK, _CALCULATION = "[Content_Types].xml", "xl/workbook.xml", "xl/calcChain.xml"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
_LINK = re.compile(r"<Relationship\s[^>]*?(?:/>|></Relationship>)")
NO_LINKS = f'<Relationships xmlns="{_LINKS}"></Relationships>'


class Rewriting:
    """What a package becomes. Raises `NotPlain` where its own parts are spelled unusually."""

    def __init__(self, package: Package) -> None:
        if not package.is_usual or package.styles is None:
            raise NotPlain
        self.package = package
        self.styles = Styles(b"".join(package.chunks(package.styles)))
        self._parts: dict[str, Iterable[bytes]] = {}
        self._texts: dict[str, str] = {}
        self._types = self.text(_TYPES)
        root = re.search(r"<workbook\b[^>]*>", self.text(_WORKBOOK))
        if "</Types>" not in self._types or root is None or f'xmlns="{MAIN}"' not in root.group():
            raise NotPlain

    def text(self, name: str, otherwise: str = "") -> str:
        """A small part as it is to become; `otherwise` stands for one that is not there."""
        name = self._name(name)
        if name not in self._texts:
            if not self.package.find(name):
                return otherwise
            try:
                text = b"".join(self.package.chunks(name)).decode("utf-8-sig")
            except UnicodeDecodeError as other:
                raise NotPlain from other
            if "<!" in text:
                raise NotPlain
            self._texts[name] = text
        return self._texts[name]

    def _name(self, name: str) -> str:
        """The part's name as the package spells it."""
        return self.package.find(name) or name

    def replace(self, name: str, pieces: Iterable[bytes], kind: str = "") -> None:
        """Write this part instead; `kind` says what a new part is."""
        self._parts[self._name(name)] = pieces
        self._texts.pop(self._name(name), None)
        if kind and f'"/{name}"' not in self._types:
            self._types = self._types.replace("</Types>", f'<Override PartName="/{name}" ContentType="{_KIND}.{kind}+xml"/></Types>', 1)

    def declare_drawings(self) -> None:
        """Drawings of comments are known by their extension."""
        if 'Extension="vml"' not in self._types:
            drawing = '<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>'
            self._types = re.sub(r"(<Types\b[^>]*>)", rf"\g<1>{drawing}", self._types, count=1)

    def links(self, part: str) -> dict[str, tuple[str, str]]:
        """What a part refers to inside the package, by relation: the last word of its type, and the path."""
        folder = posixpath.dirname(part)
        found = {}
        for link in _LINK.findall(self.text(_links_of(part))):
            had = dict(re.findall(r'(\w+)="([^"]*)"', link))
            target = had.get("Target", "")
            if had.get("TargetMode") != "External":
                path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
                found[had.get("Id", "")] = (had.get("Type", "").rsplit("/", 1)[-1], path)
        return found

    def link(self, part: str, kind: str, target: str) -> str:
        """Let a part refer to another; gives the name of the relation."""
        name = self._name(_links_of(part))
        text = self.text(name, NO_LINKS).replace("<Relationships/>", "<Relationships></Relationships>")
        text = re.sub(r"(<Relationships\b[^>]*?)\s*/>", r"\1></Relationships>", text)
        if "</Relationships>" not in text:
            raise NotPlain
        taken = set(re.findall(r'\sId="([^"]*)"', text))
        id = next(id for number in range(1, len(taken) + 2) if (id := f"ohs{number}") not in taken)
        made = f'<Relationship Id="{id}" Type="{RELATIONS}/{kind}" Target={quoteattr("/" + target)}/>'
        self._texts[name] = text.replace("</Relationships>", f"{made}</Relationships>", 1)
        return id

    def unused(self, pattern: str) -> str:
        """The first name of a pattern (`xl/comments{}.xml`) that no part has."""
        number = 1
        while self.package.find(pattern.format(number)) or pattern.format(number) in self._parts:
            number += 1
        return pattern.format(number)

    def sheet(self, name: str, pieces: Iterable[bytes]) -> None:
        """The sheet of that name, at the end where there is none yet."""
        existing = next((sheet.member for sheet in self.package.sheets if sheet.name == name), None)
        if existing is not None:
            self._parts[existing] = pieces
            self._texts[self._name(_links_of(existing))] = NO_LINKS
            return
        member = self.unused("xl/worksheets/sheet{}.xml")
        self.replace(member, pieces, "worksheet")
        id = self.link(_WORKBOOK, "worksheet", member)
        workbook = self.text(_WORKBOOK)
        number = max((int(found) for found in re.findall(r'\ssheetId="(\d+)"', workbook)), default=0) + 1
        made = f'<sheet xmlns:r="{RELATIONS}" name={quoteattr(name)} sheetId="{number}" r:id="{id}"/>'
        if "</sheets>" not in workbook:
            raise NotPlain
        self._texts[self._name(_WORKBOOK)] = workbook.replace("</sheets>", f"{made}</sheets>", 1)

    def write(self, out: IO[bytes]) -> None:
        """Write the package; parts are taken and given in pieces."""
        self._forget_order_of_calculation()
        self._texts[self._name(_TYPES)] = self._types
        styles = self._name(self.package.styles or "")
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            written = set()
            for info in self.package.archive.infolist():
                if info.is_dir() or info.filename.lower() == _CALCULATION.lower() or info.filename == styles:
                    continue
                written.add(info.filename)
                _write(archive, info.filename, self._pieces(info.filename))
            for name in {**self._parts, **self._texts}.keys() - written:
                _write(archive, name, self._pieces(name))
            # Only now it is known which styles the stamped cells need.
            _write(archive, styles, (self.styles.markup(),))

    def _pieces(self, name: str) -> Iterable[bytes]:
        if name in self._texts:
            return (self._texts[name].encode(),)
        return self._parts[name] if name in self._parts else self.package.chunks(name)

    def _forget_order_of_calculation(self) -> None:
        """A spreadsheet works it out anew; it must not name cells that hold no formula any more."""
        if not self.package.find(_CALCULATION):
            return
        self._types = re.sub(rf'<Override\s[^>]*"/{_CALCULATION}"[^>]*/>', "", self._types)
        name = _links_of(_WORKBOOK)
        self._texts[self._name(name)] = re.sub(r'<Relationship\s[^>]*?/calcChain"[^>]*/>', "", self.text(name))


def _links_of(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _write(archive: zipfile.ZipFile, name: str, pieces: Iterable[bytes]) -> None:
    with archive.open(name, "w") as file:
        for piece in pieces:
            file.write(piece)
