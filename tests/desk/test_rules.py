"""Small counts of people: what stays untold, so that nobody can work it out from the whole and the other parts."""

from __future__ import annotations

from itertools import product

import pytest

from ohs.desk.rules import not_told

FEW = 5
#: Parts of a whole, and which of them are not told.
CASES = {
    (): set(),
    (0, 0, 0): {0, 1, 2},
    (3,): {0},
    (7,): set(),
    (9, 12): set(),
    (3, 0, 0): {0, 1, 2},
    (3, 6): {0, 1},
    (3, 6, 9): {0, 1},
    (4, 8, 6): {0, 2},
    (0, 8, 6): {0},
    (3, 0, 6): {0, 1},
    (1, 2, 30): {0, 1},
    (4, 4, 20, 7): {0, 1, 3},
    (4, 4): {0, 1},
    (4, 3, 20): {0, 1},
}


@pytest.mark.parametrize(("counts", "untold"), CASES.items(), ids=str)
def test_small_parts_are_not_told_nor_the_one_that_would_give_them_away(counts: tuple[int, ...], untold: set[int]) -> None:
    assert not_told(dict(enumerate(counts)), FEW) == untold


def ways_to_fill_in(counts: tuple[int, ...], untold: frozenset[int]) -> list[dict[int, int]]:
    """Everything that a reader holds possible who knows the whole, the parts told, and which of the others are small."""
    places = sorted(untold)
    rest = sum(counts[place] for place in places)
    options = [range(FEW) if counts[place] < FEW else range(FEW, rest + 1) for place in places]
    return [dict(zip(places, way, strict=True)) for way in product(*options) if sum(way) == rest]


def test_what_is_told_leaves_more_than_one_number_open_for_every_small_part() -> None:
    looked_at = 0
    for size in (2, 3, 4):
        for counts in product((0, 1, 2, 3, 4, 5, 6, 9), repeat=size):
            untold = not_told(dict(enumerate(counts)), FEW)
            if max(counts) < FEW:
                continue  # no other part to hold back
            ways = ways_to_fill_in(counts, untold)
            for place in untold:
                if 0 < counts[place] < FEW:
                    looked_at += 1
                    assert len({way[place] for way in ways}) > 1, (counts, untold, place)
    assert looked_at > 1000


def test_more_than_needed_is_not_kept_back() -> None:
    for counts in product((0, 1, 4, 5, 6, 9), repeat=3):
        held_back = [place for place in not_told(dict(enumerate(counts)), FEW) if counts[place] >= FEW]
        assert len(held_back) <= 1
        assert all(counts[place] == min(count for count in counts if count >= FEW) for place in held_back)
