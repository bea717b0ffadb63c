"""The lifecycle of a case as a picture: every status by its distance from the beginning, the way taken, and where the case stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ohs.cases.kinds.vocabulary import Kind
from ohs.cases.models import Case
from ohs.kernel.i18n import say

#: Units of the picture.
BOX_WIDTH, BOX_HEIGHT, GAP_X, GAP_Y, MARGIN = 116, 34, 34, 14, 6
#: So many signs fit into a box.
FITS = 9


@dataclass(frozen=True)
class Box:
    """One status."""

    status: str
    label: str
    lines: tuple[str, ...]
    x: int
    y: int
    #: `now`, `done`, or nothing.
    mark: str


@dataclass(frozen=True)
class Arrow:
    """One way from a status to another."""

    path: str
    is_taken: bool


@dataclass(frozen=True)
class Diagram:
    """The picture and its size."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    width: int
    height: int


def diagram_of(kind: Kind, track: str, case: Case) -> Diagram:
    """The picture of one track with the way that this case has taken."""
    lifecycle, here = kind.tracks[track], case.status_on(track)
    taken = {(step.before, step.after) for step in case.steps if step.track == track and step.before != step.after}
    passed = {after for _before, after in taken}
    places = _places(
        lifecycle.statuses, {(step.before, step.after) for step in lifecycle.steps if step.before and step.before != step.after}
    )
    boxes = []
    for status, (column, row) in places.items():
        label = say(kind.statuses[status])
        mark = "now" if status == here else "done" if status in passed else ""
        boxes.append(Box(status, label, _lines(label), MARGIN + column * (BOX_WIDTH + GAP_X), MARGIN + row * (BOX_HEIGHT + GAP_Y), mark))
    at = {box.status: box for box in boxes}
    ways = dict.fromkeys((step.before, step.after) for step in lifecycle.steps if step.before and step.before != step.after)
    arrows = sorted(
        (Arrow(_path(at[before], at[after]), (before, after) in taken) for before, after in ways), key=lambda arrow: arrow.is_taken
    )
    return Diagram(
        tuple(boxes), tuple(arrows), max(box.x for box in boxes) + BOX_WIDTH + MARGIN, max(box.y for box in boxes) + BOX_HEIGHT + MARGIN
    )


def _places(statuses: Sequence[str], ways: set[tuple[str, str]]) -> dict[str, tuple[int, int]]:
    """Column and row of every status: a column further for every step from the beginning."""
    columns: dict[str, int] = {statuses[0]: 0}
    reached = [statuses[0]]
    for status in reached:
        for after in (one for one in statuses if (status, one) in ways and one not in columns):
            columns[after] = columns[status] + 1
            reached.append(after)
    rows: dict[int, int] = {}
    places = {}
    for status in statuses:
        column = columns.get(status, 0)
        places[status] = (column, rows.get(column, 0))
        rows[column] = rows.get(column, 0) + 1
    return places


def _lines(label: str) -> tuple[str, ...]:
    """A label in at most two lines."""
    if len(label) <= FITS:
        return (label,)
    if label.isascii():
        words, first = label.split(), ""
        while words and len(first) + len(words[0]) < 2 * FITS:
            first = f"{first} {words.pop(0)}".strip()
        return tuple(filter(None, (first, " ".join(words)[: 2 * FITS])))
    return (label[:FITS], label[FITS : 2 * FITS])


def _path(before: Box, after: Box) -> str:
    """A curve from the right edge of one box to the left of another; backward ways go round below."""
    start_y, end_y = before.y + BOX_HEIGHT // 2, after.y + BOX_HEIGHT // 2
    if after.x > before.x:
        start, end = before.x + BOX_WIDTH, after.x
        middle = end - GAP_X // 2
        return f"M{start} {start_y} H{middle} V{end_y} H{end}" if start_y != end_y else f"M{start} {start_y} H{end}"
    if after.x == before.x:
        edge = before.x + BOX_WIDTH
        return f"M{edge} {start_y} h{GAP_X // 3} V{end_y} H{edge}"
    return f"M{before.x + BOX_WIDTH // 2} {before.y + BOX_HEIGHT} v{GAP_Y // 2} H{after.x + BOX_WIDTH // 2} V{after.y + BOX_HEIGHT}"
