"""Which counts of people are told to who may know counts only: small ones are not, nor what would give them away."""

from __future__ import annotations

from collections.abc import Mapping


def not_told(counts: Mapping[int, int], few: int) -> frozenset[int]:
    """The parts of a whole that stay untold where the whole itself is known.

    Small parts always. Where the rest of the whole leaves only one way to fill them in (there is one of them, or each must be as large
    as a small one can be), the smallest of the others stays untold too: then a small part may have been any number that is small.
    """
    small = {key for key, count in counts.items() if count < few}
    rest = sum(counts[key] for key in small)
    others = sorted((key for key in counts if key not in small), key=lambda key: (counts[key], key))
    if rest and others and (len(small) == 1 or rest == (few - 1) * len(small)):
        small.add(others[0])
    return frozenset(small)
