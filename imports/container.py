"""What a file really is, and the parts of a workbook package, opened with limits so that no file can harm the server."""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import IO, Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ohs.kernel.message import Message


@dataclass(frozen=True)
class Limits:
    """How large a file may be. Rows count where they have a value, columns where they have a heading."""

    size: int = 50 * 1024**2
    unpacked: int = 1024**3
    rows: int = 200_000
    columns: int = 200


class Refused(Exception):
    """The file as a whole cannot be read: a stable code and one clear sentence."""

    def __init__(self, code: str, message: Message) -> None:
        super().__init__(str(message))
        self.code = code
        self.message = message


#: More members than any honest workbook has; their list alone could fill the memory.
MOST_MEMBERS = 10_000
_LONGEST_DIRECTORY = 4 * 1024**2
_SMALL_PART = 16 * 1024**2
_CHUNK = 1024**2
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: What reading a member of a damaged or hostile archive can raise.
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, struct.error, ValueError)


def unreadable(message: Message | None = None) -> Refused:
    """The refusal of a damaged file."""
    damaged = Message("The file is damaged and cannot be opened; save it again as .xlsx and hand in that file.")
    return Refused("unreadable", message or damaged)


def too_large(limits: Limits) -> Refused:
    """The refusal of a file of too many bytes."""
    return Refused("too-large", Message("The file is larger than %(count)s MiB; split it.", count=limits.size // 1024**2))


def too_large_unpacked(limits: Limits) -> Refused:
    return Refused("too-large", Message("Unpacked the file is larger than %(count)s MiB; split it.", count=limits.unpacked // 1024**2))


def too_many_rows(limits: Limits) -> Refused:
    return Refused("too-large", Message("The file has more than %(count)s rows; split it.", count=f"{limits.rows:,}"))


def too_many_columns(limits: Limits) -> Refused:
    return Refused(
        "too-large", Message("The file has more than %(count)s columns with a heading; remove what is not asked for.", count=limits.columns)
    )


def has_entities() -> Refused:
    return Refused(
        "unreadable", Message("The workbook holds XML declarations that are not allowed (DTD, entities); save it again with Excel or WPS.")
    )


def kind_of(content: bytes, filename: str, limits: Limits) -> str:
    """`xlsx` or `csv`; raises `Refused` for anything else, by what the bytes are rather than by the name."""
    if len(content) > limits.size:
        raise too_large(limits)
    if not content.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise Refused("unreadable", Message("The file is empty."))
    name = filename.lower()
    if content.startswith(b"PK"):
        return "xlsx"
    if content.startswith(_OLE):
        raise _ole(content)
    start = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<html", b"<!doctype html", b"<table", b"<meta", b"<?xml", b"<head", b"<style")):
        raise Refused("wrong-type", Message("This is a web page or XML file with the name of a workbook; open it and save it as .xlsx."))
    if content.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"{\\rtf")):
        raise _wrong_type()
    if name.endswith((".csv", ".txt")):
        return "csv"
    if name.endswith((".xlsx", ".xlsm")):
        raise unreadable()
    raise _wrong_type()


def _wrong_type() -> Refused:
    return Refused("wrong-type", Message("Only workbooks (.xlsx) and text tables (.csv) can be read; save the table as one of these."))


def _ole(content: bytes) -> Refused:
    if "EncryptedPackage".encode("utf-16-le") in content:
        return Refused("protected", Message("The workbook is protected by a password; save it without one."))
    if any(name.encode("utf-16-le") in content for name in ("Workbook", "Book")):
        return Refused("wrong-type", Message("This is an old workbook (.xls); open it and save it as .xlsx."))
    return _wrong_type()


@dataclass(frozen=True)
class SheetPart:
    """One worksheet: its name, and the member that holds it."""

    name: str
    member: str


@dataclass
class Package:
    """An open workbook package."""

    content: bytes
    limits: Limits
    #: Whether its parts lie where every reader looks for them.
    is_usual: bool = True
    counts_from_1904: bool = False
    sheets: list[SheetPart] = field(default_factory=list)
    strings: str | None = None
    styles: str | None = None

    @cached_property
    def archive(self) -> zipfile.ZipFile:
        return _open_archive(self.content)

    @cached_property
    def _members(self) -> dict[str, str]:
        """Members by their name in lower case: part names do not care for capitals."""
        return {name.replace("\\", "/").lstrip("/").lower(): name for name in self.archive.namelist()}

    def find(self, part: str) -> str | None:
        return self._members.get(part.lstrip("/").lower())

    def open(self, member: str) -> IO[bytes]:
        return self.archive.open(member)

    def chunks(self, member: str) -> Iterator[bytes]:
        """A member in pieces, to its end, where its checksum is proved."""
        try:
            with self.open(member) as file:
                while piece := file.read(_CHUNK):
                    yield piece
        except DAMAGED as damage:
            raise unreadable() from damage

    def xml(self, member: str) -> Element:
        """A small part as a tree, without DTD and entities."""
        if self.archive.getinfo(member).file_size > _SMALL_PART:
            raise too_large_unpacked(self.limits)
        try:
            tree: Element = fromstring(b"".join(self.chunks(member)), forbid_dtd=True)
        except DefusedXmlException as hostile:
            raise has_entities() from hostile
        except (ParseError, LookupError, ValueError) as damage:
            raise unreadable() from damage
        return tree


def _open_archive(content: bytes) -> zipfile.ZipFile:
    end = content.rfind(b"PK\x05\x06")
    if end < 0 or len(content) < end + 22:
        raise unreadable()
    members, directory = struct.unpack("<HI", content[end + 10 : end + 16])
    if members > MOST_MEMBERS or directory > _LONGEST_DIRECTORY:
        raise unreadable()
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except DAMAGED as damage:
        raise unreadable() from damage


def open_package(content: bytes, limits: Limits) -> Package:
    """The parts of an .xlsx; raises `Refused` for macros, passwords, other kinds of package, damage and excess."""
    package = Package(content, limits)
    infos = package.archive.infolist()
    names = {name.lower() for name in package.archive.namelist()}
    if len(infos) > MOST_MEMBERS or len(names) < len(infos):
        raise unreadable()
    if any(info.flag_bits & 0x1 for info in infos):
        raise Refused("protected", Message("The workbook is protected by a password; save it without one."))
    if sum(info.file_size for info in infos) > limits.unpacked:
        raise too_large_unpacked(limits)
    _read_types(package)
    if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in names):
        raise _macro()
    _read_workbook(package)
    return package


def _macro() -> Refused:
    return Refused("macro", Message("The workbook is of the kind that holds macros (.xlsm); save it as .xlsx, which has none."))


def _read_types(package: Package) -> None:
    types = package.find("[Content_Types].xml")
    if types is None:
        raise _wrong_type()
    elements = list(package.xml(types))
    declared = " ".join(element.get("ContentType", "") for element in elements)
    if "sheet.binary" in declared:
        raise Refused("wrong-type", Message("This is a binary workbook (.xlsb); open it and save it as .xlsx."))
    # A kind by extension alone is left over where the macros were taken out.
    parts = " ".join(element.get("ContentType", "") for element in elements if element.get("PartName"))
    if "macroenabled" in declared.lower() or "vbaproject" in parts.lower():
        raise _macro()
    if "spreadsheetml" not in declared:
        raise _wrong_type()


def _relations(package: Package, part: str) -> list[tuple[str, str, str]]:
    """Identifier, last word of the type, and target part of everything that a part refers to."""
    folder, name = posixpath.split(part)
    member = package.find(posixpath.join(folder, "_rels", f"{name}.rels"))
    if member is None:
        return []
    found = []
    for relation in package.xml(member):
        target = relation.get("Target", "").replace("\\", "/")
        if relation.get("TargetMode") != "External":
            path = posixpath.normpath(target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target))
            found.append((relation.get("Id", ""), relation.get("Type", "").rsplit("/", 1)[-1], path))
    return found


def _local(name: str) -> str:
    return name.rsplit("}", 1)[-1]


def _attribute(element: Any, name: str) -> str:
    """An attribute of that local name, whatever its namespace."""
    return next((value for key, value in element.attrib.items() if _local(key) == name), "")


def _read_workbook(package: Package) -> None:
    starts = [path for _id, kind, path in _relations(package, "") if kind == "officeDocument"]
    workbook = next((path for path in (*starts, "xl/workbook.xml") if package.find(path)), None)
    if workbook is None:
        raise unreadable()
    member = package.find(workbook)
    assert member is not None
    relations = _relations(package, workbook)
    by_id = {id: (kind, path) for id, kind, path in relations}
    tree = package.xml(member)
    if _local(tree.tag) != "workbook":
        raise unreadable()
    for element in tree.iter():
        if _local(element.tag) == "workbookPr":
            package.counts_from_1904 = _attribute(element, "date1904") in ("1", "true", "on")
        elif _local(element.tag) == "sheet":
            kind, path = by_id.get(_attribute(element, "id"), ("", ""))
            part = package.find(path)
            if kind == "worksheet" and part:
                package.sheets.append(SheetPart(_attribute(element, "name"), part))
    for _id, kind, path in relations:
        if kind == "sharedStrings":
            package.strings = package.find(path)
        elif kind == "styles":
            package.styles = package.find(path)
    used = [sheet.member for sheet in package.sheets] + [part for part in (package.strings, package.styles) if part]
    package.is_usual = member == "xl/workbook.xml" and all(part.startswith("xl/") for part in used)
    if not package.sheets:
        raise unreadable()
