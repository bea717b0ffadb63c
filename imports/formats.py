"""Every format that is handed in as a workbook, by its name."""

from __future__ import annotations

from imports import declarations, employers, examinations
from imports.sheet import Format

FORMATS: dict[str, Format] = {format.name: format for format in (employers.FORMAT, declarations.FORMAT, examinations.FORMAT)}
