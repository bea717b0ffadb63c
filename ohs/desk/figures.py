"""The figures of a department's area, read from the counts that the commits keep; every one opens the rows it counts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from ohs.declarations.models import DeclarationCount
from ohs.kernel.charts import Area, bars_and_line, county_map
from ohs.kernel.clock import today
from ohs.kernel.policy import Permission, could
from ohs.kernel.screens import show_share
from ohs.registry.labels import SIZE_LABELS, county_name, industry_name, jurisdiction_of
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


def last_months(on: date) -> list[str]:
    """The last twelve months, this one included: `2025-12` … `2026-11`."""
    count = on.year * 12 + on.month - 1
    return [f"{(count - back) // 12:04d}-{(count - back) % 12 + 1:02d}" for back in reversed(range(MONTHS))]


@dataclass
class Figures:
    """What is counted in an area and in those below it: by `(dimension, value)` and, for a city, by `("county", code)`."""

    #: Standing of filings → how many, and how many people are exposed there.
    filings: dict[tuple[str, str], dict[str, tuple[int, int]]]
    #: Examinations of the last months.
    examinations: dict[tuple[str, str], int]
    examinations_by_month: dict[str, int]
    accepted_by_month: dict[str, int]
    suspected: int
    contraindications: int


EVERYTHING = ("all", "")


def _areas(user: Any) -> dict[str, str]:
    """The areas whose counts are read → the county or zone that they are told as; the reader's own area as itself."""
    place = user.organisation
    own = {place.region_code: ""}
    if place.level == "city":
        return own | {area.code: area.code for area in jurisdictions()}
    return own


def _figures(session: Session, user: Any, months: list[str]) -> Figures:
    areas = _areas(user)
    own = user.organisation.region_code
    wanted = lambda model: or_(model.area_code == own, and_(model.area_code.in_(areas), model.dimension == "all"))  # noqa: E731
    found = Figures(defaultdict(dict), defaultdict(int), {}, {}, 0, 0)
    filed = select(
        DeclarationCount.area_code, DeclarationCount.dimension, DeclarationCount.value, DeclarationCount.status, DeclarationCount.declarations,
        DeclarationCount.exposed,
    ).where(DeclarationCount.measure == "filing", wanted(DeclarationCount))  # fmt: skip
    for area, dimension, value, status, count, exposed in session.execute(filed):
        found.filings[("county", area) if area != own else (dimension, value)][status] = (count, exposed)
    examined = (
        select(
            ExaminationCount.area_code, ExaminationCount.dimension, ExaminationCount.value, func.sum(ExaminationCount.examinations),
            func.sum(ExaminationCount.suspected), func.sum(ExaminationCount.contraindications),
        )
        .where(ExaminationCount.month.in_(months), wanted(ExaminationCount))
        .group_by(ExaminationCount.area_code, ExaminationCount.dimension, ExaminationCount.value)
    )  # fmt: skip
    for area, dimension, value, count, suspected, contraindications in session.execute(examined):
        found.examinations[("county", area) if area != own else (dimension, value)] = int(count)
        if area == own and dimension == "all":
            found.suspected, found.contraindications = int(suspected), int(contraindications)
    monthly = select(ExaminationCount.month, ExaminationCount.examinations).where(
        ExaminationCount.area_code == own, ExaminationCount.month.in_(months), ExaminationCount.dimension == "all"
    )
    found.examinations_by_month = {month: int(count) for month, count in session.execute(monthly)}
    accepted = select(DeclarationCount.month, DeclarationCount.declarations).where(
        DeclarationCount.area_code == own, DeclarationCount.measure == "accepted", DeclarationCount.month.in_(months),
        DeclarationCount.dimension == "all",
    )  # fmt: skip
    found.accepted_by_month = {month: int(count) for month, count in session.execute(accepted)}
    return found


def figures_panel(session: Session, user: Any, _subject: Any) -> dict[str, Any]:
    """Tiles, map, chart and tables of the reader's area."""
    months = last_months(today())
    found = _figures(session, user, months)
    sees_results = could(user, Permission.EXAMINATION_LIST)
    by_county = _lines(found, "county", [(area.code, county_name(area.code)) for area in jurisdictions()], sees_results)
    own = _jurisdiction(user)
    if own:
        found.filings["county", own], found.examinations["county", own] = found.filings[EVERYTHING], found.examinations[EVERYTHING]
        by_county = _lines(found, "county", [(own, county_name(own))], sees_results)
    sectors = sorted(value for dimension, value in found.filings if dimension == "sector" and value)
    by_sector = _lines(found, "sector", [(code, industry_name(code)) for code in sectors], sees_results)
    by_size = _lines(found, "size", [(size, str(label)) for size, label in SIZE_LABELS.items()], sees_results)
    accepted, examined = found.accepted_by_month, found.examinations_by_month
    labels = [f"{int(month[5:])}月" for month in months]
    chart = bars_and_line(
        labels, [accepted.get(month, 0) for month in months], [examined.get(month, 0) for month in months], _("Declarations accepted"), _("Examinations"),
        _("Declarations accepted and examinations, month by month"),
    )  # fmt: skip
    return {
        "tiles": _tiles(found, user, sees_results), "map": _map(by_county) if user.organisation.level == "city" else None, "chart": chart,
        "months": [(month, accepted.get(month, 0), examined.get(month, 0)) for month in months], "by_county": by_county,
        "by_sector": sorted(by_sector, key=lambda line: -line.declaring)[:12], "by_size": by_size,
    }  # fmt: skip


def _jurisdiction(user: Any) -> str:
    """The one county or zone to which the reader's area belongs; empty for the city."""
    place = user.organisation
    return jurisdiction_of(place.region_code) if place.level == "town" else place.region_code if place.level in ("county", "zone") else ""


def _lines(found: Figures, dimension: str, keys: list[tuple[str, str]], sees_results: bool) -> list[Line]:
    lines = []
    for code, name in keys:
        mine = found.filings.get((dimension, code), {})
        lines.append(
            Line(
                name, sum(mine[status][0] for status in DECLARING if status in mine), sum(mine[status][0] for status in IN_ORDER if status in mine),
                sum(mine[status][1] for status in DECLARING if status in mine), found.examinations.get((dimension, code), 0),
                f"{url_for('declarations.index')}?{dimension}={code}", f"{url_for('examinations.index')}?{dimension}={code}" if sees_results else "",
            )
        )  # fmt: skip
    return lines


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


def _tiles(found: Figures, user: Any, sees_results: bool) -> list[Tile]:
    mine = found.filings.get(EVERYTHING, {})
    by_status = {status: mine.get(status, (0, 0))[0] for status in DECLARING}
    declaring, in_order = sum(by_status.values()), sum(by_status[status] for status in IN_ORDER)
    exposed = sum(mine[status][1] for status in DECLARING if status in mine)
    count = found.examinations.get(EVERYTHING, 0)
    people = {"S": found.suspected, "C": found.contraindications}
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
