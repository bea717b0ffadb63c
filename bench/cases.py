"""Two hundred thousand cases against two thousand: every list, inbox and page of cases, in each order, by each filter, for each reader.

`BENCH_KEEP=folder` keeps the databases for the next time; `BENCH_READERS=a,b` and `BENCH_ONLY=c,d` measure only readers and pages with one of
these in their names.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from bench.case_copies import provide
from bench.city import Server, kept, servers, signed_in
from bench.lists import opened
from bench.measure import Line, Settings, main, medians, say
from ohs.accounts.models import Organisation, User
from ohs.cases.case_lists import ORDERS
from ohs.cases.models import Case
from ohs.kernel.database import db
from ohs.registry.models import Employer

SMALL, LARGE, QUICK_LARGE = 2_000, 200_000, 20_000
BUDGET = 1.3
PAGES = {
    "list, newest": "/cases/", "list, oldest": "/cases/?sort=new", "list, last page": "/cases/?cursor=last", "list, middle": "/cases/?cursor=MIDDLE",
    "list, next day first": "/cases/?sort=due", "list, next day last": "/cases/?sort=-due", "list, by number": "/cases/?sort=number", "list, by number, back": "/cases/?sort=-number",
    "list, middle by next day": "/cases/?sort=due&cursor=MIDDLE-DUE",
    "late": "/cases/?standing=late", "late, last page": "/cases/?standing=late&cursor=last", "late, next day first": "/cases/?standing=late&sort=due", "late, by number": "/cases/?standing=late&sort=number",
    "closed": "/cases/?standing=closed", "closed, next day first": "/cases/?standing=closed&sort=due", "closed, by number": "/cases/?standing=closed&sort=number", "closed, of a kind": "/cases/?standing=closed&kind=overdue",
    "open and closed": "/cases/?standing=all", "all, next day first": "/cases/?standing=all&sort=due",
    "kind, common": "/cases/?kind=recheck", "kind, rare": "/cases/?kind=shortdust", "kind, next day first": "/cases/?kind=susp&sort=due", "kind, rare, next day first": "/cases/?kind=shortdust&sort=due", "kind, rare, by number": "/cases/?kind=shortdust&sort=-number",
    "status": "/cases/?kind=susp&status=detected", "status of a track": "/cases/?kind=susp&status=wi_due", "status, next day first": "/cases/?kind=susp&status=wi_due&sort=due",
    "status of none": "/cases/?kind=susp&status=closed&standing=open", "status, late": "/cases/?kind=susp&status=notified&standing=late", "status, late, taken by nobody": "/cases/?kind=susp&status=notified&standing=late&owner=nobody",
    "county": "/cases/?county=330482", "county, next day first": "/cases/?county=330482&sort=due", "county and kind": "/cases/?county=330482&kind=susp", "smallest county": "/cases/?county=330424", "smallest county, late": "/cases/?county=330424&standing=late",
    "mine": "/cases/?owner=mine", "my office's": "/cases/?owner=office", "taken by nobody": "/cases/?owner=nobody", "taken by nobody, next day first": "/cases/?owner=nobody&sort=due", "taken by nobody, last page": "/cases/?owner=nobody&cursor=last",
    "a number": "/cases/?text=NUMBER", "an employer's name, many": "/cases/?text=纺织", "an employer's name, many, next day first": "/cases/?text=纺织&sort=due", "an employer's name, kind": "/cases/?text=纺织&kind=recheck", "an employer": "/cases/?text=EMPLOYER",
    "no such name": "/cases/?text=没有这样的", "an identity number": "/cases/?text=330481199001010014",
    "opened within days": "/cases/?opened_from=2026-09-01&opened_to=2026-09-03", "opened before": "/cases/?opened_to=2026-06-01", "opened before, next day first": "/cases/?opened_to=2026-06-01&sort=due", "opened since, next day first": "/cases/?opened_from=2026-11-20&sort=due",
    "next day until": "/cases/?due_to=2026-11-30", "next day until, next day first": "/cases/?due_to=2026-11-30&sort=due", "everything at once": "/cases/?kind=susp&county=330482&standing=late&owner=nobody&text=有限&opened_to=2026-11-01",
    "inbox": "/inbox/", "inbox, last page": "/inbox/?cursor=last", "inbox, of a kind": "/inbox/?kind=susp", "inbox, of a rare kind": "/inbox/?kind=shortdust", "inbox, mine": "/inbox/?whose=mine",
    "inbox, nobody's": "/inbox/?whose=nobody", "inbox, late": "/inbox/?standing=late", "inbox, until": "/inbox/?until=2026-11-30", "inbox, late, of a kind": "/inbox/?standing=late&kind=recheck",
    "waiting for others": "/inbox/others", "waiting for others, newest": "/inbox/others?sort=-new", "waiting for others, last page": "/inbox/others?cursor=last",
    "told": "/inbox/told", "told, last page": "/inbox/told?cursor=last", "told, of a kind": "/inbox/told?kind=susp", "told, of a rare kind": "/inbox/told?kind=shortdust", "told, unread": "/inbox/told?which=unread", "told, unread, of a kind": "/inbox/told?which=unread&kind=recheck",
    "told, nothing to do": "/inbox/told?which=nothing-to-do", "told, reminders": "/inbox/told?which=reminders",
    "hand-overs": "/inbox/transfers", "hand-overs, received": "/inbox/transfers?direction=received", "hand-overs, sent": "/inbox/transfers?direction=sent", "hand-overs, answered": "/inbox/transfers?standing=answered", "hand-overs, all, last page": "/inbox/transfers?standing=&cursor=last", "scorecard of hand-overs": "/inbox/transfers/figures",
    "protected": "/cases/protected", "protected, last page": "/cases/protected?cursor=last", "protected, county": "/cases/protected?county=330482", "protected, an employer's name": "/cases/protected?text=有限", "protected, an identity number": "/cases/protected?text=330481199001010014",
    "nobody has applied": "/cases/cost-windows", "nobody has applied, running": "/cases/cost-windows?standing=running", "nobody has applied, all, last page": "/cases/cost-windows?standing=all&cursor=last", "nobody has applied, county": "/cases/cost-windows?standing=all&county=330482",
    "joint meeting": "/joint-meeting/", "joint meeting, open": "/joint-meeting/?standing=open", "joint meeting, decided": "/joint-meeting/?standing=decided", "joint meeting, late": "/joint-meeting/?standing=late", "joint meeting, done": "/joint-meeting/?standing=done", "joint meeting, a case": "/joint-meeting/?case_number=NUMBER", "meetings": "/joint-meeting/meetings/",
    "performance": "/cases/performance", "performance, offices": "/cases/performance?by=office", "performance, counties": "/cases/performance?by=county&period=all", "performance, a kind": "/cases/performance?kind=susp", "performance, an actor": "/cases/performance?actor=CLIN",
    "steps that are over": "/cases/performance/steps?by=step&step=suspected-report&period=all", "steps of a county": "/cases/performance/steps?by=county&county=330482", "steps, all, last page": "/cases/performance/steps?period=all&cursor=last", "steps, late, by days": "/cases/performance/steps?late=yes&sort=-days",
    "steps, a rare one": "/cases/performance/steps?step=arbitration-suit&period=all", "steps of an actor, by days": "/cases/performance/steps?actor=HLTH&sort=days", "steps of a small county, late": "/cases/performance/steps?county=330424&late=yes&period=all",
    "what is open": "/cases/performance/open", "what is open, older": "/cases/performance/open?age=older&step=recheck-do", "what is open, last page": "/cases/performance/open?cursor=last",
    "what is open of a step": "/cases/performance/open?step=recheck-do", "what is open of a small county": "/cases/performance/open?county=330424", "what is open of employers": "/cases/performance/open?office=0", "what is open of a month": "/cases/performance/open?age=month",
    "what is open of a kind and an actor": "/cases/performance/open?kind=contra&actor=HLTH", "what is open of a step and a county": "/cases/performance/open?step=recheck-do&county=330424&age=quarter",
    "a case, first by number": "/cases/NUMBER", "a case, the newest": "/cases/NEWEST", "a case, the most pressing": "/cases/PRESSING", "a case, open for others' news": "/cases/NUMBER/live?mark=",
}  # fmt: skip
#: Who reads, by the login of the demonstration; of employers and institutions the one with the most cases, of towns and offices the one where most waits.
READERS = {
    "the city's health office": "health-330400", "a county's health office": "health-330482", "the city's HR": "hr-330400", "a county's HR": "hr-330482",
    "the city's safety office": "safety-330400", "a county's safety office": "safety-330482", "a clinic": "clinic", "a diagnosis institution": "diagnosis",
    "a testing institution": "testing", "an employer": "employer", "a town": "town",
}  # fmt: skip
#: Where the first case of a page's sort is looked up: what stands in the address, and the list whose first case is meant.
FIRST_OF = {"NUMBER": "sort=number", "NEWEST": "sort=-new", "PRESSING": "sort=due"}
#: A line that misses its budget is measured so many times as often, before it is said.
AGAIN = 3


@dataclass
class Side:
    """One of the two databases as one reader sees it."""

    app: Flask
    client: FlaskClient

    def rows(self, page: str) -> int:
        """How many rows a page draws."""
        return self.client.get(page).data.count(b"<tr")

    def answers(self, page: str) -> bool:
        """Whether this reader has such a page."""
        return self.client.get(page).status_code not in (403, 404)


def bench(settings: Settings) -> Iterator[Line]:
    """Every page for every reader, on each engine."""
    for server in servers(kept):
        yield from _of_engine(server, settings)


def _of_engine(server: Server, settings: Settings) -> Iterator[Line]:
    large = QUICK_LARGE if settings.is_quick else LARGE
    for name, wanted in (("small", SMALL), ("large", large)):
        provide(server, name, wanted)
    apps = {name: server.app(name) for name in ("small", "large")}
    words, readers = (os.environ.get(name, "").split(",") for name in ("BENCH_ONLY", "BENCH_READERS"))
    few = {reader: Side(apps["small"], signed_in(apps["small"], _login(apps["small"], login))) for reader, login in READERS.items()}
    for reader, login in READERS.items():
        if not any(word in reader for word in readers):
            continue
        sides = {"small": few[reader], "large": Side(apps["large"], signed_in(apps["large"], _login(apps["large"], login)))}
        ratios: dict[str, tuple[float, float, float]] = {}
        for title, page in PAGES.items():
            if not any(word in title for word in words):
                continue
            pages = {name: address(side, page) for name, side in sides.items()}
            if not all(side.answers(pages[name]) for name, side in sides.items()):
                continue
            works = {name: opened(*of_side) for name, of_side in evened_out(sides, pages, few, reader).items()}
            small, big = _taken(works, settings.repeats)
            ratios[title] = (big / small, big, small)
            say(f"    {reader:<26}{title:<42}{big / small:6.2f}   {big * 1000:7.1f} ms / {small * 1000:7.1f} ms")
        for title in sorted(ratios, key=lambda name: -ratios[name][0])[:3]:
            ratio, slow, quick = ratios[title]
            yield Line(
                f"{server.engine}, {reader}: {title}, {large:,} / {SMALL:,} cases (one of the three worst of {len(ratios)})", ratio, BUDGET,
                detail=f"{slow * 1000:.0f} ms / {quick * 1000:.0f} ms",
            )  # fmt: skip


def evened_out(sides: dict[str, Side], pages: dict[str, str], few: dict[str, Side], reader: str) -> dict[str, tuple[FlaskClient, str]]:
    """Who opens what on each side. A page that draws more rows than the small one's is held against one of its kind that draws as many of the few.

    That is the same list without its filters, else the same page of somebody who sees more, first of the same department.
    """
    wanted, found = sides["large"].rows(pages["large"]), (sides["small"].client, pages["small"])
    if wanted > sides["small"].rows(pages["small"]):
        path = pages["small"].split("?")[0]
        whole = f"{path}?standing=all" if path == "/cases/" else path
        alike = sorted((one for one in few if one != reader), key=lambda one: READERS[one].split("-")[0] != READERS[reader].split("-")[0])
        for side, page in ((sides["small"], whole), *((few[one], page) for one in alike for page in (pages["small"], whole))):
            if side.answers(page) and side.rows(page) >= wanted:
                found = side.client, page
                break
    return {"small": found, "large": (sides["large"].client, pages["large"])}


def _taken(works: dict[str, Callable[[], object]], repeats: int) -> tuple[float, float]:
    """Seconds over the few and over the many cases; once more and more thoroughly where that would miss the budget."""
    taken = medians(works, repeats)
    if taken["large"] > BUDGET * taken["small"]:
        taken = medians(works, repeats * AGAIN)
    return taken["small"], taken["large"]


def address(side: Side, page: str) -> str:
    """The address of a page, with what depends on the database and the reader put in."""
    with side.app.app_context():
        session = db.session()
        if "MIDDLE" in page:
            order = "due" if "MIDDLE-DUE" in page else "new"
            keys = [key.column for key in ORDERS[order]]
            open_ones = select(*keys).where(Case.closed_on.is_(None))
            count = session.scalar(select(func.count()).select_from(Case).where(Case.closed_on.is_(None))) or 0
            values = [_plain(one) for one in session.execute(open_ones.order_by(*keys).offset(count // 2).limit(1)).one()]
            cursor = base64.urlsafe_b64encode(json.dumps(["n", values]).encode()).decode().rstrip("=")
            page = page.replace("MIDDLE-DUE", cursor).replace("MIDDLE", cursor)
        if "EMPLOYER" in page:
            most = select(Case.employer_id).group_by(Case.employer_id).order_by(func.count().desc()).limit(1)
            page = page.replace("EMPLOYER", str(session.scalar(select(Employer.name).where(Employer.id == most.scalar_subquery()))))
        db.session.remove()
    for word, sort in FIRST_OF.items():
        if word in page:
            page = page.replace(word, _first_number(side.client, sort))
    return page


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _first_number(client: FlaskClient, sort: str) -> str:
    """The number of the first case of this reader's list in some order."""
    listed = client.get(f"/cases/?standing=all&{sort}&rows=20").get_data(as_text=True)
    found = [part.split('"')[0] for part in listed.split('href="/cases/')[1:] if part[:2].isupper()]
    return found[0] if found else "NONE"


def _login(app: Flask, wanted: str) -> str:
    """Somebody of that login; of a kind of organisation, somebody of the one that has most cases."""
    own: dict[str, tuple[Any, Any]] = {
        "clinic": (Case.clinic_id, Organisation.id), "diagnosis": (Case.institution_id, Organisation.id), "testing": (Case.institution_id, Organisation.id),
        "employer": (Case.employer_id, Organisation.employer_id), "town": (Case.region_code, Organisation.region_code),
    }  # fmt: skip
    if wanted in own:
        of_case, of_place = own[wanted]
        with app.app_context():
            question = (
                select(User.login).join(Organisation, User.organisation_id == Organisation.id).join(Case, of_case == of_place)
                .where(Organisation.kind == wanted, *([Case.kind == "complaint"] if wanted == "town" else []))
                .group_by(User.id, User.login).order_by(func.count().desc(), User.id).limit(1)
            )  # fmt: skip
            wanted = db.session().scalars(question).one()
            db.session.remove()
    return wanted


if __name__ == "__main__":
    main(bench, __doc__ or "")
