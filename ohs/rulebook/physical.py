"""Physical factors (GBZ 2.2-2007): their limits with conditions, and the judging of noise, vibration and what has one number."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ohs.kernel.message import Message
from ohs.rulebook.answer import Answer, no_answer
from ohs.rulebook.hazards import find_by_any_name, fold
from ohs.rulebook.questions import QuestionError
from ohs.rulebook.tables import Row, table
from ohs.rulebook.thresholds import threshold

EDITION = "GBZ 2.2-2007"
#: What the table calls the quantities that are averaged over time.
EQUIVALENT_LEVEL, EQUIVALENT_ACCELERATION = "等效声级", "等能量频率计权振动加速度"
#: No sound on earth is louder, in dB; beyond it the arithmetic ends too.
LOUDEST = 400
HOURS_OF_A_DAY = Decimal(24)


@dataclass(frozen=True)
class Sample:
    """One measured value over so many hours; `is_below` when only the limit of detection is known."""

    value: Decimal
    hours: Decimal | None
    is_below: bool


def physical_rows(hazard: str) -> list[Row]:
    """All limits of a physical factor, whatever the day; empty for anything else."""
    folded = fold(hazard)
    if rows := [row for row in table("exposure_limits_physical") if fold(row["factor"]) == folded]:
        return rows
    found = find_by_any_name(hazard)
    return [row for row in table("exposure_limits_physical") if found is not None and row["hazard_code"] == found.code]


def physical_limits(hazard: str, condition: str) -> list[Row]:
    """The limits whose conditions hold all parts of `condition`."""
    parts = [fold(part) for part in re.split("[；;，,]", condition) if part.strip()]
    return [row for row in physical_rows(hazard) if all(_holds(row, part) for part in parts)]


def not_in_force(on: date) -> Answer | None:
    """The answer for a day before the edition that is held."""
    start = next(row["effective_from"] for row in table("editions") if row["table_or_subject"] == "exposure_limits_physical.csv")
    if on.isoformat() >= start:
        return None
    return no_answer(
        Message("%(edition)s is in force from %(start)s; what held before is not among our tables.", edition=EDITION, start=start)
    )


def _holds(row: Row, part: str) -> bool:
    """Whether a row's quantity is this, or its condition holds it: as a whole word where it begins or ends with a figure."""
    return part == fold(row["quantity"]) or re.search(rf"(?<![0-9]){re.escape(part)}(?![0-9])", fold(row["condition"])) is not None


def physical_answer(hazard: str, on: date, condition: str) -> Answer | None:
    """The limit with its condition; all of them where nobody says which condition holds. None for what is no physical factor."""
    if not physical_rows(hazard):
        return None
    if (early := not_in_force(on)) is not None:
        return early
    rows = physical_limits(hazard, condition)
    if not rows:
        return no_answer(_no_such_condition(hazard), edition=EDITION, source=EDITION)
    limits = [
        {
            "factor": row["factor"],
            "quantity": row["quantity"],
            "condition": row["condition"],
            "limit": _figure(row["limit"]),
            "unit": row["unit"],
        }
        for row in rows
    ]
    only = _common(rows)
    one = limits[rows.index(only)] if only else {}
    value = {key: one.get(key) for key in ("limit", "quantity", "condition")} | {"limits": limits}
    note = None if only else Message("The limit depends on the condition: give condition, or read it from the list.")
    unit = rows[0]["unit"] if len({row["unit"] for row in rows}) == 1 else None
    verified = all(row["verified"] == "yes" for row in rows)
    return Answer(value, unit, EDITION, EDITION, verified, tuple(map(_step, rows)), note)


def _figure(text: str) -> Decimal | str:
    """A limit as a number where it is one; `400/t`, `+1` and the like stay as they are printed."""
    return Decimal(text) if re.fullmatch(r"\d+(\.\d+)?", text) else text


def _step(row: Row) -> Message:
    return Message(
        "%(factor)s, %(quantity)s: %(limit)s %(unit)s (%(condition)s)",
        **{key: row[key] for key in ("factor", "quantity", "limit", "unit", "condition")},
    )


def _no_such_condition(hazard: str) -> Message:
    return Message(
        "No limit has this condition; the conditions are: %(conditions)s.",
        conditions=_conditions(physical_rows(hazard)),
    )


def _conditions(rows: list[Row]) -> list[str]:
    """The conditions; with the quantity in front where several quantities share one."""
    alone = len({row["condition"] for row in rows}) == len(rows)
    return [row["condition"] if alone else f"{row['quantity']}；{row['condition']}" for row in rows]


def _common(rows: list[Row]) -> Row | None:
    """The row that stands for all: the only one, or the first where all have one limit for quantities that are averaged alike (noise)."""
    level = [row for row in rows if EQUIVALENT_LEVEL in row["quantity"]]
    if len(rows) == 1 or (level and len({row["limit"] for row in level}) == 1):
        return (level or rows)[0]
    return None


def judge_physical(
    hazard: str, on: date, condition: str, samples: Sequence[Sample], given: Decimal | None, hours_per_day: Decimal, days_per_week: Decimal
) -> Answer:
    """Whether a level, an acceleration or any quantity that has one number keeps its limit."""
    rows = physical_limits(hazard, condition)
    if not rows:
        return no_answer(_no_such_condition(hazard), edition=EDITION, source=EDITION)
    row = _common(rows)
    if row is None:
        sentence = Message("The limit depends on the condition; give condition, one of: %(conditions)s.", conditions=_conditions(rows))
        return no_answer(sentence, edition=EDITION, source=EDITION)
    allowed = _figure(row["limit"])
    if isinstance(allowed, str):
        return no_answer(
            Message("The limit %(limit)s is not one number; compare it with its condition.", limit=row["limit"]), edition=EDITION
        )
    if len(samples) > 1 and any(sample.hours is None for sample in samples):
        return no_answer(Message("Say over how many hours each sample was taken: value@hours."), edition=EDITION, source=EDITION)
    if any(sample.is_below for sample in samples):
        raise QuestionError(Message("A physical quantity has no limit of detection; give its value."))
    timed = [(sample.value, sample.hours if sample.hours is not None else hours_per_day) for sample in samples]
    if not timed and given is None:
        return no_answer(Message("Give samples as value@hours, or twa as the %(quantity)s.", quantity=row["quantity"]), edition=EDITION)
    if EQUIVALENT_LEVEL in row["quantity"]:
        shown, steps = _sound(on, timed, given, days_per_week)
    elif EQUIVALENT_ACCELERATION in row["quantity"]:
        shown, steps = _vibration(on, timed, given)
    elif timed and given is None and len(timed) > 1:
        return no_answer(Message("Several samples of this quantity are not averaged; give twa."), edition=EDITION)
    else:
        shown, steps = (given if given is not None else timed[0][0]), []
    steps.append(
        Message(
            "%(value)s against the limit %(limit)s %(unit)s (%(condition)s).",
            value=shown,
            limit=allowed,
            unit=row["unit"],
            condition=row["condition"],
        )
    )
    value = {
        "twa": shown, "limit": allowed, "limit_kind": row["quantity"], "condition": row["condition"], "reduction": Decimal(1), "ratio": None,
        "level": None, "compliant": shown <= allowed,
    }  # fmt: skip
    return Answer(value, row["unit"], EDITION, EDITION, row["verified"] == "yes", tuple(steps))


def _sound(on: date, timed: list[tuple[Decimal, Decimal]], given: Decimal | None, days_per_week: Decimal) -> tuple[Decimal, list[Message]]:
    """L_EX,8h of levels and hours, or L_EX,W where the week has not five days; rounded as a meter shows it."""
    normal, week = threshold("normal-hours-per-day", on).value, threshold("normal-days-per-week", on).value
    if max([level for level, _hours in timed] + ([given] if given is not None else [])) > LOUDEST:
        raise QuestionError(Message("A level lies between 0 and %(most)s dB(A).", most=LOUDEST))
    steps = []
    if timed:
        energy = sum(float(hours) * 10 ** (0.1 * float(level)) for level, hours in timed)
        level = Decimal(str(10 * math.log10(energy / float(normal))))
        steps.append(Message("L_EX,8h = 10·lg(Σ T·10^(0.1·L) / 8) = %(level)s dB(A)", level=hundredths(level)))
    else:
        assert given is not None
        level = given
    if days_per_week != week:
        level += Decimal(str(10 * math.log10(float(days_per_week / week))))
        steps.append(Message("L_EX,W over %(days)s days = %(level)s dB(A)", days=days_per_week, level=hundredths(level)))
    return hundredths(level), steps


def _vibration(on: date, timed: list[tuple[Decimal, Decimal]], given: Decimal | None) -> tuple[Decimal, list[Message]]:
    """The acceleration that carries in four hours the energy of all samples: √(Σ a²·T / 4)."""
    if not timed:
        assert given is not None
        return given, []
    normal = threshold("vibration-hours-per-day", on).value
    mean = hundredths((sum((value * value * hours for value, hours in timed), Decimal(0)) / normal).sqrt())
    return mean, [Message("a(4) = √(Σ a²·T / %(hours)s) = %(mean)s m/s2", hours=normal, mean=mean)]


def hundredths(value: Decimal) -> Decimal:
    """Rounded to two places, without idle zeros."""
    rounded = round(value, 2)
    return rounded.quantize(Decimal(1)) if rounded == rounded.to_integral_value() else rounded.normalize()
