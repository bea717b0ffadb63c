"""The receipt of a declaration (职业病危害项目申报回执) as a PDF."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date
from typing import Any

import segno

from exports.typesetting import typeset

TITLE = "职业病危害项目申报回执"
TEXT = "你单位提交的职业病危害项目申报材料收悉。经审查，材料齐全，符合《职业病危害项目申报办法》规定的形式，现予受理。申报内容发生变化的，应当按照该办法第八条规定的期限申报变更。"


@dataclass(frozen=True)
class ReceiptSheet:
    """What stands on a receipt. `classes` are hazard classes with exposed people."""

    number: str
    employer: str
    uscc: str
    workplace: str
    acceptor: str
    kind: str
    accepted_on: date
    classes: tuple[tuple[str, int], ...]
    employees: int
    exposed: int
    hazards: tuple[str, ...]
    risk: str
    update_from: date | None
    update_to: date | None
    #: What the public check asks for, and its address.
    code: str
    url: str


def receipt_pdf(sheet: ReceiptSheet) -> bytes:
    """The PDF. What people wrote is handed over as data and never read as markup."""
    return typeset("receipt.typ", _data(sheet))


def receipt_png(sheet: ReceiptSheet) -> bytes:
    """The same as a picture, to be looked at."""
    return typeset("receipt.typ", _data(sheet), "png")


def _data(sheet: ReceiptSheet) -> dict[str, Any]:
    qr = io.BytesIO()
    segno.make(sheet.url, error="m").save(qr, kind="svg", scale=4, border=1)
    window = f"{sheet.update_from} 之后，至 {sheet.update_to} 止" if sheet.update_from and sheet.update_to else "—"
    rows = [
        ("用人单位名称", sheet.employer),
        ("统一社会信用代码", sheet.uscc),
        ("工作场所地址", sheet.workplace),
        ("申报类型", sheet.kind),
        ("职工总数 / 接害人数", f"{sheet.employees} 人 / {sheet.exposed} 人"),
        ("危害类别及接害人数", "、".join(f"{name} {count} 人" for name, count in sheet.classes)),
        ("主要职业病危害因素", "、".join(sheet.hazards)),
        ("风险分类", sheet.risk),
        ("受理日期", sheet.accepted_on.isoformat()),
        ("受理机关", sheet.acceptor),
        ("下次年度更新", window),
    ]
    on = sheet.accepted_on
    return {
        "title": TITLE, "number": sheet.number, "rows": rows, "text": TEXT, "qr": qr.getvalue().decode(), "code": f"验证码：{_in_fours(sheet.code)}", "url": sheet.url,
        "acceptor": sheet.acceptor, "seal": "（电子印章）", "on": f"{on.year} 年 {on.month} 月 {on.day} 日",
    }  # fmt: skip


def _in_fours(code: str) -> str:
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))
