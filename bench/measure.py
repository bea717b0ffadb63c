"""How a bench measures and tells: work done in turns, medians, and one line for each budget."""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

#: Every candidate is measured so often, and the median counts.
REPEATS = 5
QUICK_REPEATS = 3


@dataclass(frozen=True)
class Settings:
    """How thoroughly to measure."""

    #: Smaller amounts and fewer repeats, to see in a minute that everything still runs; its figures are not the budgets'.
    is_quick: bool = False
    #: Beside the others, measure Django's admin, which is installed for it into a throwaway environment.
    with_django: bool = False

    @property
    def repeats(self) -> int:
        return QUICK_REPEATS if self.is_quick else REPEATS


@dataclass(frozen=True)
class Line:
    """One budget: what is done, the ratio measured, and the ratio allowed. Without a budget a line only informs."""

    work: str
    measured: float
    budget: float | None = None
    sense: Literal["at most", "at least"] = "at most"
    #: The figures behind the ratio.
    detail: str = ""

    @property
    def is_met(self) -> bool:
        if self.budget is None:
            return True
        return self.measured <= self.budget if self.sense == "at most" else self.measured >= self.budget


Bench = Callable[[Settings], Iterable[Line]]


def peak_mib() -> float:
    """The most memory that this process has held; what its parent held when it began, which `ru_maxrss` takes over, is not in it."""
    (line,) = [one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmHWM:")]
    return int(line.split()[1]) / 1024


def medians(candidates: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """Seconds of each candidate, the median of several; taken in turns, so that a busy minute is shared by all."""
    taken: dict[str, list[float]] = {name: [] for name in candidates}
    for _turn in range(repeats):
        for name, work in candidates.items():
            begun = time.perf_counter()
            work()
            taken[name].append(time.perf_counter() - begun)
    return {name: statistics.median(times) for name, times in taken.items()}


def say(text: str) -> None:
    """A word to whoever waits, beside the results."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def parser(about: str) -> argparse.ArgumentParser:
    """The options that all benches have."""
    made = argparse.ArgumentParser(description=about)
    made.add_argument("--quick", action="store_true", help="smaller amounts, fewer repeats; not the budgets' figures")
    made.add_argument("--django", action="store_true", help="measure Django's admin as well (installs Django into a throwaway environment)")
    made.add_argument("--json", action="store_true", help="one JSON object a line")
    return made


def table(lines: Iterable[Line]) -> str:
    """The lines for reading."""
    rows = [
        (line.work, f"{line.measured:.2f}", "" if line.budget is None else f"{'≤' if line.sense == 'at most' else '≥'} {line.budget:g}",
         "" if line.budget is None else "met" if line.is_met else "NOT MET", line.detail)
        for line in lines
    ]  # fmt: skip
    width = max((len(row[0]) for row in rows), default=0)
    return "\n".join(
        f"{work:<{width}}  {measured:>7}  {budget:>7}  {verdict:<7}  {detail}" for work, measured, budget, verdict, detail in rows
    )


def main(bench: Bench, about: str) -> None:
    """Run one bench by itself."""
    given = parser(about).parse_args()
    lines = bench(Settings(given.quick, given.django))
    if given.json:
        for line in lines:
            sys.stdout.write(json.dumps(asdict(line), ensure_ascii=False) + "\n")
            sys.stdout.flush()
        return
    sys.stdout.write(table(lines) + "\n")
