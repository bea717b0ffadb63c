"""The papers of the joint meeting (职业病防治工作联席会议) as PDFs: the agenda and the minutes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import typst

FOLDER = Path(__file__).resolve().parent
NAME = "职业病防治工作联席会议"


@dataclass(frozen=True)
class Proposed:
    """One thing on the agenda."""

    number: str
    cause: str
    proposer: str
    cases: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Decided:
    """The same with what was decided: by whom and until when it is done."""

    item: Proposed
    decision: str
    owner: str
    due_on: date | None


@dataclass(frozen=True)
class AgendaSheet:
    """What stands on an agenda. `number` is the year and the count within it, `2026-03`."""

    number: str
    held_on: date
    place: str
    chair: str
    members: tuple[str, ...]
    items: tuple[Proposed, ...]


@dataclass(frozen=True)
class MinutesSheet:
    """What stands in the minutes."""

    number: str
    held_on: date
    place: str
    chair: str
    members: tuple[str, ...]
    decided: tuple[Decided, ...]
    text: str
    closed_on: date


def agenda_pdf(sheet: AgendaSheet) -> bytes:
    """The agenda. What people wrote is handed over as data and never read as markup."""
    items = [_item(number, item) for number, item in enumerate(sheet.items, 1)]
    return _draw({**_head(sheet, "议程"), "heading": "议题", "items": items, "none": "（暂无议题）", "text": [], "end": []})


def minutes_pdf(sheet: MinutesSheet) -> bytes:
    """The minutes."""
    items = [
        {**_item(number, one.item), "rows": [*_item(number, one.item)["rows"], ["会议决定", one.decision], ["牵头单位", one.owner], ["完成期限", _day(one.due_on)]]}
        for number, one in enumerate(sheet.decided, 1)
    ]  # fmt: skip
    end = [NAME + "办公室", _day(sheet.closed_on)]
    return _draw(
        {
            **_head(sheet, "纪要"),
            "heading": "议定事项",
            "items": items,
            "none": "（无议定事项）",
            "text": sheet.text.splitlines(),
            "end": end,
        }
    )


def _head(sheet: AgendaSheet | MinutesSheet, kind: str) -> dict[str, Any]:
    year, count = sheet.number.split("-")
    return {
        "title": f"{NAME}{kind}", "number": f"联席会议{kind}〔{year}〕{int(count)} 号",
        "rows": [
            ["会议时间", _day(sheet.held_on)], ["会议地点", sheet.place], ["主 持 人", sheet.chair or "—"], ["成员单位", "、".join(sheet.members)],
        ],
    }  # fmt: skip


def _item(number: int, item: Proposed) -> dict[str, Any]:
    rows = [["提交事由", item.cause], ["提交单位", item.proposer], ["涉及个案", "、".join(item.cases) or "—"], ["情况说明", item.why]]
    return {"title": f"{number}．{item.number}", "rows": rows}


def _day(day: date | None) -> str:
    return f"{day.year} 年 {day.month} 月 {day.day} 日" if day else "—"


def _draw(data: dict[str, Any]) -> bytes:
    made = typst.compile(
        FOLDER / "meeting.typ", root=FOLDER, font_paths=[FOLDER / "fonts"], ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)}, format="pdf",
    )  # fmt: skip
    return bytes(made)
