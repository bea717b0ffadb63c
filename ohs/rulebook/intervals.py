"""How often a worker is examined: the interval of each hazard by grade, phase and findings (GBZ 188-2014 and -2025)."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from ohs.kernel.message import Message
from ohs.rulebook.answer import Answer, no_answer
from ohs.rulebook.examinations import PHASES, edition_on, protocols_named
from ohs.rulebook.questions import QuestionError, question
from ohs.rulebook.tables import Row, table

GRADES = {"0": "0", "I": "I", "II": "II", "III": "III", "IV": "III", "none": "", "Ⅰ": "I", "Ⅱ": "II", "Ⅲ": "III", "": ""}
_YEARS = re.compile(r"^exposure_(le|gt|lt|ge)_(\d+)(y|_months)$")
#: Bands of a measured value as the codes of the table spell them: `noise_ge_85`, `noise_80_lt_85`, `blood_lead_400_600`.
_BAND = re.compile(r"^(noise|blood_lead)_(?:(ge|lt)_(\d+)|(\d+)_(lt_)?(\d+))$")
_MEASURED = {"noise": "noise_db", "blood_lead": "blood_lead_ug_l"}


class _Needs(Exception):
    """A rule cannot be chosen without knowing more."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


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
) -> Answer:
    """Months between two examinations, and the looser bound where the standard gives a range."""
    if phase not in PHASES:
        raise QuestionError(Message("The phase is one of: %(phases)s.", phases=list(PHASES)))
    if grade not in GRADES:
        raise QuestionError(Message("The grade is 0, I, II, III or none."))
    if film not in ("", "normal", "observation"):
        raise QuestionError(Message("The film is normal or observation."))
    edition = edition_on(on)
    if edition is None:
        return no_answer(
            Message("No edition of the examination standard that is in our tables was in force on %(day)s.", day=on.isoformat())
        )
    keys, refusal = protocols_named(hazard, edition)
    if refusal is not None:
        return refusal
    known: dict[str, object] = {
        "grade": GRADES[grade],
        "film": film,
        "noise": noise_db,
        "blood_lead": blood_lead_ug_l,
        "years": exposure_years,
    }
    chosen: list[Row] = []
    for key in keys:
        rows = [
            row for row in table("exam_intervals") if (row["edition"], row["protocol_key"], row["phase"]) == (edition, key, PHASES[phase])
        ]
        try:
            chosen += _applying(rows, known, edition)
        except _Needs as needs:
            return no_answer(Message("The interval depends on more: give %(key)s.", key=needs.key), edition=edition, source=edition)
    timed = [row for row in chosen if row["interval_months"]]
    if not timed:
        if chosen:
            return no_answer(
                Message("The standard sets no interval here: %(condition)s.", condition=chosen[0]["condition_zh"]),
                edition=edition,
                source=f"{edition} {chosen[0]['standard_section']}",
            )
        return no_answer(
            Message("The standard has no rule for this phase of “%(hazard)s”.", hazard=hazard), edition=edition, source=edition
        )
    row = min(timed, key=lambda one: int(one["interval_months"]))
    value = {
        "months": int(row["interval_months"]), "months_max": int(row["interval_months_max"]) if row["interval_months_max"] else None,
        "for_months": int(row["duration_months"]) if row["duration_months"] else None, "condition": row["condition_zh"], "obligation": row["obligation"],
    }  # fmt: skip
    steps = tuple(
        Message(
            "%(edition)s, section %(section)s: %(condition)s – %(months)s months.",
            edition=edition,
            section=one["standard_section"],
            condition=one["condition_zh"],
            months=one["interval_months"],
        )
        for one in timed
    )
    return Answer(value, "months", edition, f"{edition} {row['standard_section']}", row["verified"] == "yes", steps)


def _applying(rows: list[Row], known: dict[str, object], edition: str) -> list[Row]:
    """The rows whose condition holds; the most particular ones first, the default where nothing else does."""
    held, default = [], []
    graded = [row for row in rows if "grade" in row["condition_code"]]
    if graded:
        held += _by_grade(graded, str(known["grade"]), edition)
    for row in rows:
        code = row["condition_code"]
        if code == "default" or code == "full_exam":
            default.append(row)
        elif code == "cxr_observation" and known["film"] == "observation":
            held.append(row)
    for kind, name in _MEASURED.items():
        bands = [row for row in rows if (found := _BAND.match(row["condition_code"])) and found[1] == kind]
        held += _by_value(bands, known[kind], name)
    held += _by_years([row for row in rows if _YEARS.match(row["condition_code"])], known["years"], bool(graded))
    return held or default


def _by_grade(rows: list[Row], grade: str, edition: str) -> list[Row]:
    missing = [row for row in rows if row["condition_code"] == "grade_missing_or_invalid"]
    if not grade:
        if missing:
            return missing
        if any(row["condition_code"].endswith("ge_II") for row in rows) and edition.endswith("2025"):
            return [row for row in rows if row["condition_code"].endswith("ge_II")]
        raise _Needs("grade")
    suffixes = {"0": ("le_I",), "I": ("le_I", "grade_I"), "II": ("ge_II",), "III": ("ge_II",)}[grade]
    return [row for row in rows if row["condition_code"].endswith(suffixes)]


def _by_value(rows: list[Row], value: object, name: str) -> list[Row]:
    if not rows:
        return []
    if value is None:
        raise _Needs(name)
    assert isinstance(value, Decimal)
    return [row for row in rows if _holds(row["condition_code"], value)]


def _holds(code: str, value: Decimal) -> bool:
    band = _BAND.match(code)
    assert band is not None
    _kind, sign, bound, low, is_open, high = band.groups()
    if sign:
        return value >= Decimal(bound) if sign == "ge" else value < Decimal(bound)
    return Decimal(low) <= value and (value < Decimal(high) if is_open else value <= Decimal(high))


def _by_years(rows: list[Row], years: object, is_graded: bool) -> list[Row]:
    if not rows:
        return []
    if years is None:
        if is_graded:
            return []  # only the first years of a job differ; without them the grade decides
        raise _Needs("exposure_years")
    assert isinstance(years, Decimal)
    found = []
    for row in rows:
        match = _YEARS.match(row["condition_code"])
        assert match is not None
        bound = Decimal(match[2]) / (12 if match[3] == "_months" else 1)
        if {"le": years <= bound, "gt": years > bound, "lt": years < bound, "ge": years >= bound}[match[1]]:
            found.append(row)
    return found
