"""Judging measured concentrations and physical factors against the limits of their day (GBZ 2.1-2019 chapter 6, GBZ 2.2-2007)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from ohs.kernel.message import Message
from ohs.rulebook.answer import Answer, no_answer
from ohs.rulebook.grades import find_band
from ohs.rulebook.limits import Limits, Unknown, find_limits
from ohs.rulebook.physical import HOURS_OF_A_DAY, Sample, judge_physical, not_in_force, physical_rows
from ohs.rulebook.questions import PLACES, QuestionError, question
from ohs.rulebook.tables import in_force, table
from ohs.rulebook.thresholds import threshold

_SAMPLE = re.compile(r"^([<＜])?\s*(\d+(?:\.\d+)?)(?:\s*[@＠]\s*(\d+(?:\.\d+)?))?$", re.ASCII)
#: Places to which answers are rounded.
FIGURES = 6
HOURS_OF_A_WEEK, DAYS_OF_A_WEEK = Decimal(168), 7


@dataclass
class _Judgement:
    """What one evaluation gathers on its way: the verdict of each part, the steps, the note."""

    steps: list[Message] = field(default_factory=list)
    verdicts: list[bool | None] = field(default_factory=list)
    note: Message | None = None
    #: Whether a rule of this office, not of the standard, took part.
    rests_on_default: bool = False

    @property
    def complies(self) -> bool | None:
        """No where any part says no, unknown where any part is unknown."""
        return False if False in self.verdicts else None if None in self.verdicts else True


def read_samples(text: str) -> list[Sample]:
    """`3.2@5;4.8@1.5`, value@hours; `<0.05` is below detection. Raises `QuestionError` for anything else."""
    found = []
    for part in re.split(r"[;；]", text):
        if not part.strip():
            continue
        match = _SAMPLE.match(part.strip())
        if match is None or len(part) > 2 * PLACES:
            raise QuestionError(Message("“%(text)s” is not a sample; write value@hours, like 3.2@5.", text=part.strip()))
        below, value, hours = match.groups()
        found.append(Sample(Decimal(value), Decimal(hours) if hours else None, below is not None))
    if sum((sample.hours or 0 for sample in found), Decimal(0)) > HOURS_OF_A_DAY:
        raise QuestionError(Message("The samples cover more than the %(hours)s hours of a day.", hours=HOURS_OF_A_DAY))
    if found and all(sample.hours == 0 for sample in found):
        raise QuestionError(Message("The samples cover no time at all."))
    return found


def reduction_factor(hours_per_day: Decimal, days_per_week: Decimal, on: date) -> tuple[Fraction, tuple[Message, ...]]:
    """The smaller of (8/h)×(24−h)/16 by day and (40/h)×(168−h)/128 by week, for shifts above 8 h or 40 h; 1 for others."""
    factors: list[tuple[Fraction, Message]] = []
    for slug, hours, whole in (
        ("normal-hours-per-day", hours_per_day, HOURS_OF_A_DAY),
        ("normal-hours-per-week", hours_per_day * days_per_week, HOURS_OF_A_WEEK),
    ):
        normal = threshold(slug, on).value
        if hours > normal:
            factor = Fraction(normal) / Fraction(hours) * Fraction(whole - hours) / Fraction(whole - normal)
            step = Message(
                "RF = (%(normal)s/%(hours)s) × (%(whole)s − %(hours)s)/%(rest)s = %(factor)s",
                normal=normal, hours=hours, whole=whole, rest=whole - normal, factor=rounded(factor),
            )  # fmt: skip
            factors.append((factor, step))
    if not factors:
        return Fraction(1), ()
    return min(factor for factor, _step in factors), tuple(step for _factor, step in factors)


def _shift(hours_per_day: Decimal | None, days_per_week: Decimal | None, on: date) -> tuple[Decimal, Decimal]:
    """Hours a day and days a week, the normal ones of a day on which a limit holds where nothing was said. Raises `QuestionError` for impossible ones."""
    normal = [threshold(slug, on).value for slug in ("normal-hours-per-day", "normal-days-per-week")]
    hours, days = (given if given is not None else usual for given, usual in zip((hours_per_day, days_per_week), normal, strict=True))
    if not 0 < hours <= HOURS_OF_A_DAY or not 0 < days <= DAYS_OF_A_WEEK:
        raise QuestionError(Message("hours_per_day lies above 0 and up to 24, days_per_week above 0 and up to 7."))
    return hours, days


def rounded(value: Fraction | Decimal) -> Decimal:
    """To six places (six figures where it is smaller than that), without idle zeros."""
    exact = Decimal(value.numerator) / Decimal(value.denominator) if isinstance(value, Fraction) else value
    places = max(FIGURES, FIGURES - 1 - exact.adjusted()) if exact else FIGURES
    short = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short.normalize()


def exposure_level(ratio: Fraction, on: date) -> str | None:
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
    hours_per_day: Decimal | None = None,
    days_per_week: Decimal | None = None,
    lod: Decimal | None = None,
    condition: str = "",
) -> Answer:
    """C_TWA, limit, reduction, ratio, level and whether it complies; concentrations in mg/m3, a physical factor in its own unit."""
    taken, shorts = read_samples(samples), read_samples(mac_samples)
    if physical_rows(hazard):
        if (early := not_in_force(on)) is not None:
            return early
        hours, days = _shift(hours_per_day, days_per_week, on)
        return judge_physical(hazard, on, condition, taken, peak if twa is None else twa, hours, days)
    limits = find_limits(hazard, on, fraction, silica_pct)
    if isinstance(limits, Unknown):
        return no_answer(limits.message, edition=limits.edition)
    hours, days = _shift(hours_per_day, days_per_week, on)
    if limits.mac is not None:
        singles = [Sample(value, None, False) for value in (ste, peak) if value is not None]
        return _maximum(limits, on, [*shorts, *taken, *singles], lod)
    return _weighted(limits, on, taken, twa, ste, peak, hours, days, lod)


def _below(sample: Sample, lod: Decimal | None) -> Decimal | None:
    """The detection limit that a result lies below; none for a result that was measured."""
    if sample.is_below:
        return sample.value
    return lod if lod is not None and sample.value < lod else None


def _judge_detection(found: _Judgement, detection: Decimal, allowed: Fraction, share: Decimal) -> bool:
    """Whether the method is fine enough: a detection limit above half of the limit does not show that the limit is kept."""
    found.rests_on_default = True
    fine = Fraction(detection) <= allowed * Fraction(share)
    found.steps.append(
        Message(
            "Below detection (%(lod)s): by a default of this office it counts as half of it, and passes only where the detection limit is at most half of the limit.",
            lod=detection,
        )
    )
    if not fine:
        found.note = Message(
            "The detection limit %(lod)s is above half of the limit %(limit)s: the method cannot show that the limit is kept.",
            lod=detection,
            limit=rounded(allowed),
        )
    return fine


def _maximum(limits: Limits, on: date, samples: list[Sample], lod: Decimal | None) -> Answer:
    """Every short sample is at most the MAC, at any time and place."""
    if not samples:
        return no_answer(Message("This substance has a maximum (MAC): give mac_samples."), edition=limits.edition)
    assert limits.mac is not None
    found = _Judgement([*limits.steps], note=limits.note)
    highest = max((sample.value for sample in samples if _below(sample, lod) is None), default=None)
    if highest is not None:
        found.steps.append(Message("Highest sample %(highest)s, MAC %(limit)s mg/m3.", highest=highest, limit=limits.mac))
        found.verdicts.append(highest <= limits.mac)
    if detection := max((below for sample in samples if (below := _below(sample, lod)) is not None), default=None):
        found.verdicts.append(_judge_detection(found, detection, Fraction(limits.mac), threshold("detection-limit-share", on).value))
    value = {
        "twa": None, "limit": limits.mac, "limit_kind": "mac", "highest": highest, "reduction": Decimal(1),
        "ratio": rounded(highest / limits.mac) if highest is not None else None, "level": None, "compliant": found.complies,
    }  # fmt: skip
    return Answer(
        value, "mg/m3", limits.edition, limits.source, limits.verified and not found.rests_on_default, tuple(found.steps), found.note
    )


def _weighted(
    limits: Limits, on: date, samples: list[Sample], given: Decimal | None, ste: Decimal | None, peak: Decimal | None, hours_per_day: Decimal,
    days_per_week: Decimal, lod: Decimal | None,
) -> Answer:  # fmt: skip
    assert limits.pc_twa is not None
    factor, factor_steps = reduction_factor(hours_per_day, days_per_week, on)
    allowed = Fraction(limits.pc_twa) * factor
    found = _Judgement([*limits.steps, *factor_steps], note=limits.note)
    if not samples and given is not None:
        samples = [Sample(given, threshold("normal-hours-per-day", on).value, False)] if lod is not None and given < lod else []
    if len(samples) > 1 and any(sample.hours is None for sample in samples):
        return no_answer(Message("Say over how many hours each sample was taken: value@hours."), edition=limits.edition)
    mean = _judge_mean(found, on, samples, given, hours_per_day, lod, allowed)
    _judge_short(found, limits, on, ste, peak)
    if not found.verdicts:
        return no_answer(Message("Give samples or twa, or a short-time value that has a limit."), *found.steps, edition=limits.edition)
    ratio = mean / allowed if mean is not None and allowed else None
    level = exposure_level(ratio, on) if ratio is not None else None
    if level is not None:
        found.steps.append(Message("Exposure level %(level)s (6.5.1; the bands are not verified).", level=level))
    value = {
        "twa": rounded(mean) if mean is not None else None, "limit": limits.pc_twa, "limit_kind": "pc_twa", "reduced_limit": rounded(allowed),
        "reduction": rounded(factor), "ratio": rounded(ratio) if ratio is not None else None,
        "level": level, "compliant": found.complies,
    }  # fmt: skip
    return Answer(
        value,
        "mg/m3",
        limits.edition,
        limits.source,
        limits.verified and factor == 1 and not found.rests_on_default,
        tuple(found.steps),
        found.note,
    )


def _judge_mean(
    found: _Judgement,
    on: date,
    samples: list[Sample],
    given: Decimal | None,
    hours_per_day: Decimal,
    lod: Decimal | None,
    allowed: Fraction,
) -> Fraction | None:
    """Judge C_TWA; none where nothing was given or every result lies below detection."""
    share = threshold("detection-limit-share", on).value
    limits_of_detection = [below for sample in samples if (below := _below(sample, lod)) is not None]
    mean = Fraction(given) if given is not None else None
    if samples:
        mean = _mean(samples, hours_per_day, lod, share, on, found.steps)
    if limits_of_detection:
        fine = _judge_detection(found, max(limits_of_detection), allowed, share)
        if len(limits_of_detection) == len(samples):
            mean = None
        if mean is None or not fine:
            found.verdicts.append(fine)
    if mean is not None:
        found.verdicts.append(mean <= allowed)
        found.steps.append(Message("C_TWA %(twa)s, limit %(limit)s mg/m3.", twa=rounded(mean), limit=rounded(allowed)))
    return mean


def _mean(samples: list[Sample], hours_per_day: Decimal, lod: Decimal | None, share: Decimal, on: date, steps: list[Message]) -> Fraction:
    """C_TWA = Σ CᵢTᵢ / 8, whatever the length of the day; time without exposure counts as zero."""
    normal = threshold("normal-hours-per-day", on).value
    total, covered, parts = Fraction(0), Decimal(0), []
    for sample in samples:
        below = _below(sample, lod)
        counted = sample.value if below is None else below * share
        hours = sample.hours if sample.hours is not None else hours_per_day
        total += Fraction(counted) * Fraction(hours)
        covered += hours
        parts.append(f"{rounded(counted)}×{rounded(hours)}")
    mean = total / Fraction(normal)
    steps.append(Message("C_TWA = (%(sum)s) / %(hours)s = %(mean)s", sum=" + ".join(parts), hours=normal, mean=rounded(mean)))
    if covered > max(hours_per_day, normal):
        steps.append(
            Message("The samples cover %(hours)s h; for a longer shift give hours_per_day, which reduces the limit.", hours=covered)
        )
    return mean


def _judge_short(found: _Judgement, limits: Limits, on: date, ste: Decimal | None, peak: Decimal | None) -> None:
    """Judge C_STE against the PC-STEL, or where there is none the highest short-time value against the peak."""
    if limits.pc_stel is not None:
        if ste is None:
            found.steps.append(Message("C_STE was not given: PC-STEL %(limit)s mg/m3 is not judged.", limit=limits.pc_stel))
        else:
            found.verdicts.append(ste <= limits.pc_stel)
            found.steps.append(Message("C_STE %(ste)s, PC-STEL %(limit)s mg/m3.", ste=ste, limit=limits.pc_stel))
        if peak is not None:
            found.steps.append(Message("A peak is judged only where there is no PC-STEL."))
        return
    assert limits.pe is not None and limits.pe_absolute is not None
    top = max((value for value in (peak, ste) if value is not None), default=None)
    if top is None:
        found.steps.append(Message("No peak was given: it is not judged."))
        return
    found.verdicts.append(True if top <= limits.pe else False if top > limits.pe_absolute else None)
    found.steps.append(
        Message("Peak %(peak)s, held to %(pe)s, never above %(absolute)s mg/m3.", peak=top, pe=limits.pe, absolute=limits.pe_absolute)
    )
    if limits.pe < top <= limits.pe_absolute:
        found.note = Message(
            "The peak %(peak)s is above %(pe)s: it complies only if it lasts at most %(minutes)s minutes, at most %(times)s times a shift, %(gap)s h apart.",
            peak=top, pe=limits.pe, minutes=threshold("peak-minutes", on).value, times=threshold("peak-times", on).value,
            gap=threshold("peak-gap", on).value,
        )  # fmt: skip


def evaluate_mixture(parts: Sequence[tuple[Fraction | Decimal, Fraction | Decimal]]) -> tuple[Fraction, bool]:
    """Σ Cᵢ/Lᵢ of substances acting on the same organ, and whether it is at most 1 (GBZ 2.1-2019 chapter 6)."""
    total = sum((Fraction(value) / Fraction(limit) for value, limit in parts), Fraction(0))
    return total, total <= 1


@question("mixture")
def mixture(parts: str, on: date, hours_per_day: Decimal | None = None, days_per_week: Decimal | None = None) -> Answer:
    """Substances that act on the same organ together: `甲苯=30;二甲苯=25`, C_TWA in mg/m3 of each."""
    pairs: list[tuple[Decimal, Limits]] = []
    for part in filter(None, (one.strip() for one in re.split("[;；]", parts))):
        name, equals, value = part.rpartition("=")
        sample = _SAMPLE.match(value.strip())
        if not equals or sample is None or sample[1] or sample[3] or len(value) > PLACES:
            raise QuestionError(Message("“%(text)s” is not a part of a mixture; write name=value, like 甲苯=30.", text=part))
        limits = find_limits(name.strip(), on)
        if isinstance(limits, Unknown):
            return no_answer(limits.message, edition=limits.edition)
        if limits.pc_twa is None:
            return no_answer(Message("“%(name)s” has no PC-TWA; a maximum (MAC) is not summed.", name=limits.name), edition=limits.edition)
        pairs.append((Decimal(sample[2]), limits))
    if len({limits.name for _value, limits in pairs}) < max(2, len(pairs)):
        raise QuestionError(Message("A mixture has at least two different parts, like 甲苯=30;二甲苯=25."))
    factor, steps = reduction_factor(*_shift(hours_per_day, days_per_week, on), on)
    allowed = [Fraction(limits.pc_twa or 0) * factor for _value, limits in pairs]
    steps += tuple(
        Message("%(name)s: %(value)s / %(limit)s", name=limits.name, value=value, limit=rounded(limit))
        for (value, limits), limit in zip(pairs, allowed, strict=True)
    )
    if not factor:
        return no_answer(
            Message("Nobody can work without rest: for this shift the reduced limit is 0."), *steps, edition=pairs[0][1].edition
        )
    total, complies = evaluate_mixture([(Fraction(value), limit) for (value, _limits), limit in zip(pairs, allowed, strict=True)])
    value = {"ratio": rounded(total), "reduction": rounded(factor), "compliant": complies}
    steps += (Message("Σ C/L = %(total)s, allowed 1.", total=rounded(total)),)
    edition = max((limits.edition for _value, limits in pairs), key=len)
    sources = "；".join(dict.fromkeys(limits.source for _value, limits in pairs))
    return Answer(value, "ratio", edition, sources, factor == 1 and all(limits.verified for _value, limits in pairs), steps)
