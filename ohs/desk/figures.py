"""The figures of a department's area, read from the counts that the commits keep; every one opens the rows it counts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from ohs.declarations.models import DeclarationCount
from ohs.kernel.charts import Area, bars_and_line, county_map
from ohs.kernel.clock import today
from ohs.kernel.policy import Permission, could
from ohs.kernel.screens import show_share
from ohs.registry.labels import SIZE_LABELS, county_name, industry_name
from ohs.rulebook.regions import jurisdictions
from ohs.surveillance.models import ExaminationCount

#: Standings of filings that are declared and in order, and all that should be.
IN_ORDER = ("live", "update_due", "change_due")
DECLARING = (*IN_ORDER, "lapsed", "untrue", "cancel_pending")
MONTHS = 12
#: Counts of people below this are not shown to who may see counts only (suppression, a default of this office).
FEW = 5


@dataclass(frozen=True)
class Line:
    """One line of a table of figures."""

    name: str
    declaring: int
    in_order: int
    exposed: int
    examinations: int
    href: str
    examinations_href: str


def _within(model: Any, user: Any) -> ColumnElement[bool]:
    place = user.organisation
    if place.level in ("county", "zone"):
        return model.county_code == place.region_code  # type: ignore[no-any-return]
    if place.level == "town":
        return model.region_code == place.region_code  # type: ignore[no-any-return]
    return true()


def last_months(on: date) -> list[str]:
    """The last twelve months, this one included: `2025-12` … `2026-11`."""
    count = on.year * 12 + on.month - 1
    return [f"{(count - back) // 12:04d}-{(count - back) % 12 + 1:02d}" for back in reversed(range(MONTHS))]


def _standings(session: Session, user: Any) -> list[Any]:
    columns = (DeclarationCount.status, DeclarationCount.county_code, DeclarationCount.sector, DeclarationCount.size)
    question = (
        select(*columns, func.sum(DeclarationCount.declarations), func.sum(DeclarationCount.exposed))
        .where(DeclarationCount.measure == "filing", _within(DeclarationCount, user))
        .group_by(*columns)
    )
    return [tuple(row) for row in session.execute(question)]


def _examinations(session: Session, user: Any, months: list[str]) -> list[Any]:
    columns = (ExaminationCount.month, ExaminationCount.county_code, ExaminationCount.sector, ExaminationCount.size)
    question = (
        select(
            *columns, func.sum(ExaminationCount.examinations), func.sum(ExaminationCount.suspected), func.sum(ExaminationCount.contraindications),
            func.sum(ExaminationCount.rechecks),
        )
        .where(ExaminationCount.month.in_(months), _within(ExaminationCount, user))
        .group_by(*columns)
    )  # fmt: skip
    return [tuple(row) for row in session.execute(question)]


def _accepted(session: Session, user: Any, months: list[str]) -> dict[str, int]:
    question = (
        select(DeclarationCount.month, func.sum(DeclarationCount.declarations))
        .where(DeclarationCount.measure == "accepted", DeclarationCount.month.in_(months), _within(DeclarationCount, user))
        .group_by(DeclarationCount.month)
    )
    return {month: int(count) for month, count in session.execute(question)}


def figures_panel(session: Session, user: Any, _subject: Any) -> dict[str, Any]:
    """Tiles, map, chart and tables of the reader's area."""
    months = last_months(today())
    standings, examined = _standings(session, user), _examinations(session, user, months)
    sees_results = could(user, Permission.EXAMINATION_LIST)
    by_county = _lines(standings, examined, 1, 1, [(area.code, county_name(area.code)) for area in jurisdictions()], "county", sees_results)
    if user.organisation.level in ("county", "zone"):
        by_county = [line for line in by_county if line.declaring or line.examinations]
    sectors = sorted({row[2] for row in standings if row[2]})
    by_sector = _lines(standings, examined, 2, 2, [(code, industry_name(code)) for code in sectors], "sector", sees_results)
    by_size = _lines(standings, examined, 3, 3, [(size, str(label)) for size, label in SIZE_LABELS.items()], "size", sees_results)
    accepted = _accepted(session, user, months)
    per_month: dict[str, int] = defaultdict(int)
    for row in examined:
        per_month[row[0]] += int(row[4])
    labels = [f"{int(month[5:])}月" for month in months]
    chart = bars_and_line(
        labels, [accepted.get(month, 0) for month in months], [per_month[month] for month in months], _("Declarations accepted"), _("Examinations"),
        _("Declarations accepted and examinations, month by month"),
    )  # fmt: skip
    return {
        "tiles": _tiles(standings, examined, user, sees_results), "map": _map(by_county) if user.organisation.level == "city" else None, "chart": chart,
        "months": [(month, accepted.get(month, 0), per_month[month]) for month in months], "by_county": by_county,
        "by_sector": sorted(by_sector, key=lambda line: -line.declaring)[:12], "by_size": by_size,
    }  # fmt: skip


def _lines(
    standings: list[Any], examined: list[Any], at: int, exam_at: int, keys: list[tuple[str, str]], filter: str, sees_results: bool
) -> list[Line]:
    found = []
    for code, name in keys:
        mine = [row for row in standings if row[at] == code]
        examinations = sum(int(row[4]) for row in examined if row[exam_at] == code)
        found.append(
            Line(
                name, sum(int(row[4]) for row in mine if row[0] in DECLARING), sum(int(row[4]) for row in mine if row[0] in IN_ORDER),
                sum(int(row[5]) for row in mine if row[0] in DECLARING), examinations, f"{url_for('declarations.index')}?{filter}={code}",
                f"{url_for('examinations.index')}?{filter}={code}" if sees_results else "",
            )
        )  # fmt: skip
    return found


def _map(lines: list[Line]) -> Any:
    areas = {
        area.code: Area(line.in_order / line.declaring if line.declaring else None, show_share(line.in_order, line.declaring), line.href)
        for area, line in zip(jurisdictions(), lines, strict=True)
    }
    return county_map(areas, _("Share of filings in order, by county"), _("Low"), _("High"))


@dataclass(frozen=True)
class Tile:
    """One figure with its label and what it opens."""

    label: str
    value: str
    note: str
    href: str
    tone: str = ""


def _tiles(standings: list[Any], examined: list[Any], user: Any, sees_results: bool) -> list[Tile]:
    by_status: dict[str, int] = defaultdict(int)
    for row in standings:
        by_status[row[0]] += int(row[4])
    declaring, in_order = sum(by_status[status] for status in DECLARING), sum(by_status[status] for status in IN_ORDER)
    exposed = sum(int(row[5]) for row in standings if row[0] in DECLARING)
    count = sum(int(row[4]) for row in examined)
    people = {name: sum(int(row[place]) for row in examined) for name, place in (("S", 5), ("C", 6))}
    tiles = [
        Tile(
            _("Workplaces that declare"),
            f"{declaring:,}",
            _("with a filing that is not cancelled"),
            url_for("declarations.index", status="accepted"),
        ),
        Tile(_("In order"), f"{in_order:,}", show_share(in_order, declaring), url_for("declarations.index", standing="live")),
        Tile(
            _("Update due"),
            f"{by_status['update_due']:,}",
            _("window of the annual update open"),
            url_for("declarations.index", standing="update_due"),
        ),
        Tile(_("Lapsed"), f"{by_status['lapsed']:,}", _("limit passed"), url_for("declarations.index", standing="lapsed"), "text-danger"),
        Tile(_("Exposed people"), f"{exposed:,}", _("as declared"), url_for("declarations.index", sort="-exposed")),
        Tile(_("Examinations"), f"{count:,}", _("in twelve months"), url_for("examinations.index") if sees_results else ""),
    ]
    if user.role_names & {"health", "safety"}:
        for kind, label in (("S", _("Suspected occupational diseases")), ("C", _("Contraindications"))):
            shown = f"{people[kind]:,}" if sees_results or not 0 < people[kind] < FEW else f"< {FEW}"
            tiles.append(Tile(label, shown, _("in twelve months"), url_for("examinations.index", conclusion=kind) if sees_results else ""))
    return tiles
