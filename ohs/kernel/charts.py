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
    shares = [area.share for area in areas.values() if area.share is not None]
    least, most = min(shares, default=0.0), max(shares, default=1.0)
    for code, name, path, x, y in _shapes():
        area = areas.get(code, Area(None, "—"))
        rank = -1 if area.share is None else min(len(SHADES) - 1, int((area.share - least) / (most - least or 1) * len(SHADES)))
        fill, ink = (NO_VALUE, "") if rank < 0 else (SHADES[rank], "light" if rank >= DARK_FROM else "")
        drawn = Markup('<path d="%s" fill="%s" stroke="#fff" stroke-width="1.5"/>') % (path, fill)
        drawn += Markup('<text x="%s" y="%s" text-anchor="middle" class="%s">%s</text>') % (x, y - 2, ink, name)
        drawn += Markup('<text x="%s" y="%s" text-anchor="middle" class="%s">%s</text>') % (x, y + 13, ink, area.text)
        parts.append(Markup('<a href="%s" aria-label="%s %s">%s</a>') % (area.href, name, area.text, drawn) if area.href else drawn)
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


def bars_and_line(labels: Sequence[str], bars: Sequence[float], line: Sequence[float], bar_name: str, line_name: str, title: str) -> Markup:
    """Bars on the left axis and a line on the right one, one of each for every label."""
    width, height, left, right, top, bottom = 640, 300, 46, 56, 34, 28
    inner_width, inner_height = width - left - right, height - top - bottom
    bar_top, line_top = _ceiling(max(bars, default=0)), _ceiling(max(line, default=0))
    step = inner_width / max(1, len(labels))
    parts = [Markup('<svg class="chart" viewBox="0 0 %s %s" role="img" aria-label="%s"><title>%s</title>') % (width, height, title, title)]
    parts.append(Markup('<rect x="180" y="8" width="16" height="10" fill="%s"/><text x="202" y="17">%s</text>') % (BAR, bar_name))
    parts.append(
        Markup(
            '<path d="M330 13h20" stroke="%s" stroke-width="2"/><circle cx="340" cy="13" r="3.5" fill="#fff" stroke="%s" stroke-width="1.5"/><text x="356" y="17">%s</text>'
        )
        % (LINE, LINE, line_name)
    )
    for tick in range(6):
        y = round(top + inner_height * (1 - tick / 5), 1)
        parts.append(Markup('<path d="M%s %sH%s" stroke="#d9dfe8"/>') % (left, y, width - right))
        parts.append(
            Markup('<text x="%s" y="%s" text-anchor="end">%s</text>')
            % (left - 6, y + 4, f"{bar_top * tick / 5:,.4g}" if bar_top < 10 else f"{bar_top * tick / 5:,.0f}")
        )
        parts.append(
            Markup('<text x="%s" y="%s">%s</text>')
            % (width - right + 6, y + 4, f"{line_top * tick / 5:,.4g}" if line_top < 10 else f"{line_top * tick / 5:,.0f}")
        )
    places = []
    for number, (label, bar, point) in enumerate(zip(labels, bars, line, strict=True)):
        x = left + step * number
        tall = inner_height * bar / bar_top
        parts.append(
            Markup('<rect x="%s" y="%s" width="%s" height="%s" fill="%s"><title>%s %s %s</title></rect>')
            % (
                round(x + step * 0.18, 1),
                round(top + inner_height - tall, 1),
                round(step * 0.64, 1),
                round(tall, 1),
                BAR,
                label,
                bar_name,
                f"{bar:,}",
            )
        )
        parts.append(Markup('<text x="%s" y="%s" text-anchor="middle">%s</text>') % (round(x + step / 2, 1), height - 9, label))
        places.append((round(x + step / 2, 1), round(top + inner_height * (1 - point / line_top), 1), label, point))
    if places:
        parts.append(
            Markup('<path d="M%s" fill="none" stroke="%s" stroke-width="2"/>') % ("L".join(f"{x} {y}" for x, y, *_rest in places), LINE)
        )
    for x, y, label, point in places:
        parts.append(
            Markup('<circle cx="%s" cy="%s" r="3.5" fill="#fff" stroke="%s" stroke-width="1.5"><title>%s %s %s</title></circle>')
            % (x, y, LINE, label, line_name, f"{point:,}")
        )
    return Markup("").join([*parts, Markup("</svg>")])
