"""Occupational exposure limits: dust and chemicals (GBZ 2.1-2019 with its amendments), physical factors (GBZ 2.2-2007)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from ohs.kernel.message import Message
from ohs.rulebook.answer import Answer, no_answer
from ohs.rulebook.hazards import find_by_any_name, fold, part_names, unclear
from ohs.rulebook.physical import physical_answer
from ohs.rulebook.questions import QuestionError, question
from ohs.rulebook.tables import Row, table
from ohs.rulebook.thresholds import threshold

FRACTIONS = {"total": "total", "respirable": "respirable", "总尘": "total", "呼尘": "respirable"}
#: Entry of the dust table that every dust with so much free silica falls under.
SILICA_ENTRY = "40"
#: The standard, its two amendments, and the tables in which its limits stand.
STANDARD = "GBZ 2.1-2019"
FIRST_AMENDMENT, SECOND_AMENDMENT = f"{STANDARD} Amendment No. 1", f"{STANDARD} Amendment No. 2"
CHEMICAL_TABLE, DUST_TABLE = f"{STANDARD} 表1", f"{STANDARD} 表2"
_SILICA = re.compile(r"(?:(\d+)%([<≤]))?游离SiO2含量(?:([<≤>])(\d+)%)?")
_ENTRY = re.compile(r"^(.*?)(?:（[^（）]*）)?：")
_REMARK = re.compile(r"\([^()]*\)$")
#: Sub-entries that hold only high above the sea: the city lies in a plain, so they are meant only when named.
HIGH_ALTITUDE = re.compile("：高原")


@dataclass(frozen=True)
class Limits:
    """The limits of one substance in mg/m3; what does not exist is empty. `pe` is the screening value of the peak."""

    name: str
    pc_twa: Decimal | None
    pc_stel: Decimal | None
    mac: Decimal | None
    pe: Decimal | None
    pe_absolute: Decimal | None
    edition: str
    source: str
    verified: bool
    steps: tuple[Message, ...]
    note: Message | None = None
    fraction: str = ""
    other_fraction: Decimal | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unknown:
    """No limit, and why."""

    message: Message
    edition: str | None = None


@cache
def _edition_starts() -> dict[str, str]:
    return {row["edition"]: row["effective_from"] for row in table("editions") if row["table_or_subject"].startswith("exposure_limits")}


def _since(edition: str, on: date) -> bool | None:
    """Whether an edition held on a day; None where only its month is known and the day lies in it."""
    start = _edition_starts()[edition]
    day = on.isoformat()
    if len(start) == 7:
        return None if day.startswith(start) else day > start
    return day >= start


def find_limits(hazard: str, on: date, fraction: str = "", silica_pct: Decimal | None = None) -> Limits | Unknown:
    """The limits of dust or a chemical; a dust with ten per cent of free silica or more is judged as silica dust, whatever its name."""
    if fraction and fraction not in FRACTIONS:
        raise QuestionError(Message("The fraction is total or respirable."))
    if silica_pct is not None and not 0 <= silica_pct <= 100:
        raise QuestionError(Message("silica_pct lies between 0 and 100."))
    if not _since("2019", on):
        return Unknown(_not_held(on))
    named = [row for name in ("exposure_limits_dust", "exposure_limits_chemical") for row in _named(name).get(fold(hazard), ())]
    if len({"pc_twa_total" in row for row in named}) > 1:
        return Unknown(Message("Several limits fit; name the substance: %(names)s.", names=[row["name_zh"] for row in named]), STANDARD)
    dust = _rows_named("exposure_limits_dust", hazard)
    found = find_by_any_name(hazard)
    is_dust = bool(dust) or (found is not None and found.category == "dust")
    if is_dust:
        return _dust(hazard, dust, fraction, silica_pct, on, is_silica=found is not None and _is_silica_code(found.code))
    rows = _rows_named("exposure_limits_chemical", hazard)
    if not rows:
        return _unnamed(hazard)
    return _chemical(hazard, rows, on)


def _not_held(on: date) -> Message:
    """Which edition held before the one that is held, by the table of editions."""
    day = on.isoformat()
    for row in table("editions"):
        if row["table_or_subject"].startswith("exposure_limits_chemical") and day <= (row["effective_to"] or ""):
            return Message("On %(day)s %(document)s was in force; its limits are not among our tables.", day=day, document=row["document"])
    return Message("The edition in force on %(day)s is not among our tables.", day=day)


def _is_silica_code(code: str) -> bool:
    return any(row["number"] == SILICA_ENTRY and code in row["hazard_code"].split(";") for row in table("exposure_limits_dust"))


def _unnamed(hazard: str) -> Unknown:
    found = find_by_any_name(hazard)
    if found is None:
        return Unknown(unclear(hazard))
    if found.category == "chemical":
        return Unknown(Message("The standard sets no limit for “%(name)s”.", name=found.name), STANDARD)
    return Unknown(Message("Our tables hold no limit for “%(name)s”.", name=found.name))


@cache
def _named(name: str) -> dict[str, tuple[Row, ...]]:
    """Rows by folded name, name without remark, CAS number, name of the whole entry, and the part's own name (铅尘)."""
    found: dict[str, dict[int, Row]] = {}
    for row in table(name):
        folded = fold(row["name_zh"])
        spellings = {folded, _REMARK.sub("", folded), *(fold(number) for number in row["cas"].split(";") if number)}
        if entry := _ENTRY.match(row["name_zh"]):
            spellings |= {fold(entry[1]), fold(row["name_zh"].split("：")[0]), *map(fold, part_names(row["name_zh"]))}
        for spelling in spellings:
            found.setdefault(spelling, {})[id(row)] = row
    return {spelling: tuple(rows.values()) for spelling, rows in found.items()}


def _rows_named(name: str, text: str) -> tuple[Row, ...]:
    """Rows by their own name first, else by the code of the catalogue."""
    by_name = _named(name).get(fold(text), ())
    if by_name:
        return by_name
    found = find_by_any_name(text)
    if found is None:
        return ()
    own = _named(name).get(fold(found.name), ()) or _named(name).get(_REMARK.sub("", fold(found.name)), ())
    return own or tuple(row for row in table(name) if found.code in row["hazard_code"].split(";"))


def _one_entry(rows: tuple[Row, ...]) -> bool:
    """Whether the rows are parts of one entry (铝尘：…), of which the stricter judges when nobody says which."""
    return len({row["name_zh"].split("：")[0] for row in rows}) == 1


def _dust(hazard: str, rows: tuple[Row, ...], fraction: str, silica_pct: Decimal | None, on: date, *, is_silica: bool) -> Limits | Unknown:
    steps: list[Message] = []
    tier = _silica_tier(silica_pct) if silica_pct is not None else None
    if tier is not None:
        steps.append(
            Message("Free silica %(pct)s %%: judged as %(name)s, whatever the dust is called.", pct=silica_pct, name=tier["name_zh"])
        )
        rows = (tier,)
    elif is_silica:
        if silica_pct is None:
            return Unknown(Message("The limit of silica dust depends on its free silica: give silica_pct."), STANDARD)
        return Unknown(Message("With %(pct)s %% of free silica this is no silica dust; name the dust itself.", pct=silica_pct), STANDARD)
    if not rows:
        return Unknown(
            Message("The standard sets no limit for “%(name)s” by this name; say whether it is 其他粉尘.", name=hazard), STANDARD
        )
    if not _one_entry(rows):
        return Unknown(Message("Several limits fit; name the dust: %(names)s.", names=[row["name_zh"] for row in rows]), STANDARD)
    wanted = FRACTIONS.get(fraction, "total")
    column = f"pc_twa_{wanted}"
    known = [row for row in rows if row[column]]
    if not known and all(row["verified"] != "yes" for row in rows):
        return Unknown(Message("The limit of “%(name)s” was not seen; it is not known to us.", name=rows[0]["name_zh"]), STANDARD)
    if not known:
        other = "respirable" if wanted == "total" else "total"
        if not fraction and any(row[f"pc_twa_{other}"] for row in rows):
            wanted, column = other, f"pc_twa_{other}"
            known = [row for row in rows if row[column]]
        else:
            return Unknown(
                Message(
                    "The standard sets no limit for this fraction of “%(name)s”. %(remark)s",
                    name=rows[0]["name_zh"],
                    remark=rows[0]["remark"],
                ),
                STANDARD,
            )
    row = min(known, key=lambda one: Decimal(one[column]))
    note = _stricter(known, row)
    twa = Decimal(row[column])
    other_text = row["pc_twa_respirable" if wanted == "total" else "pc_twa_total"]
    if others := [one for one in rows if one not in known]:
        note = Message(
            "There is a limit of another kind besides: %(others)s.", others=[f"{one['name_zh']} {one['remark']}" for one in others]
        )
    if not fraction and other_text:
        note = note or Message("This dust has a limit for each fraction; the worse governs: measure both.")
    steps.append(Message("%(name)s: PC-TWA %(limit)s mg/m3 (%(fraction)s).", name=row["name_zh"], limit=twa, fraction=Message(wanted)))
    return _with_peak(
        row["name_zh"], twa, None, None, on, row["verified"] == "yes", steps, note, wanted, Decimal(other_text) if other_text else None,
        choices=tuple(one["name_zh"] for one in known) if len(known) > 1 else (),
    )  # fmt: skip


def _stricter(rows: list[Row], row: Row) -> Message | None:
    if len(rows) < 2:
        return None
    return Message(
        "Several limits fit (%(names)s); without saying which, the stricter one judges: %(name)s.",
        names=[one["name_zh"] for one in rows],
        name=row["name_zh"],
    )


def _silica_tier(silica_pct: Decimal) -> Row | None:
    """The row of the silica entry whose band holds the content; none below its lowest."""
    for row in table("exposure_limits_dust"):
        found = _SILICA.search(row["remark"]) if row["number"] == SILICA_ENTRY else None
        if found is None:
            continue
        low, low_sign, sign, high = found.groups()
        above = low is None or silica_pct > Decimal(low) or (low_sign == "≤" and silica_pct == Decimal(low))
        within = high is None or {"<": silica_pct < Decimal(high), "≤": silica_pct <= Decimal(high), ">": silica_pct > Decimal(high)}[sign]
        if above and within:
            return row
    return None


def _chemical(hazard: str, rows: tuple[Row, ...], on: date) -> Limits | Unknown:
    if len(rows) > 1 and not _one_entry(rows):
        return Unknown(Message("Several limits fit; name the substance: %(names)s.", names=[row["name_zh"] for row in rows]), STANDARD)
    rows = tuple(row for row in rows if not HIGH_ALTITUDE.search(row["name_zh"])) or rows
    figures = lambda row: tuple(Decimal(row[key]) if row[key] else None for key in ("pc_twa", "pc_stel", "mac"))  # noqa: E731
    row = min(rows, key=lambda one: min(value for value in figures(one) if value is not None) if any(figures(one)) else Decimal(10**9))
    note = _stricter(list(rows), row)
    twa, stel, mac = figures(row)
    edition, is_verified = STANDARD, row["verified"] == "yes"
    if "第2号修改单" in row["remark"]:
        added = _since("2019/2", on)
        if added is None:
            return Unknown(
                Message(
                    "Amendment No. 2 took effect in %(month)s on a day that we have not seen: whether the limit held must be looked up.",
                    month=_edition_starts()["2019/2"],
                ),
                SECOND_AMENDMENT,
            )
        if not added:
            return Unknown(Message("The standard sets no limit for “%(name)s”.", name=row["name_zh"]), STANDARD)
        edition = SECOND_AMENDMENT
    if "第1号修改单" in row["remark"]:
        amended = _since("2019/1", on)
        if amended is None:
            return Unknown(
                Message(
                    "Amendment No. 1 took effect in %(month)s on a day that we have not seen: which limit held must be looked up.",
                    month=_edition_starts()["2019/1"],
                ),
                FIRST_AMENDMENT,
            )
        if not amended:
            twa, stel, is_verified = _before_amendment()
        else:
            edition = FIRST_AMENDMENT
    source = CHEMICAL_TABLE if edition == STANDARD else _title(edition)
    steps = [Message("%(name)s in %(edition)s.", name=row["name_zh"], edition=source)]
    choices = tuple(one["name_zh"] for one in rows) if len(rows) > 1 else ()
    return _with_peak(row["name_zh"], twa, stel, mac, on, is_verified, steps, note, edition=edition, source=source, choices=choices)


def _title(document: str) -> str:
    """What a document is called, by the table of editions."""
    return next(row["document_zh"] for row in table("editions") if row["document"] == document)


def _before_amendment() -> tuple[Decimal, Decimal, bool]:
    """Benzene before Amendment No. 1, from the table of editions, and whether that row is verified."""
    row = next(row for row in table("editions") if row["table_or_subject"].startswith("benzene") and row["effective_to"])
    twa, stel = row["edition"].split("/")
    return Decimal(twa), Decimal(stel), row["verified"] == "yes"


def _with_peak(
    name: str, twa: Decimal | None, stel: Decimal | None, mac: Decimal | None, on: date, verified: bool, steps: list[Message], note: Message | None,
    fraction: str = "", other: Decimal | None = None, edition: str = STANDARD, source: str = DUST_TABLE, choices: tuple[str, ...] = (),
) -> Limits:  # fmt: skip
    pe = absolute = None
    if twa is not None and stel is None:
        pe, absolute = ((twa * threshold(slug, on).value).normalize() for slug in ("peak-screening-multiple", "peak-absolute-multiple"))
        steps.append(
            Message("No PC-STEL: the peak is held to %(pe)s mg/m3 and never exceeds %(absolute)s mg/m3.", pe=pe, absolute=absolute)
        )
    return Limits(name, twa, stel, mac, pe, absolute, edition, source, verified, tuple(steps), note, fraction, other, choices)


@question("limit")
def limit(hazard: str, on: date, fraction: str = "", silica_pct: Decimal | None = None, condition: str = "") -> Answer:
    """PC-TWA, PC-STEL, MAC and the peak in mg/m3, or the physical limit with its condition (`condition` picks one)."""
    if (answer := physical_answer(hazard, on, condition)) is not None:
        return answer
    found = find_limits(hazard, on, fraction, silica_pct)
    if isinstance(found, Unknown):
        return no_answer(found.message, edition=found.edition)
    value: dict[str, object] = {
        "name": found.name, "pc_twa": found.pc_twa, "pc_stel": found.pc_stel, "mac": found.mac, "pe": found.pe, "pe_absolute": found.pe_absolute,
    }  # fmt: skip
    if found.fraction:
        other = "respirable" if found.fraction == "total" else "total"
        value |= {"fraction": found.fraction, f"pc_twa_{other}": found.other_fraction}
    if found.choices:
        value |= {"choices": list(found.choices)}
    return Answer(value, "mg/m3", found.edition, found.source, found.verified, found.steps, found.note)
