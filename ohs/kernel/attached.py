"""Files that people attach: which are taken, told by their content and not by their name, and how large they may be."""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass
from math import ceil
from typing import Any

from wtforms import ValidationError

from ohs.kernel.i18n import say
from ohs.kernel.message import Message

BYTES_AT_MOST = 10 * 1024 * 1024
#: Longer names are cut from the front, so that the ending stays.
NAME_LENGTH = 120
#: How each kind of file begins; Office files are told apart by what lies in them.
BEGINNINGS = {b"%PDF-": "pdf", b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n\x1a\n": "png"}
OLD_OFFICE, NEW_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
#: Streams of the older Office files, and folders of the newer ones.
STREAMS = {"WordDocument".encode("utf-16-le"): "doc", "Workbook".encode("utf-16-le"): "xls", "Book".encode("utf-16-le"): "xls"}
FOLDERS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}
#: By ending; the first of several is the one that a file is given.
TYPES = {
    "pdf": ("application/pdf", (".pdf",)),
    "jpg": ("image/jpeg", (".jpg", ".jpeg")),
    "png": ("image/png", (".png",)),
    "doc": ("application/msword", (".doc",)),
    "xls": ("application/vnd.ms-excel", (".xls",)),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (".docx",)),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (".xlsx",)),
}


@dataclass(frozen=True)
class Attached:
    """A file that was taken."""

    name: str
    content: bytes
    content_type: str
    sha256: str


def type_of(content: bytes) -> str:
    """The kind of file that this is; empty for one that is not taken."""
    for beginning, kind in BEGINNINGS.items():
        if content.startswith(beginning):
            return kind
    if content.startswith(OLD_OFFICE):
        return next((kind for stream, kind in STREAMS.items() if stream in content), "")
    return _type_in_package(content) if content.startswith(NEW_OFFICE) else ""


def _type_in_package(content: bytes) -> str:
    try:
        names = set(zipfile.ZipFile(io.BytesIO(content)).namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return ""
    return next((kind for part, kind in FOLDERS.items() if part in names), "") if "[Content_Types].xml" in names else ""


def fault_of(name: str, content: bytes, length: int | None = None) -> Message | None:
    """Why a file is not taken; nothing where it is. `length` in bytes, where not all of it was read."""
    length = len(content) if length is None else length
    if length == 0:
        return Message("“%(name)s” is empty.", name=name)
    if length > BYTES_AT_MOST:
        size = f"{ceil(length / 1024 / 1024 * 10) / 10:g}"
        return Message("“%(name)s” has %(size)s MB; at most 10 MB can be attached.", name=name, size=size)
    if not type_of(content):
        return Message("“%(name)s” is not a PDF, picture, Word or Excel file.", name=name)
    return None


def attached(name: str, content: bytes) -> Attached:
    """A file without fault, named after what it is: a page that calls itself a picture is none."""
    content_type, endings = TYPES[type_of(content)]
    plain = name.replace("\\", "/").rsplit("/", 1)[-1].strip()[-NAME_LENGTH:] or "file"
    named = plain if plain.lower().endswith(endings) else plain + endings[0]
    return Attached(named, content, content_type, hashlib.sha256(content).hexdigest())


def attached_from(file: Any) -> Attached:
    """The same of a field of a form."""
    file.stream.seek(0)
    return attached(file.filename or "", file.stream.read())


def is_attachable(_form: Any, field: Any) -> None:
    """Refuse, at its field, a file that is not taken; none at all is for another validator."""
    if field.data:
        file = field.data
        length = file.stream.seek(0, io.SEEK_END)
        file.stream.seek(0)
        if (fault := fault_of(file.filename or "", file.stream.read(BYTES_AT_MOST + 1), length)) is not None:
            raise ValidationError(say(fault))
        file.stream.seek(0)
