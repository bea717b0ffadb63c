"""Grades of dust work (GBZ/T 229.1) and noise work (GBZ/T 229.4) by the bands of the scheme in force."""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal
from fractions import Fraction

from ohs.kernel.message import Message
from ohs.rulebook.answer import Answer, no_answer
from ohs.rulebook.physical import HOURS_OF_A_DAY, LOUDEST, hundredths
from ohs.rulebook.questions import QuestionError, question
from ohs.rulebook.tables import Row, in_force, table

DUST_SCHEME, NOISE_SCHEME = "GBZ/T 229.1", "GBZ/T 229.4"
#: The labour classes in all their spellings, as the bands number them.
LABOUR_CLASSES = {"I": 1, "II": 2, "III": 3, "IV": 4, "Ⅰ": 1, "Ⅱ": 2, "Ⅲ": 3, "Ⅳ": 4, "1": 1, "2": 2, "3": 3, "4": 4}
#: Hours to which an equivalent level of a shift is normalised, by the quantity's own name L_EX,8h.
NORMAL_HOURS = 8


def _bands(scheme: str, part: str, on: date) -> list[Row]:
    return list(in_force((row for row in table("grades") if row["scheme"].startswith(scheme) and row["part"] == part), on))


def find_band(bands: list[Row], value: Fraction | Decimal) -> Row | None:
    """The band that holds the value; empty bounds are open."""
    exact = Fraction(value)
    for band in bands:
        lower, upper = (Fraction(band[end]) if band[end] else None for end in ("lower", "upper"))
        above = lower is None or exact > lower or (band["lower_inclusive"] == "yes" and exact == lower)
        below = upper is None or exact < upper or (band["upper_inclusive"] == "yes" and exact == upper)
        if above and below:
            return band
    return None


@question("dust-grade")
def dust_grade(silica_pct: Decimal, twa: Decimal, limit: Decimal, labour_class: str, on: date) -> Answer:
    """G = W_M × W_B × W_L and its grade, from free silica in per cent, C_TWA and PC-TWA in mg/m3, and the labour class."""
    if limit <= 0 or not 0 <= silica_pct <= 100:
        raise QuestionError(Message("Silica lies between 0 and 100, and the limit is above 0."))
    if labour_class.upper() not in LABOUR_CLASSES:
        raise QuestionError(Message("The labour class is I, II, III or IV."))
    ratio = Fraction(twa) / Fraction(limit)
    weights: dict[str, Row] = {}
    for part, value in (("w_m", Fraction(silica_pct)), ("w_b", ratio), ("w_l", Fraction(LABOUR_CLASSES[labour_class.upper()]))):
        band = find_band(_bands(DUST_SCHEME, part, on), value)
        if band is None:
            return _not_held(on)
        weights[part] = band
    w_m, w_l = Fraction(weights["w_m"]["value"]), Fraction(weights["w_l"]["value"])
    w_b = ratio if weights["w_b"]["value"] == "B" else Fraction(weights["w_b"]["value"])
    g = w_m * w_b * w_l
    grade = find_band(_bands(DUST_SCHEME, "grade", on), g)
    assert grade is not None
    shown = {"b": f"{float(ratio):.3f}", "w_m": float(w_m), "w_b": f"{float(w_b):.3f}", "w_l": float(w_l), "g": f"{float(g):.2f}"}
    return Answer(
        {"g": round(Decimal(g.numerator) / g.denominator, 4), "grade": grade["value"], "name": grade["label_zh"]},
        edition=grade["scheme"],
        source=grade["scheme"],
        verified=all(band["verified"] == "yes" for band in (*weights.values(), grade)),
        steps=(
            Message("B = %(twa)s / %(limit)s = %(b)s", twa=twa, limit=limit, b=shown["b"]),
            Message("G = W_M × W_B × W_L = %(w_m)s × %(w_b)s × %(w_l)s = %(g)s", **shown),
        ),
        message=Message("The weights of this scheme are not verified."),
    )


def _not_held(on: date) -> Answer:
    """Which scheme of dust work is in force without being held, by the table of editions."""
    rows = in_force((row for row in table("editions") if row["document"].startswith(DUST_SCHEME)), on)
    document = next((row["document"] for row in rows), None)
    if document is None:
        return no_answer(Message("The weights of the scheme in force on %(day)s are not among our tables.", day=on.isoformat()))
    sentence = Message(
        "On %(day)s %(document)s is in force; its weights are not known to us, so there is no grade.", day=on.isoformat(), document=document
    )
    return no_answer(sentence, edition=document, source=document)


@question("noise-grade")
def noise_grade(on: date, lex_8h: Decimal | None = None, laeq: Decimal | None = None, hours: Decimal | None = None) -> Answer:
    """The grade by L_EX,8h in dB(A); given as such, or as L_Aeq over so many hours."""
    steps: tuple[Message, ...] = ()
    if lex_8h is not None and (laeq is not None or hours is not None):
        raise QuestionError(Message("Give lex_8h, or laeq and hours, not both."))
    if lex_8h is None:
        if laeq is None or hours is None or not 0 < hours <= HOURS_OF_A_DAY:
            raise QuestionError(Message("Give lex_8h, or laeq and hours (above 0, at most 24)."))
        lex_8h = hundredths(laeq + Decimal(str(10 * math.log10(float(hours) / NORMAL_HOURS))))
        steps = (Message("L_EX,8h = %(laeq)s + 10·lg(%(hours)s/8) = %(level)s dB(A)", laeq=laeq, hours=hours, level=lex_8h),)
    if lex_8h > LOUDEST:
        raise QuestionError(Message("A level lies between 0 and %(most)s dB(A).", most=LOUDEST))
    bands = _bands(NOISE_SCHEME, "grade", on)
    band = find_band(bands, lex_8h)
    if band is None:
        lowest = min(Decimal(row["lower"]) for row in bands)
        sentence = Message("Below %(level)s dB(A) the standard gives no grade.", level=lowest)
        return Answer(
            {"lex_8h": lex_8h, "grade": None, "name": None}, "dB(A)", bands[0]["scheme"], bands[0]["scheme"], False, steps, sentence
        )
    value: dict[str, object] = {"lex_8h": lex_8h, "grade": band["value"], "name": band["label_zh"]}
    note = None if band["verified"] == "yes" else Message("The bands of this scheme are not verified.")
    return Answer(value, "dB(A)", band["scheme"], band["scheme"], band["verified"] == "yes", steps, note)
