"""The figures of a department's area, read from the counts that the commits keep; every one opens the rows it counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import g, url_for
from flask_babel import gettext as _
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from ohs.declarations.labels import DECLARING, IN_ORDER
from ohs.declarations.models import Declaration, DeclarationCount
from ohs.declarations.queries import waiting_for
from ohs.desk.months import day_span, last_months, month_name
from ohs.kernel.charts import Area, Series, bars_and_line, county_map
from ohs.kernel.clock import today
from ohs.kernel.paging import capped_count
from ohs.kernel.policy import Permission, could
from ohs.kernel.screens import show_capped, show_share
from ohs.registry.labels import SIZE_LABELS, industry_name
from ohs.rulebook.regions import jurisdictions, towns_of
from ohs.surveillance.models import ExaminationCount

#: Counts of people below this are not told to who may know counts only (a default of this office); nor that there are none.
FEW = 5


@dataclass
class Figures:
    """What is counted in an area and in those below it: by `(dimension, value)`, and by `(BELOW, code)` of each area below."""

    #: Standing of filings → how many, and how many people are exposed there.
    filings: dict[tuple[str, str], dict[str, tuple[int, int]]]
    #: Examinations of the last months.
    examinations: dict[tuple[str, str], int]
    examinations_by_month: dict[str, int]
    accepted_by_month: dict[str, int]
    suspected: int
    contraindications: int


EVERYTHING = ("all", "")
BELOW = "below"


def areas_below(user: Any) -> tuple[tuple[str, str], ...]:
    """Code and name of the areas into which the reader's own is divided: counties and zones of the city, towns of a county."""
    place = user.organisation
    match place.level:
        case "city":
            return tuple((area.code, area.name) for area in jurisdictions())
        case "county" | "zone":
            return tuple((town.code, town.name) for town in towns_of(place.region_code))
    return ()


def figures_of(session: Session, user: Any) -> Figures:
    """The reader's figures, asked for once in a request however many panels draw them."""
    held: tuple[int, Figures] | None = g.get("figures")
    if held is None or held[0] != user.id:
        held = g.figures = (user.id, _figures(session, user, last_months(today())))
    return held[1]


def _figures(session: Session, user: Any, months: list[str]) -> Figures:
    own = user.organisation.region_code
    below = {code for code, _name in areas_below(user)}
    wanted = lambda model: or_(model.area_code == own, and_(model.area_code.in_(below), model.dimension == "all"))  # noqa: E731
    found = Figures(defaultdict(dict), defaultdict(int), {}, {}, 0, 0)
    filed = select(
        DeclarationCount.area_code, DeclarationCount.dimension, DeclarationCount.value, DeclarationCount.status, DeclarationCount.declarations,
        DeclarationCount.exposed,
    ).where(DeclarationCount.measure == "filing", wanted(DeclarationCount))  # fmt: skip
    for area, dimension, value, status, count, exposed in session.execute(filed):
        found.filings[(BELOW, area) if area != own else (dimension, value)][status] = (count, exposed)
    examined = (
        select(
            ExaminationCount.area_code, ExaminationCount.dimension, ExaminationCount.value, func.sum(ExaminationCount.examinations),
            func.sum(ExaminationCount.suspected), func.sum(ExaminationCount.contraindications),
        )
        .where(ExaminationCount.month.in_(months), wanted(ExaminationCount))
        .group_by(ExaminationCount.area_code, ExaminationCount.dimension, ExaminationCount.value)
    )  # fmt: skip
    for area, dimension, value, count, suspected, contraindications in session.execute(examined):
        found.examinations[(BELOW, area) if area != own else (dimension, value)] = int(count)
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


@dataclass(frozen=True)
class Figure:
    """One number and the rows that it counts; no address where the reader may know the number only."""

    value: int | None
    href: str = ""


@dataclass(frozen=True)
class Line:
    """One line of a table of figures."""

    name: str
    declaring: Figure
    in_order: Figure
    exposed: Figure
    examinations: Figure


def declarations_at(**filters: Any) -> str:
    """The ledger of declarations, narrowed."""
    return url_for("declarations.index", **{name: value for name, value in filters.items() if value})


def examinations_at(**filters: Any) -> str:
    """The list of examinations, narrowed."""
    return url_for("examinations.index", **{name: value for name, value in filters.items() if value})


@dataclass(frozen=True)
class Counts:
    """What is counted for one area, industry or size."""

    declaring: int
    in_order: int
    exposed: int
    examinations: int


def counts_of(found: Figures, dimension: str, code: str) -> Counts:
    """The counts of one area (`BELOW`), industry or size."""
    mine = found.filings.get((dimension, code), {})
    count = lambda statuses, place: sum(mine[status][place] for status in statuses if status in mine)  # noqa: E731
    return Counts(count(DECLARING, 0), count(IN_ORDER, 0), count(DECLARING, 1), found.examinations.get((dimension, code), 0))


def sectors_in(found: Figures) -> list[str]:
    """The divisions of industry of which anything is counted, those with the most filings first."""
    codes = {value for dimension, value in (*found.filings, *found.examinations) if dimension == "sector" and value}
    counted = {code: counts_of(found, "sector", code) for code in sorted(codes)}
    return sorted(
        (code for code, counts in counted.items() if counts.declaring or counts.examinations), key=lambda code: -counted[code].declaring
    )


def _lines(found: Figures, dimension: str, filter: str, keys: Iterable[tuple[str, str]], user: Any) -> list[Line]:
    since = day_span(last_months(today())[0])[0].isoformat()
    lists = could(user, Permission.EXAMINATION_LIST)
    lines = []
    for code, name in keys:
        counts = counts_of(found, dimension, code)
        declaring = declarations_at(**{filter: code}, standing="declaring")
        lines.append(
            Line(
                name, Figure(counts.declaring, declaring), Figure(counts.in_order, declarations_at(**{filter: code}, standing="in-order")),
                Figure(counts.exposed, f"{declaring}&sort=-exposed"),
                Figure(counts.examinations, examinations_at(**{filter: code}, examined_from=since) if lists else ""),
            )
        )  # fmt: skip
    return lines


def area_lines(session: Session, user: Any) -> list[Line]:
    """The figures of each area below the reader's own."""
    filter = "county" if user.organisation.level == "city" else "town"
    return _lines(figures_of(session, user), BELOW, filter, areas_below(user), user)


def columns_for(user: Any) -> dict[str, bool]:
    """Which columns the reader's tables have: nobody sees figures of what the sharing table keeps from their department."""
    return {"shows_exposed": could(user, Permission.FIGURES_EXPOSED), "shows_examinations": could(user, Permission.FIGURES_EXAMINATIONS)}


def figures_panel(session: Session, user: Any, _subject: Any) -> dict[str, Any]:
    """Tiles, map or table of the areas, and the chart of the months."""
    found, level = figures_of(session, user), user.organisation.level
    lines = area_lines(session, user)
    beside = {"title": _("By town"), "name": _("Town"), "lines": lines} if level != "town" else sizes_of(session, user)
    return {
        "tiles": tiles(session, user, found), "map": _map(lines) if level == "city" else None, **beside,
        **_months(found, user), **columns_for(user),
    }  # fmt: skip


@dataclass(frozen=True)
class Month:
    """One line of the table behind the chart."""

    name: str
    accepted: Figure
    examinations: Figure


def _months(found: Figures, user: Any) -> dict[str, Any]:
    lists, shows = could(user, Permission.EXAMINATION_LIST), could(user, Permission.FIGURES_EXAMINATIONS)
    lines = []
    for month in last_months(today()):
        first, last = (day.isoformat() for day in day_span(month))
        lines.append(
            Month(
                month, Figure(found.accepted_by_month.get(month, 0), declarations_at(accepted_from=first, accepted_to=last)),
                Figure(found.examinations_by_month.get(month, 0), examinations_at(examined_from=first, examined_to=last) if lists else ""),
            )
        )  # fmt: skip
    accepted = Series(_("Declarations accepted"), [line.accepted.value or 0 for line in lines])
    examined = Series(_("Examinations"), [line.examinations.value or 0 for line in lines])
    title = _("Declarations accepted and examinations, month by month") if shows else _("Declarations accepted, month by month")
    return {
        "months": lines,
        "chart": bars_and_line([month_name(line.name) for line in lines], accepted, examined if shows else None, title),
    }


def areas_panel(session: Session, user: Any, _subject: Any) -> dict[str, Any] | None:
    """The table behind the map."""
    if user.organisation.level != "city":
        return None
    return {"title": _("By county and zone"), "name": _("County or zone"), "lines": area_lines(session, user), **columns_for(user)}


def sectors_panel(session: Session, user: Any, _subject: Any) -> dict[str, Any]:
    """The figures of each division of industry, the largest first."""
    found = figures_of(session, user)
    lines = _lines(found, "sector", "sector", [(code, industry_name(code)) for code in sectors_in(found)], user)
    return {"title": _("By industry"), "name": _("Industry"), "lines": lines, **columns_for(user)}


def sizes_panel(session: Session, user: Any, _subject: Any) -> dict[str, Any] | None:
    """The figures of each size of employer; a town has them beside its chart already."""
    return None if user.organisation.level == "town" else sizes_of(session, user)


def sizes_of(session: Session, user: Any) -> dict[str, Any]:
    """The table of sizes."""
    lines = _lines(figures_of(session, user), "size", "size", [(size, str(label)) for size, label in SIZE_LABELS.items()], user)
    return {"title": _("By size"), "name": _("Size of the employer"), "lines": lines, **columns_for(user)}


def _map(lines: list[Line]) -> Any:
    areas = {}
    for area, line in zip(jurisdictions(), lines, strict=True):
        part, whole = line.in_order.value or 0, line.declaring.value or 0
        areas[area.code] = Area(part / whole if whole else None, show_share(part, whole), line.declaring.href)
    return county_map(areas, _("Share of filings in order, by county"), _("Low"), _("High"))


@dataclass(frozen=True)
class Tile:
    """One figure with its label and what it opens."""

    label: str
    value: str
    note: str
    href: str = ""
    tone: str = ""


def tiles(session: Session, user: Any, found: Figures) -> list[Tile]:
    """The figures that a department sees first."""
    mine = found.filings.get(EVERYTHING, {})
    by_status = {status: mine.get(status, (0, 0))[0] for status in DECLARING}
    declaring, in_order = sum(by_status.values()), sum(by_status[status] for status in IN_ORDER)
    made = [
        Tile(
            _("Workplaces that declare"), f"{declaring:,}", _("with a filing that is not cancelled"), declarations_at(standing="declaring")
        ),
        Tile(_("In order"), f"{in_order:,}", show_share(in_order, declaring), declarations_at(standing="in-order")),
    ]
    if could(user, Permission.DECLARATION_ACCEPT_LIST) and (waiting := _to_accept(session, user)) is not None:
        made.append(waiting)
    if not could(user, Permission.FIGURES_CONCLUSIONS):
        made.append(
            Tile(
                _("Update due"),
                f"{by_status['update_due']:,}",
                _("window of the annual update open"),
                declarations_at(standing="update_due"),
            )
        )
    made.append(Tile(_("Lapsed"), f"{by_status['lapsed']:,}", _("limit passed"), declarations_at(standing="lapsed"), "late"))
    if could(user, Permission.FIGURES_EXPOSED):
        exposed = sum(mine[status][1] for status in DECLARING if status in mine)
        note = _("%(count)s examined in twelve months", count=f"{found.examinations.get(EVERYTHING, 0):,}")
        seen = could(user, Permission.FIGURES_EXAMINATIONS)
        made.append(
            Tile(
                _("Exposed people"),
                f"{exposed:,}",
                note if seen else _("as declared"),
                declarations_at(standing="declaring", sort="-exposed"),
            )
        )
    if could(user, Permission.FIGURES_CONCLUSIONS):
        made += _conclusions(user, found)
    return made


def _to_accept(session: Session, user: Any) -> Tile | None:
    """What lies at this office; the safety department, whose regime has ended, is told only where something still does."""
    question = waiting_for(user)
    waiting = capped_count(session, question)
    if not waiting and not could(user, Permission.FINDING_LIST):
        return None
    earliest = session.scalar(question.with_only_columns(func.min(Declaration.due_on)).order_by(None))
    is_late = earliest is not None and earliest < today()
    note = _("the earliest by %(day)s", day=earliest.isoformat()) if earliest else _("none waits")
    return Tile(_("To be accepted"), show_capped(waiting), note, declarations_at(mine="yes", status="submitted"), "late" if is_late else "")


def _conclusions(user: Any, found: Figures) -> list[Tile]:
    """Suspected diseases and contraindications; who may know counts only is not told small ones."""
    lists, made = could(user, Permission.EXAMINATION_LIST), []
    since = day_span(last_months(today())[0])[0].isoformat()
    for kind, label, people in (
        ("S", _("Suspected occupational diseases"), found.suspected),
        ("C", _("Contraindications"), found.contraindications),
    ):
        shown = f"{people:,}" if lists or people >= FEW else f"< {FEW}"
        made.append(Tile(label, shown, _("in twelve months"), examinations_at(conclusion=kind, examined_from=since) if lists else ""))
    return made
