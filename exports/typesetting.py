"""How documents are set: one folder of templates, our own fonts, and what people wrote handed over as data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Literal

import typst

FOLDER = Path(__file__).resolve().parent
PDF = "application/pdf"


def typeset(
    template: str, data: Mapping[str, Any], kind: Literal["pdf", "png"] = "pdf", *, ppi: float = 80.0, dated: date | None = None
) -> bytes:
    """A document of a template of this folder; a picture is of its only page. What people wrote is never read as markup.

    One that is `dated` bears that day inside as well, so that the same words make the same bytes.
    """
    made = typst.compile(
        FOLDER / template,
        root=FOLDER,
        font_paths=[FOLDER / "fonts"],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        format=kind,
        ppi=ppi,
        timestamp=datetime.combine(dated, time(), UTC) if dated else None,
    )
    return bytes(made)


def chinese_day(day: date) -> str:
    """The day as letters write it."""
    return f"{day.year}年{day.month}月{day.day}日"
