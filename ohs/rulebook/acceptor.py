"""Which office accepts a declaration: the department by the regime of the day, the level by ownership and place (O48 art. 4)."""

from __future__ import annotations

from datetime import date

from ohs.kernel.message import Message
from ohs.rulebook.answer import Answer, no_answer
from ohs.rulebook.questions import QuestionError, question
from ohs.rulebook.regions import CITY, Region, jurisdictions, regions, regions_named, towns_of
from ohs.rulebook.tables import in_force, table

#: Where the law says which level accepts; the clock of the receipt stands in another article.
SOURCE = "O48 安监总局令第48号 第4条"
DEPARTMENTS = {"SAFE": "safety", "HLTH": "health"}
CITY_OWNERSHIP = {"central": True, "provincial": True, "other": False, "中央": True, "省级": True, "省属": True, "其他": False}


@question("acceptor")
def acceptor(region: str, ownership: str, on: date) -> Answer:
    """Department and level that accept the declaration of a workplace in `region` (a code or an unambiguous name)."""
    if ownership not in CITY_OWNERSHIP:
        raise QuestionError(Message("The ownership is central, provincial or other."))
    places = regions_named(region)
    if len(places) > 1:
        choices = [f"{one.code} {one.name}" for one in places]
        return no_answer(Message("“%(region)s” can mean several areas; give the code: %(areas)s.", region=region, areas=choices))
    if not places:
        return no_answer(_unknown_area(region))
    row = next(in_force((row for row in table("deadlines") if row["slug"] == "declaration-receipt"), on), None)
    if row is None:
        return no_answer(Message("No rule of that name was in force on %(day)s.", day=on.isoformat()))
    is_city = CITY_OWNERSHIP[ownership] or places[0].code == CITY
    office = regions()[CITY if is_city else places[0].jurisdiction]
    return Answer(
        {"department": DEPARTMENTS[row["actor"]], "level": office.level, "region": office.code, "region_name": office.name},
        source=SOURCE, edition=_regime(on), verified=row["verified"] == "yes",
        steps=(
            Message("On %(day)s declarations are accepted by: %(department)s.", day=on.isoformat(), department=Message(DEPARTMENTS[row["actor"]])),
            _level(ownership, places[0], office),
        ),
    )  # fmt: skip


def _regime(on: date) -> str:
    """The document that says which department supervises on a day."""
    rows = in_force((row for row in table("editions") if row["table_or_subject"] == "supervision regime"), on)
    return next(row["document"] for row in rows)


def _level(ownership: str, place: Region, office: Region) -> Message:
    """Why this level accepts (O48 art. 4)."""
    if CITY_OWNERSHIP[ownership]:
        return Message("Central and provincial employers file with the city: %(office)s.", office=office.name)
    if place.level == "town" and place.zone_code == office.code:
        return Message("%(place)s is run by a zone, which accepts instead of the county: %(office)s.", place=place.name, office=office.name)
    return Message("Responsible is %(office)s.", office=office.name)


@question("region")
def region(q: str) -> Answer:
    """An area of the city by code or name: what it is, to whom it belongs, who is responsible, and its parts."""
    places = regions_named(q)
    if not places:
        return no_answer(_unknown_area(q))
    value = [
        {
            "code": place.code, "name": place.name, "level": place.level, "parent": place.parent_code or None, "zone": place.zone_code or None,
            "jurisdiction": place.jurisdiction, "towns": [f"{town.code} {town.name}" for town in towns_of(place.code)],
        }
        for place in places
    ]  # fmt: skip
    rows = [row for row in table("regions") if row["code"] in {place.code for place in places}]
    return Answer(
        value, edition=rows[0]["edition"] or None, source="统计用区划代码", verified=all(row["verified"] == "yes" for row in rows)
    )


def _unknown_area(text: str) -> Message:
    areas = [f"{one.code} {one.name}" for one in jurisdictions()]
    return Message("“%(region)s” is not one area of the city; counties and zones are: %(areas)s.", region=text, areas=areas)
