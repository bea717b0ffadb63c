"""Decisions about examinations: letters of conclusions, and the days that a conclusion obliges to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

#: Letter of each conclusion as the formats name it, in the order in which letters are written.
LETTERS = {
    "目前未见异常": "N",
    "复查": "R",
    "职业禁忌证": "C",
    "疑似职业病": "S",
    "其他疾病或异常": "O",
    "暂无个体结论": "P",
}
ORDER = "NRCSOP"
#: Letters that oblige somebody and from which a case can be opened.
OBLIGING = "RCS"

#: Which clocks a finding starts, and the day of the examination from which each counts.
CLOCKS: dict[str, tuple[tuple[str, str], ...]] = {
    "R": (("recheck-inform", "reported"), ("recheck-window", "examined"), ("recheck-lapse", "examined")),
    "C": (("contraindication-notify", "reported"),),
    "S": (
        ("suspected-notify-worker", "reported"),
        ("suspected-notify-employer", "reported"),
        ("suspected-report", "reported"),
    ),
}
#: An acute case is reported at once.
ACUTE_CLOCKS = (("suspected-report-acute", "reported"),)

#: The day when a clock runs out, or `None` where no rule of that name held on that day.
DueDay = Callable[[str, date], date | None]


def letters(conclusions: Iterable[str]) -> str:
    """The letters of some conclusions, in their fixed order."""
    held = {LETTERS[name] for name in conclusions}
    return "".join(letter for letter in ORDER if letter in held)


def is_acute(phase: str, disease: str | None) -> bool:
    """Whether a suspected disease is acute: as its name says it, else where an acute event was the reason for the examination."""
    name = disease or ""
    return "急性" in name or (phase == "emergency" and "慢性" not in name)


def finding_dues(
    kind: str, phase: str, examined_on: date, reported_on: date, due_day: DueDay, disease: str | None = None
) -> dict[str, str]:
    """Slug of each clock that a finding starts → ISO day on which it runs out."""
    clocks = CLOCKS[kind] + (ACUTE_CLOCKS if kind == "S" and is_acute(phase, disease) else ())
    days = {"examined": examined_on, "reported": reported_on}
    dues = {slug: due_day(slug, days[start]) for slug, start in clocks}
    return {slug: day.isoformat() for slug, day in dues.items() if day is not None}


_STARTS = {slug: start for clocks in (*CLOCKS.values(), ACUTE_CLOCKS) for slug, start in clocks}


def day_of_clock(slug: str, examined_on: date, reported_on: date) -> date:
    """The day from which a clock counts."""
    return examined_on if _STARTS.get(slug) == "examined" else reported_on


#: What outweighs what, where an examination ends with several conclusions.
FITNESS_ORDER = "SCRPNU"


def fitness_letter(conclusions: str) -> str:
    """The conclusion that decides whether a worker may do the work examined for; nothing unrelated to work decides it."""
    return next((letter for letter in FITNESS_ORDER if letter in conclusions), "")


def is_exposure(phase: str, conclusions: str) -> bool:
    """Whether an examination shows its worker exposed to the hazards that it names: at work with them, or found fit to begin (check C09)."""
    return phase == "in-service" or (phase == "pre-placement" and fitness_letter(conclusions) in ("N", ""))
