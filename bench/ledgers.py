"""The ledgers of employers and declarations of a province, thirty times the city, against the city's."""

from __future__ import annotations

from collections.abc import Iterator

from bench.city import Server, fill, grow_employers, servers, signed_in
from bench.lists import opened, rows_on
from bench.measure import Line, Settings, main, medians, say

EXAMINATIONS, TIMES, QUICK_TIMES = 1_000, 30, 5
#: Nobody has set a budget for these; the lines inform.
PAGES = {
    "employers": "/employers/", "employers, last page": "/employers/?cursor=last", "employers by size of staff": "/employers/?sort=-employees",
    "employers of a county": "/employers/?county=330481", "employers by name": "/employers/?text=纺织", "employers, large": "/employers/?size=large",
    "declarations": "/declarations/", "declarations by number": "/declarations/?sort=number", "declarations of a county": "/declarations/?county=330481",
    "declarations lapsed": "/declarations/?standing=lapsed", "declarations of a hazard": "/declarations/?hazard=噪声",
}  # fmt: skip
READER = "health-330400"


def bench(settings: Settings) -> Iterator[Line]:
    """Every ledger on both sizes of an engine."""
    for server in servers():
        yield from _of_engine(server, settings)


def _of_engine(server: Server, settings: Settings) -> Iterator[Line]:
    fill(server, "small", examinations=EXAMINATIONS)
    server.create("large", like="small")
    count = grow_employers(server, "large", QUICK_TIMES if settings.is_quick else TIMES)
    clients = {name: signed_in(server.app(name), READER) for name in ("small", "large")}
    for title, page in PAGES.items():
        full = "/employers/" if page.startswith("/employers") else "/declarations/"
        pages = {"large": page, "small": page if rows_on(clients["small"], page) >= rows_on(clients["large"], page) else full}
        taken = medians({name: opened(clients[name], pages[name]) for name in pages}, settings.repeats)
        say(f"    {title:<28}{taken['large'] * 1000:7.1f} ms / {taken['small'] * 1000:7.1f} ms")
        yield Line(
            f"{server.engine}: {title}, {count:,} employers / the city's", taken["large"] / taken["small"],
            detail=f"{taken['large'] * 1000:.0f} ms / {taken['small'] * 1000:.0f} ms",
        )  # fmt: skip


if __name__ == "__main__":
    main(bench, __doc__ or "")
