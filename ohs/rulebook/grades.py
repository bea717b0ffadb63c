"""Grades of dust work (GBZ/T 229.1) and noise work (GBZ/T 229.4) by the bands of the scheme in force."""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal

from ohs.kernel.message import Message
from ohs.rulebook.answer import Answer, no_answer
from ohs.rulebook.questions import question
from ohs.rulebook.tables import Row, in_force, table

#: The labour classes in all their spellings, as the bands number them.
LABOUR_CLASSES = {"I": 1, "II": 2, "III": 3, "IV": 4, "Ⅰ": 1, "Ⅱ": 2, "Ⅲ": 3, "Ⅳ": 4, "1": 1, "2": 2, "3": 3, "4": 4}
#: Hours to which an equivalent level of a shift is normalised, by the quantity's own name L_EX,8h.
NORMAL_HOURS = 8


def _bands(scheme: str, part: str, on: date) -> list[Row]:
    return list(in_force((row for row in table("grades") if row["scheme"].startswith(scheme) and row["part"] == part), on))


def find_band(bands: list[Row], value: Decimal) -> Row | None:
    """The band that holds the value; empty bounds are open."""
    for band in bands:
        above = (
            not band["lower"] or value > Decimal(band["lower"]) or (band["lower_inclusive"] == "yes" and value == Decimal(band["lower"]))
        )
        below = (
            not band["upper"] or value < Decimal(band["upper"]) or (band["upper_inclusive"] == "yes" and value == Decimal(band["upper"]))
        )
        if above and below:
            return band
    return None


@question("dust-grade")
def dust_grade(silica_pct: Decimal, twa: Decimal, limit: Decimal, labour_class: str, on: date) -> Answer:
    """G = W_M × W_B × W_L and its grade, from free silica in per cent, C_TWA and PC-TWA in mg/m3, and the labour class."""
    if limit <= 0 or twa < 0 or not 0 <= silica_pct <= 100:
        return no_answer(Message("Silica lies between 0 and 100 %%, the concentration is not negative, the limit is above 0.", on=on))
    if labour_class not in LABOUR_CLASSES:
        return no_answer(Message("The labour class is I, II, III or IV.", on=on))
    ratio = twa / limit
    weights: dict[str, Row] = {}
    for part, value in (("w_m", silica_pct), ("w_b", ratio), ("w_l", Decimal(LABOUR_CLASSES[labour_class]))):
        band = find_band(_bands("GBZ/T 229.1", part, on), value)
        if band is None:
            return no_answer(Message("The weights of the scheme in force on %(day)s are not among our tables.", day=on.isoformat()))
        weights[part] = band
    w_m, w_l = Decimal(weights["w_m"]["value"]), Decimal(weights["w_l"]["value"])
    w_b = ratio if weights["w_b"]["value"] == "B" else Decimal(weights["w_b"]["value"])
    g = w_m * w_b * w_l
    grade = find_band(_bands("GBZ/T 229.1", "grade", on), g)
    if grade is None:
        return no_answer(Message("The weights of the scheme in force on %(day)s are not among our tables.", day=on.isoformat()))
    shown = {"b": f"{ratio:.3f}", "w_m": w_m, "w_b": f"{w_b:.3f}", "w_l": w_l, "g": f"{g:.2f}"}
    return Answer(
        {"g": round(g, 4), "grade": grade["value"], "name": grade["label_zh"]},
        edition=grade["scheme"],
        source=grade["scheme"],
        verified=all(band["verified"] == "yes" for band in (*weights.values(), grade)),
        steps=(
            Message("B = %(twa)s / %(limit)s = %(b)s", twa=twa, limit=limit, b=shown["b"]),
            Message("G = W_M × W_B × W_L = %(w_m)s × %(w_b)s × %(w_l)s = %(g)s", **shown),
        ),
    )


@question("noise-grade")
def noise_grade(on: date, lex_8h: Decimal | None = None, laeq: Decimal | None = None, hours: Decimal | None = None) -> Answer:
    """The grade by L_EX,8h in dB(A); given as such, or as L_Aeq over so many hours."""
    steps: tuple[Message, ...] = ()
    if lex_8h is None:
        if laeq is None or hours is None or not 0 < hours <= 24:
            return no_answer(Message("Give lex_8h, or laeq and hours (above 0, at most 24).", on=on))
        level = laeq + Decimal(str(10 * math.log10(float(hours) / NORMAL_HOURS)))
        lex_8h = round(level, 2)
        steps = (Message("L_EX,8h = %(laeq)s + 10·lg(%(hours)s/8) = %(level)s dB(A)", laeq=laeq, hours=hours, level=lex_8h),)
    bands = _bands("GBZ/T 229.4", "grade", on)
    band = find_band(bands, lex_8h)
    if band is None:
        lowest = min(Decimal(row["lower"]) for row in bands)
        sentence = Message("Below %(level)s dB(A) the standard gives no grade.", level=lowest)
        return Answer({"lex_8h": lex_8h, "grade": "0"}, "dB(A)", bands[0]["scheme"], bands[0]["scheme"], False, steps, sentence)
    value = {"lex_8h": lex_8h, "grade": band["value"], "name": band["label_zh"]}
    return Answer(value, "dB(A)", band["scheme"], band["scheme"], band["verified"] == "yes", steps)
