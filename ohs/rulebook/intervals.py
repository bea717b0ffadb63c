"""How often a worker is examined: the interval of each hazard by grade, phase and findings (GBZ 188-2014 and -2025)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ohs.kernel.message import Message
from ohs.rulebook.answer import Answer, no_answer
from ohs.rulebook.examinations import (
    PHASES,
    UNVERIFIED_LINK,
    check_phase,
    edition_on,
    no_edition,
    protocol_of,
    protocols_named,
)
from ohs.rulebook.questions import QuestionError, question
from ohs.rulebook.tables import Row, table

#: The grades in all their spellings, as the codes of conditions spell them; ungraded work has none.
GRADES = {"0": "0", "I": "I", "II": "II", "III": "III", "IV": "III", "Ⅰ": "I", "Ⅱ": "II", "Ⅲ": "III", "Ⅳ": "III", "NONE": "none"}
_BY_GRADE = {"0": ("le_I",), "I": ("le_I", "grade_I"), "II": ("ge_II",), "III": ("ge_II",)}
_YEARS = re.compile(r"^exposure_(le|gt|lt|ge)_(\d+)(y|_months)$")
#: Bands of a measured value as the codes of the table spell them: `noise_ge_85`, `noise_80_lt_85`, `blood_lead_400_600`.
_BAND = re.compile(r"^(noise|blood_lead)_(?:(ge|lt)_(\d+)|(\d+)_(lt_)?(\d+))$")
#: Codes of the rule that holds when no other does.
_GENERAL = ("default", "full_exam")
#: Rules that hold beside the interval (a partial test, an exemption): told, never taken for the interval.
_BESIDE = re.compile(r"^(exempt_|diagnosed_|new_|abnormal_|first_3_months|byssinosis_|liver_function$|cholinesterase$)")
_COMPARE: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "le": lambda years, bound: years <= bound,
    "gt": lambda years, bound: years > bound,
    "lt": lambda years, bound: years < bound,
    "ge": lambda years, bound: years >= bound,
}  # fmt: skip
GENERAL_RULES = "*"
#: What the table's words for the beginning of an interval are called.
COUNTED_FROM = {
    sentence.id: sentence
    for sentence in (
        Message("start of job"), Message("first exposure"), Message("before the hot season of each year"), Message("on the event"),
        Message("occupational exposure"), Message("the incident"),
    )
}  # fmt: skip


@dataclass(frozen=True)
class _Known:
    """What was said about the work and the worker."""

    grade: str
    film: str
    measured: dict[str, Decimal | None]
    years: Decimal | None
    condition: str


class _Open(Exception):
    """No rule can be chosen; the message says what is missing or that there is none."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


@question("exam-interval")
def exam_interval(
    hazard: str,
    on: date,
    phase: str = "in-service",
    grade: str = "",
    film: str = "",
    noise_db: Decimal | None = None,
    blood_lead_ug_l: Decimal | None = None,
    exposure_years: Decimal | None = None,
    condition: str = "",
) -> Answer:
    """Months between two examinations, and the looser bound where the standard gives a range.

    `condition` names one of the standard's own conditions by its code where no other key speaks of it. The hazard `*` asks for the
    general rules of a phase.
    """
    check_phase(phase)
    if grade and grade.upper() not in GRADES:
        raise QuestionError(Message("The grade is 0, I, II, III or none."))
    if film not in ("", "normal", "observation"):
        raise QuestionError(Message("The film is normal or observation."))
    edition = edition_on(on)
    if edition is None:
        return no_edition(on)
    protocols = {GENERAL_RULES: True} if hazard == GENERAL_RULES else protocols_named(hazard, edition)
    if isinstance(protocols, Answer):
        return protocols
    known = _Known(
        GRADES[grade.upper()] if grade else "", film, {"noise": noise_db, "blood_lead": blood_lead_ug_l}, exposure_years, condition
    )
    rows = {key: _rows(edition, key, phase) for key in protocols}
    if not any(rows.values()):
        return _without_interval(hazard, edition, phase, list(protocols))
    _check_condition(condition, [row for some in rows.values() for row in some])
    chosen: list[Row] = []
    for key in protocols:
        try:
            chosen += _chosen(rows[key], known, edition)
        except _Open as stop:
            return no_answer(stop.message, edition=edition, source=edition)
    return _answered(chosen, [row for some in rows.values() for row in some], edition, protocols, known)


def strictest_months(hazard: str, on: date, phase: str = "in-service") -> int | None:
    """The shortest time between two whole examinations that the standard knows for a hazard under any condition; none where it names none."""
    edition = edition_on(on)
    protocols = protocols_named(hazard, edition) if edition is not None else None
    if edition is None or protocols is None or isinstance(protocols, Answer):
        return None
    rows = [
        row
        for key in protocols
        for row in _rows(edition, key, phase)
        if row["interval_months"] and not _BESIDE.match(row["condition_code"])
    ]
    return min((int(row["interval_months"]) for row in rows), default=None)


def _rows(edition: str, key: str, phase: str) -> list[Row]:
    return [
        row
        for row in table("exam_intervals")
        if (row["edition"], row["protocol_key"]) == (edition, key)
        and (row["phase"] == PHASES[phase] or (key == GENERAL_RULES and not row["phase"]))
    ]


def _check_condition(condition: str, rows: list[Row]) -> None:
    codes = list(dict.fromkeys(row["condition_code"] for row in rows))
    if condition and condition not in codes:
        raise QuestionError(Message("The condition is one of: %(conditions)s.", conditions=codes))


def _without_interval(hazard: str, edition: str, phase: str, keys: list[str]) -> Answer:
    """No rule of its own: what the general rules say of the phase, or that the standard has no such phase."""
    if keys == [GENERAL_RULES]:
        return no_answer(Message("There is no general rule for this phase."), edition=edition, source=edition)
    if not any(protocol_of(edition, key, phase) for key in keys):
        sentence = Message("The standard has no rule for this phase of “%(hazard)s”.", hazard=hazard)
        return no_answer(sentence, edition=edition, source=edition)
    general = [row for row in _rows(edition, GENERAL_RULES, phase) if row["phase"]]
    if not general:
        return no_answer(
            Message("The standard sets no interval for this phase of “%(hazard)s”.", hazard=hazard), edition=edition, source=edition
        )
    sentence = Message(
        "The standard sets no interval for this phase of “%(hazard)s”; the general rules: %(rules)s.",
        hazard=hazard,
        rules=[row["condition_zh"] for row in general],
    )
    return no_answer(sentence, *map(_step, general), edition=edition, source=edition)


def _chosen(rows: list[Row], known: _Known, edition: str) -> list[Row]:
    """The rows of one protocol whose condition holds; the general one where no other does. Raises `_Open`."""
    if known.condition or not rows:
        return [row for row in rows if row["condition_code"] == known.condition]
    if rows[0]["protocol_key"] == GENERAL_RULES:
        return _only(rows)
    if known.film == "observation" and (observed := [row for row in rows if row["condition_code"] == "cxr_observation"]):
        return observed
    rows = [row for row in rows if not _BESIDE.match(row["condition_code"])]
    graded = [row for row in rows if "grade" in row["condition_code"]]
    aged = [row for row in rows if _YEARS.match(row["condition_code"])]
    held = _by_years(aged, known.years, is_needed=not graded) + _first_in_job(rows, known.years)
    held += _by_grade(graded, known.grade, edition) if graded else []
    for kind, name in (("noise", "noise_db"), ("blood_lead", "blood_lead_ug_l")):
        bands = [row for row in rows if (band := _BAND.match(row["condition_code"])) and band[1] == kind]
        held += _by_value(bands, known.measured[kind], name) if bands else []
    if held:
        return held
    if general := [row for row in rows if row["condition_code"] in _GENERAL]:
        return general
    return _only([row for row in rows if row["condition_code"] != "cxr_observation"])


def _only(rows: list[Row]) -> list[Row]:
    """The one row that is left; of several somebody must say which holds."""
    if len(rows) > 1:
        choices = [Message("%(code)s (%(condition)s)", code=row["condition_code"], condition=row["condition_zh"]) for row in rows]
        raise _Open(Message("The interval depends on more: give condition, one of: %(choices)s.", choices=choices))
    return rows


def _by_grade(rows: list[Row], grade: str, edition: str) -> list[Row]:
    if grade in ("", "none"):
        if invalid := [row for row in rows if row["condition_code"] == "grade_missing_or_invalid"]:
            return invalid
        if not grade:
            raise _Open(Message("The interval depends on more: give %(key)s.", key="grade"))
        raise _Open(Message("%(edition)s has no rule for work that is not graded.", edition=edition))
    held = [row for row in rows if row["condition_code"].endswith(_BY_GRADE[grade])]
    if not held:
        raise _Open(Message("%(edition)s has no rule for grade %(grade)s.", edition=edition, grade=grade))
    return held


def _by_value(rows: list[Row], value: Decimal | None, name: str) -> list[Row]:
    if value is None:
        raise _Open(Message("The interval depends on more: give %(key)s.", key=name))
    held = [row for row in rows if _holds(row["condition_code"], value)]
    if not held:
        conditions = [row["condition_zh"] for row in rows]
        raise _Open(
            Message(
                "The standard has no rule for %(key)s = %(value)s; it knows: %(conditions)s.", key=name, value=value, conditions=conditions
            )
        )
    return held


def _holds(code: str, value: Decimal) -> bool:
    band = _BAND.match(code)
    assert band is not None
    _kind, sign, bound, low, is_open, high = band.groups()
    if sign:
        return value >= Decimal(bound) if sign == "ge" else value < Decimal(bound)
    return Decimal(low) <= value and (value < Decimal(high) if is_open else value <= Decimal(high))


def _by_years(rows: list[Row], years: Decimal | None, *, is_needed: bool) -> list[Row]:
    """Rules by years of exposure. Beside a grade only the first years differ, so there the years may be left out."""
    if not rows:
        return []
    if years is None:
        if is_needed:
            raise _Open(Message("The interval depends on more: give %(key)s.", key="exposure_years"))
        return []
    found = []
    for row in rows:
        match = _YEARS.match(row["condition_code"])
        assert match is not None
        months = Decimal(match[2]) * (1 if match[3] == "_months" else 12)
        if _COMPARE[match[1]](years * 12, months):
            found.append(row)
    return found


def _first_in_job(rows: list[Row], years: Decimal | None) -> list[Row]:
    """The first examination of a job, due within so many months of its start."""
    return [
        row for row in rows if row["condition_code"] == "initial" and years is not None and years * 12 < Decimal(row["interval_months_max"])
    ]


def _answered(chosen: list[Row], rows: list[Row], edition: str, protocols: dict[str, bool], known: _Known) -> Answer:
    timed = [row for row in chosen if _number(row, "interval_months", "interval_months_max", "interval_days") is not None]
    if not timed:
        if not chosen:
            return no_answer(Message("The standard has no rule that fits what was said."), edition=edition, source=edition)
        first = chosen[0]
        sentence = Message("The standard sets no interval here: %(condition)s.", condition=first["condition_zh"])
        return no_answer(sentence, edition=edition, source=_source(edition, first))
    row = min(timed, key=_strictness)
    beside = [one for one in rows if _BESIDE.match(one["condition_code"]) and one not in chosen]
    value = _value(row) | {"protocol": row["protocol_key"], "beside": [_value(one) for one in beside]}
    is_verified = row["verified"] == "yes" and protocols[row["protocol_key"]]
    note = None
    if not protocols[row["protocol_key"]]:
        note = UNVERIFIED_LINK
    elif row["condition_code"] == "grade_missing_or_invalid" and not known.grade:
        note = Message("No grade was given: work that is not graded counts as grade II and above (A.10).")
    return Answer(
        value,
        "days" if row["interval_days"] else "months",
        edition,
        _source(edition, row),
        is_verified,
        tuple(_step(one) for one in [*timed, *beside]),
        note,
    )


def _number(row: Row, *columns: str) -> int | None:
    return next((int(row[column]) for column in columns if row[column]), None)


def _strictness(row: Row) -> tuple[int, int]:
    """Days first, then months: no table has both."""
    return (0, int(row["interval_days"])) if row["interval_days"] else (1, int(row["interval_months"] or row["interval_months_max"]))


def _source(edition: str, row: Row) -> str:
    return f"{edition} {row['standard_section']}".strip()


def _value(row: Row) -> dict[str, object]:
    return {
        "months": _number(row, "interval_months"), "months_max": _number(row, "interval_months_max"), "days": _number(row, "interval_days"),
        "for_months": _number(row, "duration_months"), "condition_code": row["condition_code"], "condition": row["condition_zh"],
        "scope": row["scope"] or None, "counted_from": COUNTED_FROM.get(row["start_rule"]), "obligation": row["obligation"] or None,
    }  # fmt: skip


def _step(row: Row) -> Message:
    every: list[Message] = []
    if months := row["interval_months"]:
        looser = row["interval_months_max"]
        every.append(
            Message("%(months)s to %(looser)s months", months=months, looser=looser)
            if looser
            else Message("%(months)s months", months=months)
        )
    elif row["interval_months_max"]:
        every.append(Message("at most %(months)s months", months=row["interval_months_max"]))
    if row["interval_days"]:
        every.append(Message("%(days)s days", days=row["interval_days"]))
    if row["duration_months"] and int(row["duration_months"]):
        every.append(Message("for %(months)s months", months=row["duration_months"]))
    return Message(
        "%(edition)s, section %(section)s: %(condition)s – %(every)s",
        edition=row["edition"], section=row["standard_section"] or "—", condition=row["condition_zh"], every=every or [Message("no interval")],
    )  # fmt: skip
