"""The list of examinations over a million against ten thousand, at any depth and with every filter, and against its own HTML without a database."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

from flask import Flask, g, template_rendered
from flask.testing import FlaskClient
from sqlalchemy import func, select

from bench import django_admin
from bench.city import Server, fill, grow_examinations, servers, signed_in
from bench.measure import Line, Settings, main, medians, say
from ohs.kernel.database import db
from ohs.surveillance.models import Examination

SMALL, TIMES, QUICK_TIMES = 10_000, 100, 10
#: At most so many times the page over the small list; at least such a share of the HTML's own requests per second.
DEPTH_BUDGET, HTML_BUDGET, DJANGO_BUDGET = 1.3, 0.2, 10
#: What a person can choose, each from its commonest value to one that nobody has.
PAGES = {
    "first page": "", "last page": "cursor=last", "middle": "cursor=MIDDLE", "jump to a day": "jump=2025-06-02", "oldest first": "order=oldest",
    "county": "county=330481", "smallest zone": "county=Z330400-GQ", "town": "town=330481101", "industry, common": "sector=17", "industry, rare": "sector=28",
    "industry, none": "sector=99", "size, common": "size=small", "size, rare": "size=large", "size, none": "size=unknown", "kind, common": "phase=in-service",
    "kind, rare": "phase=leaving", "kind, none": "phase=emergency", "conclusion N": "conclusion=N", "conclusion R": "conclusion=R", "conclusion C": "conclusion=C",
    "conclusion S": "conclusion=S", "conclusion P, none": "conclusion=P", "hazard, common": "hazard=噪声", "hazard, rare": "hazard=铍及其化合物",
    "employers, many": "employer=纺织", "employers, by code": "employer=9133", "employer, none": "employer=没有", "clinic": "clinic_id=CLINIC",
    "days": "examined_from=2025-03-03&examined_to=2025-03-05", "county and kind": "county=330481&phase=leaving", "county and size, rare": "county=330481&size=large",
    "county and industry": "county=330481&sector=28", "industry and size": "sector=28&size=medium", "suspected in a county": "conclusion=S&county=330481",
    "suspected, of an industry": "conclusion=S&sector=28", "hazard and conclusion": "hazard=噪声&conclusion=C",
}  # fmt: skip
#: Who reads: an office of the city, of one county, and a clinic.
READERS = ("health-330400", "health-330481", "clinic-01")
FEW_PAGES = (
    "first page",
    "last page",
    "middle",
    "industry, rare",
    "size, rare",
    "kind, none",
    "conclusion S",
    "hazard, common",
    "employers, many",
)


def address(app: Flask, query: str) -> str:
    """The address of a page, with what depends on the database put in."""
    with app.app_context():
        session = db.session()
        if "MIDDLE" in query:
            newest = select(Examination.examined_on, Examination.id).order_by(Examination.examined_on.desc(), Examination.id.desc())
            count = session.scalar(select(func.count()).select_from(Examination)) or 0
            day, last = session.execute(newest.offset(count // 2).limit(1)).one()
            cursor = base64.urlsafe_b64encode(json.dumps(["n", [day.isoformat(), last]]).encode()).decode().rstrip("=")
            query = query.replace("MIDDLE", cursor)
        if "CLINIC" in query:
            query = query.replace("CLINIC", str(session.scalar(select(func.min(Examination.clinic_id)))))
        db.session.remove()
    return f"/examinations/?{query}"


def opened(client: FlaskClient, page: str) -> Callable[[], Any]:
    """Opening a page; anything but the page itself ends the bench."""

    def get() -> None:
        answer = client.get(page)
        if answer.status_code != 200:
            raise SystemExit(f"{page} answered {answer.status_code}")

    return get


def rows_on(client: FlaskClient, page: str) -> int:
    """How many rows a page draws."""
    return client.get(page).data.count(b'<th scope="row"')


def html_alone(app: Flask, client: FlaskClient, page: str) -> Callable[[], Any]:
    """The same page made again from the values that it was given: no sign-in, no policy, no question to the database."""
    caught: list[tuple[Any, dict[str, Any]]] = []

    def catch(_app: Flask, template: Any, context: dict[str, Any], **_more: Any) -> None:
        caught.append((template, dict(context)))

    with template_rendered.connected_to(catch, app):
        client.get(page)
    template, context = caught[-1]

    def render() -> None:
        with app.test_request_context(page):
            g._login_user = context["current_user"]  # known already, as everything else
            app.response_class(template.render(context))

    return render


def bench(settings: Settings) -> Iterator[Line]:
    """For each engine: every page for every reader."""
    for server in servers():
        yield from _of_engine(server, settings)


def _of_engine(server: Server, settings: Settings) -> Iterator[Line]:
    fill(server, "small", examinations=SMALL)
    server.create("large", like="small")
    count = grow_examinations(server, "large", QUICK_TIMES if settings.is_quick else TIMES)
    apps = {name: server.app(name) for name in ("small", "large")}
    for reader in READERS[:1] if settings.is_quick else READERS:
        clients = {name: signed_in(app, reader) for name, app in apps.items()}
        ratios: dict[str, tuple[float, float, float]] = {}
        for title in FEW_PAGES if settings.is_quick else PAGES:
            pages = {name: address(app, PAGES[title]) for name, app in apps.items()}
            if rows_on(clients["small"], pages["small"]) < rows_on(clients["large"], pages["large"]):
                pages["small"] = address(apps["small"], "")  # as many rows as the other page has to draw
            works = {name: opened(clients[name], page) for name, page in pages.items()}
            taken = medians(works, settings.repeats)
            ratios[title] = (taken["large"] / taken["small"], taken["large"], taken["small"])
            say(f"    {reader:<16}{title:<28}{ratios[title][0]:6.2f}   {taken['large'] * 1000:7.1f} ms / {taken['small'] * 1000:7.1f} ms")
        for title in sorted(ratios, key=lambda name: -ratios[name][0])[:3]:
            ratio, large, small = ratios[title]
            yield Line(
                f"{server.engine}, {reader}: {title}, {count:,} / {SMALL:,} examinations (one of the three worst of {len(ratios)})", ratio, DEPTH_BUDGET,
                detail=f"{large * 1000:.0f} ms / {small * 1000:.0f} ms",
            )  # fmt: skip
        if reader == READERS[0]:
            yield from _against_html(server, apps["large"], clients["large"], count, settings)
    if settings.with_django:
        yield from django_admin.lines(server, apps["large"], signed_in(apps["large"], READERS[0]), DJANGO_BUDGET, settings.repeats)


def _against_html(server: Server, app: Flask, client: FlaskClient, count: int, settings: Settings) -> Iterator[Line]:
    page = "/examinations/"
    whole = client.get(page).data
    works = {
        "page": opened(client, page), "html": html_alone(app, client, page), "bytes": lambda: app.test_client().get("/healthz"),
    }  # fmt: skip
    for work in works.values():
        work()
    taken = medians(works, settings.repeats * 4)
    yield Line(
        f"{server.engine}: requests per second of the first page over {count:,} / of its HTML made without a database", taken["html"] / taken["page"],
        HTML_BUDGET, "at least", detail=f"{1 / taken['page']:.0f} / {1 / taken['html']:.0f} a second, {len(whole):,} bytes",
    )  # fmt: skip
    yield Line(
        f"{server.engine}: the same page / the smallest answer of the application (/healthz), for comparison", taken["bytes"] / taken["page"],
        detail=f"{1 / taken['page']:.0f} / {1 / taken['bytes']:.0f} a second",
    )  # fmt: skip


if __name__ == "__main__":
    main(bench, __doc__ or "")
