"""Judging measured concentrations and noise against the limits of their day (GBZ 2.1-2019 chapter 6, GBZ 2.2-2007)."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from ohs.kernel.message import Message
from ohs.rulebook.answer import Answer, no_answer
from ohs.rulebook.grades import find_band
from ohs.rulebook.limits import Limits, Unknown, find_limits, physical_limits
from ohs.rulebook.questions import QuestionError, question
from ohs.rulebook.tables import in_force, table
from ohs.rulebook.thresholds import threshold

_SAMPLE = re.compile(r"^(<)?\s*(\d+(?:\.\d+)?)(?:\s*@\s*(\d+(?:\.\d+)?))?$")
HOURS_OF_A_DAY, HOURS_OF_A_WEEK = Decimal(24), Decimal(168)


@dataclass(frozen=True)
class Sample:
    """One measured value over so many hours; `is_below` when only the limit of detection is known."""

    value: Decimal
    hours: Decimal | None
    is_below: bool


def read_samples(text: str) -> list[Sample]:
    """`3.2@5;4.8@1.5`, value@hours; `<0.05` is below detection. Raises `QuestionError` for anything else."""
    found = []
    for part in re.split(r"[;；]", text):
        if not part.strip():
            continue
        match = _SAMPLE.match(part.strip())
        if match is None:
            raise QuestionError(Message("“%(text)s” is not a sample; write value@hours, like 3.2@5.", text=part.strip()))
        below, value, hours = match.groups()
        found.append(Sample(Decimal(value), Decimal(hours) if hours else None, below is not None))
    return found


def reduction_factor(hours_per_day: Decimal, days_per_week: Decimal, on: date) -> tuple[Decimal, tuple[Message, ...]]:
    """The smaller of (8/h)×(24−h)/16 by day and (40/h)×(168−h)/128 by week, for shifts above 8 h or 40 h; 1 for others."""
    factors: list[tuple[Decimal, Message]] = []
    for slug, hours, whole in (
        ("normal-hours-per-day", hours_per_day, HOURS_OF_A_DAY),
        ("normal-hours-per-week", hours_per_day * days_per_week, HOURS_OF_A_WEEK),
    ):
        normal = threshold(slug, on).value
        if hours > normal:
            factor = (normal / hours) * (whole - hours) / (whole - normal)
            factors.append(
                (
                    factor,
                    Message(
                        "RF = (%(normal)s/%(hours)s) × (%(whole)s − %(hours)s)/%(rest)s = %(factor)s",
                        normal=normal,
                        hours=hours,
                        whole=whole,
                        rest=whole - normal,
                        factor=_round(factor, 4),
                    ),
                )
            )
    if not factors:
        return Decimal(1), ()
    return min(factor for factor, _step in factors), tuple(step for _factor, step in factors)


def _round(value: Decimal, places: int) -> Decimal:
    rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP).normalize()
    return rounded if rounded == 0 or rounded.as_tuple().exponent <= 0 else rounded.quantize(Decimal(1))  # type: ignore[operator]


def exposure_level(ratio: Decimal, on: date) -> str | None:
    """0 to IV by C_TWA in per cent of the limit (GBZ 2.1-2019 6.5.1)."""
    bands = list(in_force((row for row in table("grades") if row["part"] == "exposure_level"), on))
    band = find_band(bands, ratio * 100)
    return band["value"] if band else None


@question("evaluate")
def evaluate(
    hazard: str,
    on: date,
    samples: str = "",
    twa: Decimal | None = None,
    ste: Decimal | None = None,
    peak: Decimal | None = None,
    mac_samples: str = "",
    fraction: str = "",
    silica_pct: Decimal | None = None,
    hours_per_day: Decimal = Decimal(8),
    days_per_week: Decimal = Decimal(5),
    lod: Decimal | None = None,
) -> Answer:
    """C_TWA, limit, reduction, ratio, level and whether it complies; concentrations in mg/m3, noise in dB(A)."""
    if not 0 < hours_per_day <= HOURS_OF_A_DAY or not 0 < days_per_week <= 7:
        raise QuestionError(Message("hours_per_day lies above 0 and up to 24, days_per_week above 0 and up to 7."))
    if physical_limits(hazard, on):
        return _noise(hazard, on, read_samples(samples), twa, days_per_week)
    limits = find_limits(hazard, on, fraction, silica_pct)
    if isinstance(limits, Unknown):
        return no_answer(limits.message, edition=limits.edition)
    taken = read_samples(samples)
    if limits.mac is not None:
        return _maximum(limits, [*read_samples(mac_samples), *taken], peak or ste)
    return _weighted(limits, on, taken, twa, ste, peak, hours_per_day, days_per_week, lod)


def _maximum(limits: Limits, samples: list[Sample], single: Decimal | None) -> Answer:
    """Every short sample is at most the MAC, at any time and place."""
    values = [sample.value for sample in samples] + ([single] if single is not None else [])
    if not values:
        return no_answer(Message("This substance has a maximum (MAC): give mac_samples."), edition=limits.edition)
    highest = max(values)
    assert limits.mac is not None
    is_within = highest <= limits.mac
    step = Message("Highest sample %(highest)s, MAC %(limit)s mg/m3.", highest=highest, limit=limits.mac)
    value = {
        "twa": None,
        "limit": limits.mac,
        "limit_kind": "mac",
        "highest": highest,
        "reduction": Decimal(1),
        "ratio": _round(highest / limits.mac, 4),
        "level": None,
        "compliant": is_within,
    }
    return Answer(value, "mg/m3", limits.edition, limits.edition, limits.verified, (*limits.steps, step), limits.note)


def _weighted(
    limits: Limits, on: date, samples: list[Sample], given: Decimal | None, ste: Decimal | None, peak: Decimal | None, hours_per_day: Decimal,
    days_per_week: Decimal, lod: Decimal | None,
) -> Answer:  # fmt: skip
    assert limits.pc_twa is not None
    factor, factor_steps = reduction_factor(hours_per_day, days_per_week, on)
    allowed = limits.pc_twa * factor
    steps: list[Message] = [*limits.steps, *factor_steps]
    share = threshold("detection-limit-share", on).value
    detection = max([sample.value for sample in samples if sample.is_below] + ([lod] if lod is not None else []), default=None)
    below = [sample for sample in samples if sample.is_below or (lod is not None and sample.value < lod)]
    mean = given
    if samples:
        if len(samples) > 1 and any(sample.hours is None for sample in samples):
            return no_answer(Message("Say over how many hours each sample was taken: value@hours."), edition=limits.edition)
        mean = _mean(samples, hours_per_day, lod, share, on, steps)
    elif mean is not None and lod is not None and mean < lod:
        below, mean = [Sample(mean, None, True)], None
    if mean is None and not below and ste is None and peak is None:
        return no_answer(Message("Give samples or twa, or a short-time value to judge."), edition=limits.edition)
    verdicts: list[bool | None] = []
    note = limits.note
    all_below = bool(below) and len(below) == max(1, len(samples))
    if below and detection is not None:
        if all_below:
            mean = None
        enough = detection <= allowed * share
        steps.append(
            Message(
                "Below detection (%(lod)s): it counts as half of it, and passes only where the detection limit is at most half of the limit.",
                lod=detection,
            )
        )
        if all_below or not enough:
            verdicts.append(True if enough else None)
            if not enough:
                note = Message(
                    "The detection limit %(lod)s is above half of the limit %(limit)s: the method cannot show that the limit is kept.",
                    lod=detection,
                    limit=_round(allowed, 4),
                )
    if mean is not None:
        verdicts.append(mean <= allowed)
        steps.append(Message("C_TWA %(twa)s, limit %(limit)s mg/m3.", twa=_round(mean, 4), limit=_round(allowed, 4)))
    if limits.pc_stel is not None and ste is not None:
        verdicts.append(ste <= limits.pc_stel)
        steps.append(Message("C_STE %(ste)s, PC-STEL %(limit)s mg/m3.", ste=ste, limit=limits.pc_stel))
    if (
        limits.pe is not None
        and limits.pe_absolute is not None
        and (top := max([v for v in (peak, ste) if v is not None], default=None)) is not None
    ):
        verdicts.append(True if top <= limits.pe else False if top > limits.pe_absolute else None)
        steps.append(
            Message("Peak %(peak)s, held to %(pe)s, never above %(absolute)s mg/m3.", peak=top, pe=limits.pe, absolute=limits.pe_absolute)
        )
        if limits.pe < top <= limits.pe_absolute:
            note = Message(
                "The peak %(peak)s is above %(pe)s: it complies only if it lasts at most 15 minutes, at most 4 times a shift, an hour apart.",
                peak=top,
                pe=limits.pe,
            )
    complies = False if False in verdicts else None if None in verdicts else True
    ratio = mean / allowed if mean is not None else None
    value = {
        "twa": _round(mean, 4) if mean is not None else None, "limit": limits.pc_twa, "limit_kind": "pc_twa", "reduced_limit": _round(allowed, 4),
        "reduction": _round(factor, 4), "ratio": _round(ratio, 4) if ratio is not None else None,
        "level": exposure_level(ratio, on) if ratio is not None else None, "compliant": complies,
    }  # fmt: skip
    return Answer(value, "mg/m3", limits.edition, limits.edition, limits.verified and factor == 1, tuple(steps), note)


def _mean(samples: list[Sample], hours_per_day: Decimal, lod: Decimal | None, share: Decimal, on: date, steps: list[Message]) -> Decimal:
    """C_TWA = Σ CᵢTᵢ / 8, whatever the length of the day; time without exposure counts as zero."""
    normal = threshold("normal-hours-per-day", on).value
    total, parts = Decimal(0), []
    for sample in samples:
        counted = sample.value
        if sample.is_below:
            counted = sample.value * share
        elif lod is not None and sample.value < lod:
            counted = lod * share
        hours = sample.hours if sample.hours is not None else hours_per_day
        total += counted * hours
        parts.append(f"{counted}×{hours}")
    steps.append(Message("C_TWA = (%(sum)s) / %(hours)s = %(mean)s", sum=" + ".join(parts), hours=normal, mean=_round(total / normal, 4)))
    return total / normal


def _noise(hazard: str, on: date, samples: list[Sample], given: Decimal | None, days_per_week: Decimal) -> Answer:
    """L_EX,8h from levels and hours, or L_EX,W where the week has not five days; other physical factors are not judged here."""
    rows = physical_limits(hazard, on)
    if rows[0]["unit"] != "dB(A)":
        return no_answer(
            Message("Only noise is judged from samples; compare the others with their limit and its condition."), edition="GBZ 2.2-2007"
        )
    try:
        allowed = Decimal(rows[0]["limit"])
    except InvalidOperation:
        return no_answer(
            Message("Only noise is judged from samples; compare the others with their limit and its condition."), edition="GBZ 2.2-2007"
        )
    hours_of_day, week = threshold("normal-hours-per-day", on).value, threshold("normal-days-per-week", on).value
    if samples:
        if any(sample.hours is None for sample in samples) and len(samples) > 1:
            return no_answer(Message("Say over how many hours each sample was taken: value@hours."), edition="GBZ 2.2-2007")
        energy = sum(float(sample.hours or hours_of_day) * 10 ** (0.1 * float(sample.value)) for sample in samples)
        level = Decimal(str(10 * math.log10(energy / float(hours_of_day))))
    elif given is not None:
        level = given
    else:
        return no_answer(Message("Give samples as level@hours, or twa as L_EX,8h."), edition="GBZ 2.2-2007")
    steps = [Message("L_EX,8h = 10·lg(Σ T·10^(0.1·L) / 8) = %(level)s dB(A)", level=_round(level, 2))]
    if days_per_week != week:
        level += Decimal(str(10 * math.log10(float(days_per_week / week))))
        steps.append(Message("L_EX,W over %(days)s days = %(level)s dB(A)", days=days_per_week, level=_round(level, 2)))
    shown = _round(level, 2)
    value = {
        "twa": shown,
        "limit": allowed,
        "limit_kind": "lex_8h",
        "reduction": Decimal(1),
        "ratio": None,
        "level": None,
        "compliant": shown <= allowed,
    }
    return Answer(value, "dB(A)", "GBZ 2.2-2007", "GBZ 2.2-2007", True, tuple(steps))


def evaluate_mixture(parts: list[tuple[Decimal, Decimal]]) -> tuple[Decimal, bool]:
    """Σ Cᵢ/Lᵢ of substances acting on the same organ, and whether it is at most 1 (GBZ 2.1-2019 chapter 6)."""
    total = sum((value / limit for value, limit in parts), Decimal(0))
    return total, total <= 1
