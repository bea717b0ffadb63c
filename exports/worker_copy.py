"""A copy of a worker's file for the worker (职业健康监护档案复印件) as a PDF on A4, to be signed by whoever hands it out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import typst

FOLDER = Path(__file__).resolve().parent
TITLE = "劳动者职业健康监护档案复印件"
#: ODL art. 36, in the words in which it is quoted on the sheet.
BY_LAW = "根据《中华人民共和国职业病防治法》第三十六条，劳动者离开用人单位时，有权索取本人职业健康监护档案复印件，用人单位应当如实、无偿提供，并在所提供的复印件上签章。"
Lines = Sequence[tuple[str, ...]]


@dataclass(frozen=True)
class ExaminationBlock:
    """One examination: its heading, facts, and values as (item, result, reference), empty for who may not hold them."""

    title: str
    rows: Lines
    values: Lines


@dataclass(frozen=True)
class DiagnosisLine:
    """One conclusion of diagnosis or appraisal."""

    on: str
    name: str
    told: str


@dataclass(frozen=True)
class WorkerCopy:
    """What stands on a copy. `footer` and `watermark` say who printed it, when and for what."""

    number: str
    holder: str
    person: Lines
    history: Lines
    doses: Lines
    examinations: Sequence[ExaminationBlock]
    cases: Lines
    diagnoses: Sequence[DiagnosisLine]
    notes: Sequence[str]
    footer: str
    watermark: str


def worker_copy_pdf(copy: WorkerCopy) -> bytes:
    """The PDF. What people wrote is handed over as data and never read as markup."""
    return b"".join(_draw(copy, "pdf"))


def worker_copy_pages(copy: WorkerCopy) -> list[bytes]:
    """The same as pictures, page by page, to be looked at."""
    return _draw(copy, "png")


def _draw(copy: WorkerCopy, kind: Literal["pdf", "png"]) -> list[bytes]:
    made: bytes | list[bytes] = typst.compile(
        FOLDER / "worker_copy.typ",
        root=FOLDER,
        font_paths=[FOLDER / "fonts"],
        ignore_system_fonts=True,
        sys_inputs={"data": _data(copy)},
        format=kind,
        ppi=80.0,
    )
    return list(made) if isinstance(made, list) else [bytes(made)]


def _data(copy: WorkerCopy) -> str:
    data = {
        "title": TITLE, "number": copy.number, "holder": copy.holder, "person": copy.person, "history": copy.history, "doses": copy.doses,
        "examinations": [{"title": one.title, "rows": one.rows, "values": _two_abreast(one.values)} for one in copy.examinations],
        "cases": copy.cases, "diagnoses": [{"on": one.on, "name": one.name, "told": one.told} for one in copy.diagnoses],
        "notes": [BY_LAW, *copy.notes], "footer": copy.footer, "watermark": copy.watermark,
    }  # fmt: skip
    return json.dumps(data, ensure_ascii=False)


def _two_abreast(values: Lines) -> list[tuple[str, ...]]:
    """Two items in a line, the last one filled up."""
    padded = [*values, *([("", "", "")] * (len(values) % 2))]
    return [(*padded[at], *padded[at + 1]) for at in range(0, len(padded), 2)]
