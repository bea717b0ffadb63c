"""Which office accepts a declaration: the department by the regime of the day, the level by ownership and place (O48 art. 4)."""

from __future__ import annotations

from datetime import date

from ohs.kernel.message import Message
from ohs.rulebook.answer import Answer, no_answer
from ohs.rulebook.questions import question
from ohs.rulebook.regions import CITY, regions
from ohs.rulebook.tables import in_force, table

DEPARTMENTS = {"SAFE": "safety", "HLTH": "health"}
CITY_OWNERSHIP = {"central": True, "provincial": True, "other": False, "中央": True, "省属": True, "其他": False}


@question("acceptor")
def acceptor(region: str, ownership: str, on: date) -> Answer:
    """Department and level that accept the declaration of a workplace in `region` (a code or an unambiguous name)."""
    if ownership not in CITY_OWNERSHIP:
        return no_answer(Message("Say whether the employer is central, provincial or other."))
    places = [place for place in regions().values() if region in (place.code, place.name)]
    if len(places) != 1:
        return no_answer(Message("“%(region)s” is not one area of the city.", region=region))
    row = next(in_force((row for row in table("deadlines") if row["slug"] == "declaration-receipt"), on), None)
    if row is None:
        return no_answer(Message("No rule of that name was in force on %(day)s.", day=on.isoformat()))
    is_city = CITY_OWNERSHIP[ownership] or places[0].code == CITY
    office = regions()[CITY if is_city else places[0].jurisdiction]
    return Answer(
        {"department": DEPARTMENTS[row["actor"]], "level": office.level, "region": office.code, "region_name": office.name},
        source=row["article"], edition=row["effective_from"] or None, verified=row["verified"] == "yes",
        steps=(
            Message("On %(day)s declarations are accepted by: %(department)s.", day=on.isoformat(), department=Message(DEPARTMENTS[row["actor"]])),
            Message("Responsible is %(office)s.", office=office.name),
        ),
    )  # fmt: skip
