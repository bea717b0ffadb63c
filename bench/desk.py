"""The desk with its figures over ten million examinations against a hundred thousand: read from the counts that the commits keep."""

from __future__ import annotations

from collections.abc import Iterator

from bench.city import Server, fill, grow_examinations, servers, signed_in
from bench.lists import opened
from bench.measure import Line, Settings, main, medians

SMALL, QUICK_SMALL, TIMES = 100_000, 10_000, 100
#: PostgreSQL gets ten times fewer: its server and ours share the machine.
TIMES_ON_POSTGRESQL = 10
BUDGET = 1.3
READERS = {"health-330400": "the city's health office", "health-330481": "a county's health office", "safety-330400": "the city's safety office", "clinic-01": "a clinic", "employer-01": "an employer"}  # fmt: skip


def bench(settings: Settings) -> Iterator[Line]:
    """Every kind of desk on both databases of an engine."""
    for server in servers():
        yield from _of_engine(server, settings)


def _of_engine(server: Server, settings: Settings) -> Iterator[Line]:
    small = QUICK_SMALL if settings.is_quick else SMALL
    fill(server, "small", examinations=small)
    server.create("large", like="small")
    times = TIMES if server.engine == "sqlite" else TIMES_ON_POSTGRESQL
    count = grow_examinations(server, "large", times // 10 if settings.is_quick else times, sealed=False)
    apps = {name: server.app(name) for name in ("small", "large")}
    for reader, title in READERS.items():
        clients = {name: signed_in(app, reader) for name, app in apps.items()}
        for page in ("/", "/desk/live"):
            works = {name: opened(client, page) for name, client in clients.items()}
            for work in works.values():
                work()
            taken = medians(works, settings.repeats * 2)
            yield Line(
                f"{server.engine}: {page} of {title}, {count:,} / {small:,} examinations", taken["large"] / taken["small"], BUDGET,
                detail=f"{taken['large'] * 1000:.0f} ms / {taken['small'] * 1000:.0f} ms",
            )  # fmt: skip


if __name__ == "__main__":
    main(bench, __doc__ or "")
