"""Lines over time drawn on the server as SVG: told apart by stroke and mark and not by colour alone, broken where nothing was measured."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import cycle

from markupsafe import Markup

from ohs.kernel.charts import Series

WIDTH, HEIGHT, LEFT, RIGHT, BOTTOM = 420, 190, 46, 66, 30
#: Height of one name of the key above the picture.
KEY_LINE = 22
STEPS = 4
#: Colour, stroke and mark of each line in turn; each pair differs in stroke and mark as well.
STYLES = (("#0f52a3", "", "circle"), ("#b8470b", "7 4", "square"), ("#17662f", "2 3", "triangle"), ("#6b2a8c", "10 3 2 3", "diamond"))
#: Labels of days nearer than this would overlap.
LABEL_WIDTH = 96


@dataclass(frozen=True)
class Bound:
    """A value drawn as a thin line across, with what it is called."""

    value: float
    name: str


@dataclass(frozen=True)
class Scale:
    """Places of days and values in the picture."""

    first: date
    days: int
    low: float
    high: float
    top: int
    height: int

    def x(self, day: date) -> float:
        """From the left; a single day stands in the middle."""
        share = (day - self.first).days / self.days if self.days else 0.5
        return round(LEFT + 10 + (WIDTH - LEFT - RIGHT - 20) * share, 1)

    def y(self, value: float) -> float:
        return round(self.top + (self.height - self.top - BOTTOM) * (1 - (value - self.low) / (self.high - self.low)), 1)


def trend_chart(days: Sequence[date], lines: Sequence[Series], title: str, bounds: Sequence[Bound] = ()) -> Markup:
    """One line for each row of numbers over the days of their measurement, in order; one number alone is a mark without a line."""
    found = [value for line in lines for value in line.values if value is not None]
    if not days or not found:
        return Markup("")
    low, high = _around([*found, *(bound.value for bound in bounds)])
    top = 12 + KEY_LINE * len(lines)
    scale = Scale(days[0], (days[-1] - days[0]).days, low, high, top, HEIGHT + top)
    parts = [
        Markup('<svg class="chart" viewBox="0 0 %s %s" role="img" aria-label="%s"><title>%s</title>') % (WIDTH, scale.height, title, title)
    ]
    parts += _grid(scale)
    parts += [_bound(scale, bound) for bound in bounds]
    parts += _day_labels(scale, days)
    for number, (line, style) in enumerate(zip(lines, cycle(STYLES), strict=False)):
        parts.append(_key(number, line.name, style))
        parts.append(_drawn(scale, days, line, style))
    return Markup("").join([*parts, Markup("</svg>")])


def _around(values: Sequence[float]) -> tuple[float, float]:
    """Round numbers around the values, some way apart."""
    low, high = min(values), max(values)
    reach = high - low or abs(high) / 2 or 1.0
    size = 10 ** math.floor(math.log10(reach / STEPS))
    step = next(times * size for times in (1, 2, 2.5, 5, 10, 20) if times * size * STEPS >= reach * 1.1)
    floor = math.floor((low - reach * 0.05) / step) * step
    if low >= 0:
        floor = max(0.0, floor)
    while floor + step * STEPS < high:
        step *= 2
        floor = max(0.0, math.floor(low / step) * step) if low >= 0 else math.floor(low / step) * step
    return floor, floor + step * STEPS


def _grid(scale: Scale) -> list[Markup]:
    found = []
    for tick in range(STEPS + 1):
        value = scale.low + (scale.high - scale.low) * tick / STEPS
        y = scale.y(value)
        found.append(Markup('<path d="M%s %sH%s" stroke="#d9dfe8"/>') % (LEFT, y, WIDTH - RIGHT))
        found.append(Markup('<text x="%s" y="%s" text-anchor="end">%s</text>') % (LEFT - 6, y + 4, f"{value:,.4g}"))
    return found


def _bound(scale: Scale, bound: Bound) -> Markup:
    y = scale.y(bound.value)
    return Markup('<path d="M%s %sH%s" stroke="#556072" stroke-dasharray="1 4"/><text x="%s" y="%s">%s</text>') % (
        LEFT, y, WIDTH - RIGHT, WIDTH - RIGHT + 4, y + 4, bound.name,
    )  # fmt: skip


def _day_labels(scale: Scale, days: Sequence[date]) -> list[Markup]:
    """As many days as have room, the first and the last among them."""
    kept: list[date] = []
    for day in sorted(set(days)):
        if not kept or _label_at(scale, day) - _label_at(scale, kept[-1]) >= LABEL_WIDTH:
            kept.append(day)
        elif day == days[-1] and len(kept) > 1:
            kept[-1] = day
    return [_day_label(scale, day) for day in kept]


def _label_at(scale: Scale, day: date) -> float:
    """The middle of a day's label, which stays inside the picture."""
    return min(max(scale.x(day), LEFT), WIDTH - 46)


def _day_label(scale: Scale, day: date) -> Markup:
    return Markup('<text x="%s" y="%s" text-anchor="middle">%s</text>') % (_label_at(scale, day), scale.height - 9, day.isoformat())


def _key(number: int, name: str, style: tuple[str, str, str]) -> Markup:
    colour, stroke, mark = style
    x, y = LEFT, 10 + KEY_LINE * number
    line = Markup('<path d="M%s %sh30" stroke="%s" stroke-width="2" stroke-dasharray="%s"/>') % (x, y, colour, stroke)
    return line + _mark(x + 15, y, colour, mark) + Markup('<text x="%s" y="%s">%s</text>') % (x + 36, y + 4, name)


def _drawn(scale: Scale, days: Sequence[date], line: Series, style: tuple[str, str, str]) -> Markup:
    colour, stroke, mark = style
    strokes: list[str] = []
    marks: list[Markup] = []
    is_drawing = False
    for day, value in zip(days, line.values, strict=True):
        if value is None:
            is_drawing = False
            continue
        x, y = scale.x(day), scale.y(value)
        strokes.append(f"{'L' if is_drawing else 'M'}{x} {y}")
        is_drawing = True
        marks.append(_mark(x, y, colour, mark, f"{day} {line.name} {value:,.4g}"))
    drawn = Markup('<path d="%s" fill="none" stroke="%s" stroke-width="2" stroke-dasharray="%s"/>') % ("".join(strokes), colour, stroke)
    return (drawn if any(part[0] == "L" for part in strokes) else Markup("")) + Markup("").join(marks)


def _mark(x: float, y: float, colour: str, mark: str, words: str = "") -> Markup:
    told = Markup("<title>%s</title>") % words if words else Markup("")
    if mark == "circle":
        return Markup('<circle cx="%s" cy="%s" r="4" fill="#fff" stroke="%s" stroke-width="2">%s</circle>') % (x, y, colour, told)
    reach = {"square": "M-4-4h8v8h-8z", "triangle": "M0-5l5 9h-10z", "diamond": "M0-5.5l5.5 5.5-5.5 5.5-5.5-5.5z"}[mark]
    return Markup('<path d="%s" transform="translate(%s %s)" fill="#fff" stroke="%s" stroke-width="2">%s</path>') % (
        reach, round(x, 1), round(y, 1), colour, told,
    )  # fmt: skip
