"""Where the demonstration collects the finished rows of its declarations, to write them at once."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, time
from random import Random
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ohs.accounts.models import Organisation, User
from ohs.declarations.counting import count
from ohs.declarations.models import (
    Declaration,
    DeclarationEvent,
    DeclaredHazard,
    DeclaredMaterial,
    DeclaredProduct,
    DeclaredSite,
    Filing,
    Receipt,
)
from ohs.kernel.bulk import insert_rows, moment_for
from ohs.kernel.clock import LOCAL
from ohs.kernel.crypto import keyring
from ohs.kernel.numbering import next_numbers
from ohs.registry.models import Employer, SiteHazard, Workplace

HAZARD_COLUMNS = ("declaration_id", "position", "hazard_code", "exposed", "points_tested", "points_over", "due_for_exam", "examined")
SITE_COLUMNS = ("declaration_id", "position", "site", "hazard_code", "exposed_repeated", "exposed_distinct")
GOODS_COLUMNS = ("declaration_id", "position", "name", "yearly", "unit")
EVENT_COLUMNS = ("filing_id", "declaration_id", "at", "on", "event", "user_id", "organisation_id", "note", "defects", "deadline", "due_on")
RECEIPT_COLUMNS = (
    "number",
    "code",
    "declaration_id",
    "issued_on",
    "issued_at",
    "acceptor_name",
    "employer_name",
    "uscc",
    "exposed",
    "hazard_classes",
)
FILING_COLUMNS = (
    "id", "version", "workplace_id", "employer_id", "county_code", "region_code", "status", "accepted_on", "update_opens_on", "update_closes_on",
    "change_due_on", "change_reason", "correction_due_on", "closed_on",
)  # fmt: skip
DECLARATION_COLUMNS = (
    "id", "version", "number", "filing_id", "employer_id", "county_code", "region_code", "kind", "year", "status", "acceptor_department",
    "acceptor_region", "form", "phones", "employees", "exposed", "size", "sector", "risk_class", "change_reason", "changed_on", "created_at", "changed_at",
    "created_by_id", "submitted_at", "signed_by", "due_on", "returned_on", "accepted_on", "accepted_by_id",
)  # fmt: skip


class Writer:
    """Collects finished rows of all tables and writes them at once."""

    def __init__(self, session: Session, random: Random, on: date) -> None:
        self.session, self.random, self.on = session, random, on
        self.employers = {row.uscc: row for row in session.execute(select(Employer.id, Employer.uscc, Employer.size, Employer.risk_class))}
        self.workplaces: dict[int, list[int]] = defaultdict(list)
        for employer_id, workplace_id in session.execute(select(Workplace.employer_id, Workplace.id).order_by(Workplace.id)):
            self.workplaces[employer_id].append(workplace_id)
        self.writers = {
            organisation.employer_id: (organisation, user_id)
            for organisation, user_id in session.execute(
                select(Organisation, User.id)
                .join(User, User.organisation_id == Organisation.id)
                .where(Organisation.employer_id.is_not(None))
            )
        }
        towns = select(Organisation, User.id).join(User, User.organisation_id == Organisation.id).where(Organisation.kind == "town")
        self.towns = {organisation.region_code: (organisation, user_id) for organisation, user_id in session.execute(towns)}
        named = select(Organisation.kind, Organisation.name).where(Organisation.kind.in_(("testing", "clinic"))).order_by(Organisation.id)
        self.institutions: dict[str, list[str]] = defaultdict(list)
        for kind, name in session.execute(named):
            self.institutions[kind].append(name)
        self.offices = {
            (office.department, office.region_code): (office, user_id)
            for office, user_id in session.execute(
                select(Organisation, User.id).join(User, User.organisation_id == Organisation.id).where(Organisation.kind == "department")
            )
        }
        self.filings: list[tuple[Any, ...]] = []
        self.declarations: list[tuple[Any, ...]] = []
        self.hazards: list[tuple[Any, ...]] = []
        self.sites: list[tuple[Any, ...]] = []
        self.products: list[tuple[Any, ...]] = []
        self.materials: list[tuple[Any, ...]] = []
        self.events: list[tuple[Any, ...]] = []
        self.receipts: list[tuple[Any, ...]] = []
        self.site_hazards: list[tuple[Any, ...]] = []
        self.counts: Counter[tuple[Any, ...]] = Counter()
        self.exposed: Counter[tuple[Any, ...]] = Counter()
        self.seal = keyring().sealer("declaration.phones")
        self.serials: Counter[str] = Counter()

    def author_of(self, employer_id: int, region: str) -> tuple[Organisation, int]:
        """Who files for an employer: its own account, else the town on its behalf."""
        return self.writers.get(employer_id) or self.towns[region]

    def at(self, day: date, hour: int) -> Any:
        """A moment of a working day, as the loader wants it."""
        return moment_for(self.session, datetime.combine(day, time(hour, self.random.randrange(60)), tzinfo=LOCAL).astimezone(UTC))

    def institution(self, kind: str) -> str:
        """The name of some institution of a kind."""
        return self.random.choice(self.institutions[kind])

    def json(self, value: Any) -> Any:
        """A value of a JSON column."""
        return json.dumps(value, ensure_ascii=False)

    def serial(self, series: str) -> int:
        """The next number of a series; the counters are set at the end."""
        self.serials[series] += 1
        return self.serials[series]

    def count(self, key: tuple[Any, ...], exposed: int) -> None:
        """One more of a count."""
        self.counts[key] += 1
        self.exposed[key] += exposed

    def write(self) -> None:
        """Everything, in the order in which the tables depend on one another."""
        put = lambda model, columns, rows: insert_rows(self.session, model.__table__, columns, rows)  # noqa: E731
        put(Filing, FILING_COLUMNS, self.filings)
        put(Declaration, DECLARATION_COLUMNS, self.declarations)
        put(DeclaredHazard, HAZARD_COLUMNS, self.hazards)
        put(DeclaredSite, SITE_COLUMNS, self.sites)
        put(DeclaredProduct, GOODS_COLUMNS, self.products)
        put(DeclaredMaterial, GOODS_COLUMNS, self.materials)
        put(DeclarationEvent, EVENT_COLUMNS, self.events)
        put(Receipt, RECEIPT_COLUMNS, self.receipts)
        put(SiteHazard, ("workplace_id", "site", "hazard_code", "exposed", "starts_on"), self.site_hazards)
        count(self.session, ((*key, self.counts[key], self.exposed[key]) for key in self.counts))
        answered = select(Filing.employer_id).where(Filing.status != "none")
        self.session.execute(update(Employer).where(Employer.risk_class == "ask", Employer.id.in_(answered)).values(risk_class="general"))
        for series, last in sorted(self.serials.items()):
            next_numbers(self.session, series, last)
