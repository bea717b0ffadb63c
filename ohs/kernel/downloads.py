"""Workbooks as answers: written to a file beside, sent in pieces, gone afterwards."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import mkstemp
from typing import Any
from urllib.parse import quote

from flask import Response, send_file

from exports.sheet import XLSX, LedgerColumn, write_ledger
from ohs.kernel.clock import today
from ohs.kernel.i18n import say

PIECE = 256 * 1024


def workbook_answer(title: str, columns: Sequence[LedgerColumn], rows: Iterable[Sequence[Any]]) -> Response:
    """A ledger as a download named after its title and the day."""
    handle, name = mkstemp(suffix=".xlsx")
    os.close(handle)
    path = Path(name)
    try:
        write_ledger(path, title, columns, rows, say)
        file = path.open("rb")
    finally:
        path.unlink()  # the open file lives on until it is sent
    size = os.fstat(file.fileno()).st_size
    return Response(
        _pieces(file),
        mimetype=XLSX,
        headers={"Content-Disposition": attachment_header(f"{title}-{today()}.xlsx"), "Content-Length": str(size)},
    )


def _pieces(file: io.BufferedReader) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece


def attachment_header(name: str) -> str:
    """The header that names a download, in any script."""
    return f"attachment; filename*=UTF-8''{quote(name)}"


def bytes_answer(content: bytes, name: str, mimetype: str = XLSX) -> Response:
    """Finished bytes as a download."""
    return send_file(io.BytesIO(content), mimetype=mimetype, as_attachment=True, download_name=name)
