"""The evidence pack of a diagnosis: a bound PDF of chapters and tables, and an archive of it with its attachments and their digests."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import IO

from exports.sheet import neutral
from exports.typesetting import typeset

BINDER = "证据册.pdf"
LIST = "清单.csv"
DIGESTS = "SHA256SUMS"
LIST_HEADING = ("文件", "来源", "字节", "SHA-256")
#: What no name of a file inside an archive may hold, on any system.
UNFIT = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')
LONGEST_NAME = 80


@dataclass(frozen=True)
class Table:
    """Rows of text below a heading; `shares` are the widths of the columns against one another."""

    heading: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    shares: tuple[float, ...]
    title: str = ""


@dataclass(frozen=True)
class Chapter:
    """One chapter: what is said, then its tables."""

    title: str
    paragraphs: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True)
class Pack:
    """What stands in the PDF. `drawn` says who took it out, when and what for, on every page."""

    title: str
    case_number: str
    cover: tuple[tuple[str, str], ...]
    chapters: tuple[Chapter, ...]
    drawn: str


@dataclass(frozen=True)
class Attachment:
    """A file that goes with the pack, and where it comes from."""

    folder: str
    name: str
    source: str
    content: bytes


def pack_pdf(pack: Pack) -> bytes:
    """The PDF. What people wrote is handed over as data and never read as markup."""
    return typeset("evidence_pack.typ", asdict(pack))


def write_archive(out: IO[bytes], pdf: bytes, source: str, attachments: Iterable[Attachment]) -> None:
    """PDF, attachments, a list of them with their sources, and their digests as `sha256sum -c` reads them."""
    listed: list[tuple[str, str, int, str]] = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:

        def put(path: str, told: str, content: bytes) -> None:
            archive.writestr(path, content)
            listed.append((path, told, len(content), hashlib.sha256(content).hexdigest()))

        put(BINDER, source, pdf)
        for position, one in enumerate(attachments, 1):
            put(f"{fit_name(one.folder)}/{position:03d}-{fit_name(one.name)}", one.source, one.content)
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(LIST_HEADING)
        writer.writerows((neutral(path), neutral(told), size, digest) for path, told, size, digest in listed)
        put(LIST, "", text.getvalue().encode("utf-8-sig"))
        archive.writestr(DIGESTS, "".join(f"{digest}  {path}\n" for path, _told, _size, digest in listed))


def fit_name(name: str) -> str:
    """A name that every system can unpack: no folder of its own, no sign that one of them forbids, the ending kept."""
    plain = UNFIT.sub("_", name).strip(" .") or "_"
    return plain[-LONGEST_NAME:]
