"""An official letter (公文) as a PDF: letterhead, number, addressee, text, organ and day, and the slip that is signed on receipt (送达回证)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

from exports.typesetting import chinese_day, typeset

PREVIEW = "预览稿 · 未编号 · 不具效力"


@dataclass(frozen=True)
class Letter:
    """What stands on one copy of a letter."""

    organ: str
    #: E.g. `海卫职告〔2026〕0001号`.
    number: str
    title: str
    addressee: str
    paragraphs: tuple[str, ...]
    on: date
    #: For whom this copy is: `第一联 交劳动者`.
    copy: str
    #: Heading and lines of a list that goes with the letter; none where there is no heading.
    list_heading: tuple[str, ...] = ()
    list_rows: tuple[tuple[str, ...], ...] = ()
    contact: str = ""
    case_number: str = ""
    #: Whether whoever receives it signs for it.
    has_slip: bool = True
    is_preview: bool = False


def letter_pdf(letter: Letter) -> bytes:
    """The PDF. What people wrote is handed over as data and never read as markup."""
    return _set(letter, "pdf")


def letter_png(letter: Letter) -> bytes:
    """The same as a picture, to be looked at; only of a letter of one page."""
    return _set(letter, "png")


def as_data(letter: Letter) -> dict[str, Any]:
    """What the copy says, to be kept beside it."""
    return asdict(letter) | {"on": letter.on.isoformat()}


def _set(letter: Letter, kind: Literal["pdf", "png"]) -> bytes:
    rows = [
        ("送达文书", f"《{letter.title}》（{letter.number}）"),
        ("受送达人", letter.addressee),
        ("送达机构", letter.organ),
        ("送达地点", ""),
        ("送达方式", "□直接送达　□留置送达　□邮寄送达　□其他："),
        ("收件人签名或者盖章", "　　　　　　　　　　　　　　　　年　　月　　日"),
        ("代收人签名及理由", "　　　　　　　　　　　　　　　　年　　月　　日"),
        ("送达人签名", "　　　　　　　　　　　　　　　　年　　月　　日"),
        ("备注", ""),
    ]
    data = asdict(letter) | {
        "on": chinese_day(letter.on), "seal": "（印章）", "slip_title": "送达回证", "slip_rows": rows, "preview": PREVIEW if letter.is_preview else "",
        "case": f"案件编号：{letter.case_number}" if letter.case_number else "",
    }  # fmt: skip
    return typeset("letter.typ", data, kind, dated=letter.on)
