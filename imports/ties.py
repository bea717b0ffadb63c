"""Rows of one sheet that belong to those of another by a number, and what cannot be said where a number is wrong."""

from __future__ import annotations

from functools import cached_property
from itertools import accumulate

import polars as pl

from imports.check import Checking


class Tie:
    """Which rows of `other` belong to which of `main`, by the number in the column `key` of both.

    A stray row has no number, or one that `main` does not have. Nobody knows where it belongs, but rows stand in order:
    it may belong to the records of its neighbours and to those between them. So of two faults that can be one, one is said.
    """

    def __init__(self, main: Checking, other: Checking, key: str) -> None:
        self._numbers = main[key]
        places = {number: at for at, number in reversed(list(enumerate(self._numbers))) if number is not None}
        at = pl.Series([places.get(number) for number in other[key]], dtype=pl.Int64)
        #: Where a row of `other` is a stray.
        self.strays = at.is_null()
        before, behind = at.forward_fill().fill_null(0), at.backward_fill().fill_null(max(len(main) - 1, 0))
        self._first = [min(pair) for pair in zip(before, behind, strict=True)]
        self._last = [max(pair) for pair in zip(before, behind, strict=True)]

    @cached_property
    def explained(self) -> pl.Series:
        """Where a row of `other` may be a stray because the number of its record in `main` cannot be read."""
        unread = [0, *accumulate(int(number is None) for number in self._numbers)]
        ends = zip(self._first, self._last, strict=True)
        found = [last + 1 < len(unread) and unread[last + 1] > unread[first] for first, last in ends]
        return self.strays & pl.Series(found, dtype=pl.Boolean)

    @cached_property
    def may_lack(self) -> pl.Series:
        """Where a record of `main` may lack a row because it is among the strays."""
        edges = [0] * (len(self._numbers) + 2)
        for is_stray, first, last in zip(self.strays, self._first, self._last, strict=True):
            if is_stray:
                edges[first] += 1
                edges[last + 1] -= 1
        return pl.Series([count > 0 for count in accumulate(edges)][: len(self._numbers)], dtype=pl.Boolean)

    @property
    def doubtful(self) -> set[str]:
        """The numbers of those records."""
        return set(self._numbers.filter(self.may_lack).drop_nulls())
