"""Two hundred thousand cases against two thousand: the inbox in each of its views, the list in each order and by each filter, and a case's page."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text

from bench.city import Server, copies, fill, growing, moved, servers, signed_in
from bench.lists import opened
from bench.measure import Line, Settings, main, medians, say
from ohs.accounts.models import Organisation, User
from ohs.cases.models import Case
from ohs.cases.queries import ORDERS
from ohs.kernel.database import Base, db

SMALL, LARGE, QUICK_LARGE = 2_000, 200_000, 20_000
EMPLOYERS, EXAMINATIONS = 600, 3_000
#: More than any identifier of the demonstration's cases, and few enough that a thousand copies fit a whole number of 32 bits.
STRIDE = 100_000
BUDGET = 1.3
PAGES = {
    "list, newest": "/cases/", "list, oldest": "/cases/?sort=new", "list, last page": "/cases/?cursor=last", "list, middle": "/cases/?cursor=MIDDLE",
    "list, next day first": "/cases/?sort=due", "list, next day last": "/cases/?sort=-due", "list, by number": "/cases/?sort=number", "list, by number, back": "/cases/?sort=-number",
    "list, middle by next day": "/cases/?sort=due&cursor=MIDDLE-DUE",
    "late": "/cases/?standing=late", "late, next day first": "/cases/?standing=late&sort=due", "closed": "/cases/?standing=closed", "open and closed": "/cases/?standing=all", "all, next day first": "/cases/?standing=all&sort=due",
    "kind, common": "/cases/?kind=recheck", "kind, rare": "/cases/?kind=shortdust", "kind, next day first": "/cases/?kind=susp&sort=due", "kind, rare, next day first": "/cases/?kind=shortdust&sort=due",
    "status": "/cases/?kind=susp&status=detected", "status of a track": "/cases/?kind=susp&status=wi_due", "status, next day first": "/cases/?kind=susp&status=wi_due&sort=due",
    "status of none": "/cases/?kind=susp&status=closed&standing=open", "status, late": "/cases/?kind=susp&status=notified&standing=late",
    "county": "/cases/?county=330481", "county, next day first": "/cases/?county=330481&sort=due", "county and kind": "/cases/?county=330481&kind=susp", "smallest zone": "/cases/?county=Z330400-GQ",
    "mine": "/cases/?owner=mine", "my office's": "/cases/?owner=office", "taken by nobody": "/cases/?owner=nobody", "taken by nobody, next day first": "/cases/?owner=nobody&sort=due",
    "a number": "/cases/?text=NUMBER", "an employer's name": "/cases/?text=纺织", "no such name": "/cases/?text=没有这样的", "an identity number": "/cases/?text=330481199001010014",
    "opened within days": "/cases/?opened_from=2026-09-01&opened_to=2026-09-03", "opened before": "/cases/?opened_to=2026-06-01", "next day until": "/cases/?due_to=2026-11-30", "next day until, next day first": "/cases/?due_to=2026-11-30&sort=due",
    "inbox": "/inbox/", "inbox, last page": "/inbox/?cursor=last", "inbox, of a kind": "/inbox/?kind=susp", "inbox, of a rare kind": "/inbox/?kind=shortdust", "inbox, mine": "/inbox/?whose=mine",
    "inbox, nobody's": "/inbox/?whose=nobody", "inbox, late": "/inbox/?whose=late", "inbox, until": "/inbox/?until=2026-11-30", "waiting for others": "/inbox/others", "told": "/inbox/told",
    "told, of a kind": "/inbox/told?kind=susp", "told, unread": "/inbox/told?which=unread", "a case": "/cases/NUMBER",
}  # fmt: skip
#: Who reads, by the login of the demonstration; of employers and institutions the one that has most cases.
READERS = {"the city's health office": "health-330400", "a county's health office": "health-330481", "a county's HR": "hr-330481", "a clinic": "clinic", "a diagnosis institution": "diagnosis", "an employer": "employer"}  # fmt: skip


def bench(settings: Settings) -> Iterator[Line]:
    """Every page for every reader, on both engines."""
    for server in servers():
        yield from _of_engine(server, settings)


def _of_engine(server: Server, settings: Settings) -> Iterator[Line]:
    fill(server, "city", examinations=EXAMINATIONS, employers=EMPLOYERS)
    large = QUICK_LARGE if settings.is_quick else LARGE
    counts = {}
    for name, wanted in (("small", SMALL), ("large", large)):
        server.create(name, like="city")
        counts[name] = grow_cases(server, name, wanted)
    apps = {name: server.app(name) for name in counts}
    for reader, login in READERS.items():
        clients = {name: signed_in(app, _login(app, login)) for name, app in apps.items()}
        ratios: dict[str, tuple[float, float, float]] = {}
        for title in PAGES:
            works = {name: opened(clients[name], address(app, clients[name], PAGES[title])) for name, app in apps.items()}
            taken = medians(works, settings.repeats)
            ratios[title] = (taken["large"] / taken["small"], taken["large"], taken["small"])
            say(f"    {reader:<26}{title:<34}{ratios[title][0]:6.2f}   {taken['large'] * 1000:7.1f} ms / {taken['small'] * 1000:7.1f} ms")
        for title in sorted(ratios, key=lambda name: -ratios[name][0])[:3]:
            ratio, slow, quick = ratios[title]
            yield Line(
                f"{server.engine}, {reader}: {title}, {counts['large']:,} / {counts['small']:,} cases (one of the three worst of {len(ratios)})", ratio, BUDGET,
                detail=f"{slow * 1000:.0f} ms / {quick * 1000:.0f} ms",
            )  # fmt: skip


def grow_cases(server: Server, name: str, wanted: int) -> int:
    """The demonstration's cases with everything of theirs, so many times over that there are about as many as wanted."""
    tables = {"case_file": Base.metadata.tables["case_file"]}
    for table in Base.metadata.sorted_tables:
        if any(key.column.table.name in tables for key in table.foreign_keys):
            tables.setdefault(table.name, table)
    with growing(server, name) as connection:
        times = -(-wanted // (connection.scalar(select(func.count()).select_from(tables["case_file"])) or 1))
        say(f"  {server.engine}: {name}, the cases {times} times over")
        count = 0
        for table in tables.values():
            own = {key.parent.name for key in table.foreign_keys if key.column.table.name in tables}
            changed = {column: moved(column, STRIDE) for column in own}
            changed |= {
                column: f"t.{column} || '-' || :k"
                for column in ("number", "subject")
                if table.name != "case_source" and column in table.columns
            }
            made = copies(connection, table, times, changed, stride=STRIDE)
            count = made if table.name == "case_file" else count
        if server.engine == "postgresql":
            for table in tables.values():
                connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), (SELECT max(id) FROM {table.name}))"))
    return count


def address(app: Flask, client: FlaskClient, page: str) -> str:
    """The address of a page, with what depends on the database and the reader put in."""
    with app.app_context():
        session = db.session()
        if "MIDDLE" in page:
            order = "due" if "MIDDLE-DUE" in page else "new"
            keys = [key.column for key in ORDERS[order]]
            open_ones = select(*keys).where(Case.closed_on.is_(None))
            count = session.scalar(select(func.count()).select_from(Case).where(Case.closed_on.is_(None))) or 0
            values = [_plain(one) for one in session.execute(open_ones.order_by(*keys).offset(count // 2).limit(1)).one()]
            cursor = base64.urlsafe_b64encode(json.dumps(["n", values]).encode()).decode().rstrip("=")
            page = page.replace("MIDDLE-DUE", cursor).replace("MIDDLE", cursor)
        db.session.remove()
    if "NUMBER" in page:
        page = page.replace("NUMBER", _first_number(client))
    return page


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _first_number(client: FlaskClient) -> str:
    """The number of the first case of this reader's list, which is the same in both databases but for its copy."""
    listed = client.get("/cases/?standing=all&sort=number&rows=20").get_data(as_text=True)
    found = [part.split('"')[0] for part in listed.split('href="/cases/')[1:] if part[:2].isupper()]
    return found[0] if found else "YS-330481-2026-000001"


def _login(app: Flask, wanted: str) -> str:
    """Somebody of that login; of a kind of organisation, somebody of the one that has most cases."""
    columns = {"clinic": Case.clinic_id, "diagnosis": Case.institution_id, "employer": Case.employer_id}
    with app.app_context():
        session = db.session()
        if wanted in columns:
            column = columns[wanted]
            own = Organisation.employer_id if wanted == "employer" else Organisation.id
            question = (
                select(User.login).join(Organisation, User.organisation_id == Organisation.id).join(Case, column == own)
                .where(Organisation.kind == wanted).group_by(User.id, User.login).order_by(func.count().desc(), User.id).limit(1)
            )  # fmt: skip
            wanted = session.scalars(question).one()
        db.session.remove()
    return wanted


if __name__ == "__main__":
    main(bench, __doc__ or "")
