"""Pictures drawn on the server: the county map and the month chart as SVG, without style attributes or scripts."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

GEOJSON = Path(__file__).resolve().parent.parent / "rulebook" / "data" / "jiaxing_counties.geojson"
#: From light to dark, for shares from low to high.
SHADES = ("#dbe7f7", "#b3cdef", "#86b0e4", "#5a92d4", "#3474bd", "#0f52a3")
#: From this shade on the label is white.
DARK_FROM = 3
NO_VALUE = "#e9edf3"
BAR, LINE = "#0f52a3", "#b8470b"


@dataclass(frozen=True)
class Area:
    """One area of the map: its share (0 to 1, None where there is nothing), what stands below its name, and where a click leads."""

    share: float | None
    text: str
    href: str = ""


@cache
def _shapes() -> tuple[tuple[str, str, str, float, float], ...]:
    """Code, name, path and label point of each county, scaled to 400 × 360."""
    features = json.loads(GEOJSON.read_text())["features"]
    points = [point for feature in features for ring in _rings(feature) for point in ring]
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    stretch = math.cos(math.radians((south + north) / 2))
    scale = min(388 / ((east - west) * stretch), 348 / (north - south))

    def place(point: Sequence[float]) -> tuple[float, float]:
        return round(6 + (point[0] - west) * stretch * scale, 1), round(6 + (north - point[1]) * scale, 1)

    shapes = []
    for feature in features:
        path = "".join("M" + "L".join(f"{x} {y}" for x, y in map(place, ring)) + "Z" for ring in _rings(feature))
        x, y = place(feature["properties"]["label_point"])
        shapes.append((feature["properties"]["adcode"], feature["properties"]["name"], path, x, y))
    return tuple(shapes)


def _rings(feature: Any) -> list[Any]:
    geometry = feature["geometry"]
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [ring for polygon in polygons for ring in polygon]


def county_map(areas: Mapping[str, Area], title: str, low: str, high: str) -> Markup:
    """The seven counties shaded by share, each a link where it leads somewhere; a sketch (示意图), not a map to measure on."""
    parts = [Markup('<svg class="chart map" viewBox="0 0 400 372" role="group" aria-label="%s"><title>%s</title>') % (title, title)]
    labels: list[Markup] = []
    shares = [area.share for area in areas.values() if area.share is not None]
    least, most = min(shares, default=0.0), max(shares, default=1.0)
    for code, name, path, x, y in _shapes():
        area = areas.get(code, Area(None, "—"))
        rank = -1 if area.share is None else min(len(SHADES) - 1, int((area.share - least) / (most - least or 1) * len(SHADES)))
        fill, ink = (NO_VALUE, "") if rank < 0 else (SHADES[rank], "light" if rank >= DARK_FROM else "")
        drawn = Markup('<path d="%s" fill="%s" stroke="#fff" stroke-width="1.5"/>') % (path, fill)
        label = Markup('<text x="%s" y="%s" text-anchor="middle" class="%s">%s</text>') % (x, y - 2, ink, name)
        label += Markup('<text x="%s" y="%s" text-anchor="middle" class="%s">%s</text>') % (x, y + 13, ink, area.text)
        parts.append(Markup('<a href="%s" aria-label="%s %s">%s</a>') % (area.href, name, area.text, drawn) if area.href else drawn)
        labels.append(label)
    parts += [Markup('<g aria-hidden="true" class="labels">%s</g>') % Markup("").join(labels)]
    for number, shade in enumerate(SHADES):
        parts.append(Markup('<rect x="374" y="%s" width="14" height="18" fill="%s"/>') % (344 - number * 18, shade))
    parts.append(
        Markup('<text x="370" y="264" text-anchor="end">%s</text><text x="370" y="360" text-anchor="end">%s</text></svg>') % (high, low)
    )
    return Markup("").join(parts)


def _ceiling(value: float) -> float:
    """A round number at or above a value, fit for the top of an axis."""
    if value <= 0:
        return 1
    size = 10 ** math.floor(math.log10(value))
    return next(step * size for step in (1, 2, 2.5, 5, 10) if step * size >= value)


@dataclass(frozen=True)
class Series:
    """One row of numbers: what it is called, and a number for each label of the chart; a line is broken where there is none."""

    name: str
    values: Sequence[float | None]


WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 560, 300, 46, 52, 40, 28
INNER_WIDTH, INNER_HEIGHT = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
STEPS = 5


def _at(share: float) -> float:
    """The place on the upright axis of a share of its height."""
    return round(TOP + INNER_HEIGHT * (1 - share), 1)


def _axis(top: float, tick: int) -> str:
    value = top * tick / STEPS
    return f"{value:,.4g}" if top < 10 else f"{value:,.0f}"


def _bar(x: float, step: float, value: float, top: float, words: str) -> Markup:
    tall = INNER_HEIGHT * value / top
    return Markup('<rect x="%s" y="%s" width="%s" height="%s" fill="%s"><title>%s</title></rect>') % (
        round(x + step * 0.18, 1), _at(value / top), round(step * 0.64, 1), round(tall, 1), BAR, words,
    )  # fmt: skip


def bars_and_line(labels: Sequence[str], bars: Series, line: Series | None, title: str) -> Markup:
    """Bars on the left axis and, where there is a line, a line on the right one; a number of each for every label."""
    heights = [value or 0 for value in bars.values]
    bar_top = _ceiling(max(heights, default=0))
    line_top = _ceiling(max((value for value in line.values if value is not None), default=0)) if line else 0.0
    step = INNER_WIDTH / max(1, len(labels))
    parts = [Markup('<svg class="chart" viewBox="0 0 %s %s" role="img" aria-label="%s"><title>%s</title>') % (WIDTH, HEIGHT, title, title)]
    parts.append(Markup('<rect x="120" y="8" width="18" height="11" fill="%s"/><text x="144" y="18">%s</text>') % (BAR, bars.name))
    if line:
        parts.append(_line_key(line.name))
    for tick in range(STEPS + 1):
        y = _at(tick / STEPS)
        parts.append(Markup('<path d="M%s %sH%s" stroke="#d9dfe8"/>') % (LEFT, y, WIDTH - RIGHT))
        parts.append(Markup('<text x="%s" y="%s" text-anchor="end">%s</text>') % (LEFT - 6, y + 4, _axis(bar_top, tick)))
        if line:
            parts.append(Markup('<text x="%s" y="%s">%s</text>') % (WIDTH - RIGHT + 6, y + 4, _axis(line_top, tick)))
    for number, (label, value) in enumerate(zip(labels, heights, strict=True)):
        x = LEFT + step * number
        parts.append(_bar(x, step, value, bar_top, f"{label} {bars.name} {value:,}"))
        parts.append(Markup('<text x="%s" y="%s" text-anchor="middle">%s</text>') % (round(x + step / 2, 1), HEIGHT - 9, label))
    if line:
        parts.append(_drawn_line(labels, line, line_top, step))
    return Markup("").join([*parts, Markup("</svg>")])


def _line_key(name: str) -> Markup:
    return Markup(
        '<path d="M300 13h22" stroke="%s" stroke-width="2"/><circle cx="311" cy="13" r="3.5" fill="#fff" stroke="%s" stroke-width="1.5"/><text x="328" y="18">%s</text>'
    ) % (LINE, LINE, name)


def _drawn_line(labels: Sequence[str], line: Series, top: float, step: float) -> Markup:
    strokes: list[str] = []
    points = []
    is_drawing = False
    for number, (label, value) in enumerate(zip(labels, line.values, strict=True)):
        if value is None:
            is_drawing = False
            continue
        x, y = round(LEFT + step * (number + 0.5), 1), _at(value / top)
        strokes.append(f"{'L' if is_drawing else 'M'}{x} {y}")
        is_drawing = True
        points.append(
            Markup('<circle cx="%s" cy="%s" r="3.5" fill="#fff" stroke="%s" stroke-width="1.5"><title>%s %s %s</title></circle>')
            % (x, y, LINE, label, line.name, f"{value:,}")
        )
    drawn = Markup('<path d="%s" fill="none" stroke="%s" stroke-width="2"/>') % ("".join(strokes), LINE) if strokes else Markup("")
    return drawn + Markup("").join(points)
