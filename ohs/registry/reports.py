"""What can be taken out of the register: employers, workers, institutions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import Select, select, union
from sqlalchemy.orm import Session

from exports.sheet import LedgerColumn
from ohs.accounts.models import Organisation
from ohs.accounts.reports import Content, Report, keys_of_workers
from ohs.kernel.clock import today
from ohs.kernel.filtering import FilterForm
from ohs.kernel.i18n import say
from ohs.kernel.ledger import in_order, keys_of
from ohs.kernel.masks import mask_id_number, mask_name
from ohs.kernel.message import Message
from ohs.kernel.policy import Permission, could
from ohs.registry.export import EMPLOYER_COLUMNS, employer_rows, minimum_columns
from ohs.registry.forms import EmployerFilterForm, InstitutionFilterForm, WorkerFilterForm
from ohs.registry.labels import county_name
from ohs.registry.models import DuplicatePair, Employer, Worker
from ohs.registry.pairs import EVIDENCE_LABELS, pair_of
from ohs.registry.queries import (
    EMPLOYER_ORDERS,
    INSTITUTION_ORDERS,
    PAIR_ORDERS,
    WORKER_ORDERS,
    filtered_employers,
    filtered_institutions,
    filtered_workers,
    open_pairs,
    scopes_of,
    with_employer,
)
from ohs.rulebook.hazards import CATEGORY_LABELS

WORKER_COLUMNS = (
    LedgerColumn("name", Message("Name"), 10),
    LedgerColumn("sex", Message("Sex"), 6),
    LedgerColumn("born", Message("Year of birth"), 10, "number"),
    LedgerColumn("id_type", Message("Identity document"), 18),
    LedgerColumn("id_number", Message("Number of the identity document"), 22),
    LedgerColumn("employer", Message("Employer"), 34),
    LedgerColumn("uscc", Message("Unified social credit code"), 22),
    LedgerColumn("county", Message("County or zone"), 16),
)
INSTITUTION_COLUMNS = (
    LedgerColumn("name", Message("Name of the institution"), 40),
    LedgerColumn("kind", Message("Kind"), 18),
    LedgerColumn("county", Message("County or zone"), 16),
    LedgerColumn("scope", Message("On file today"), 50),
    LedgerColumn("state", Message("State"), 10),
)
PAIR_COLUMNS = (
    LedgerColumn("score", Message("Likeness"), 10, "number"),
    LedgerColumn("one", Message("One"), 34),
    LedgerColumn("one_number", Message("Number of the one"), 22),
    LedgerColumn("other", Message("The other"), 34),
    LedgerColumn("other_number", Message("Number of the other"), 22),
    LedgerColumn("evidence", Message("What speaks for it"), 50),
)
KINDS = {"clinic": Message("Clinic"), "diagnosis": Message("Diagnosis institution"), "testing": Message("Testing institution")}


def _employers(session: Session, user: Any, form: EmployerFilterForm, sort: str) -> Content:
    question = filtered_employers(user, form.filters())
    columns = EMPLOYER_COLUMNS if could(user, Permission.EMPLOYER_READ_FULL) else minimum_columns()
    return Content(columns, question, lambda: employer_rows(session, question, keys_of(EMPLOYER_ORDERS, sort, "name"), columns))


def _workers(session: Session, user: Any, form: WorkerFilterForm, sort: str) -> Content:
    question = filtered_workers(session, user, form.text.data or "", form.county.data or "", form.employer.data or "")
    is_own = bool(user.role_names & {"clinic", "employer"})

    def rows() -> Iterator[list[Any]]:
        ordered = in_order(with_employer(question), keys_of(WORKER_ORDERS, sort, "-new")).execution_options(yield_per=1000)
        for worker in session.scalars(ordered):
            yield _worker(worker, is_own)

    return Content(WORKER_COLUMNS, question, rows, keys_of_workers(question, Worker.id))


def _worker(worker: Worker, is_own: bool) -> list[Any]:
    employer = worker.employer
    return [
        worker.name if is_own else mask_name(worker.name), worker.sex, worker.birth_on.year if worker.birth_on else None, worker.id_type,
        mask_id_number(worker.id_number), employer.name if employer else "—", employer.uscc if employer else "—", county_name(worker.county_code),
    ]  # fmt: skip


def _institutions(session: Session, _user: Any, form: InstitutionFilterForm, sort: str) -> Content:
    question = filtered_institutions(form.text.data or "", form.kind.data or "", is_active_only=bool(form.only_active.data))

    def rows() -> Iterator[list[Any]]:
        found: list[Organisation] = list(session.scalars(in_order(question, keys_of(INSTITUTION_ORDERS, sort, "name"))))
        day, scopes = today(), defaultdict(list)
        for scope in session.scalars(scopes_of([one.id for one in found])):
            if scope.filed_on <= day and (scope.ends_on is None or scope.ends_on >= day):
                scopes[scope.organisation_id].append(say(CATEGORY_LABELS[scope.category]))
        for one in found:
            state = Message("Active") if one.is_active else Message("closed")
            yield [one.name, KINDS[one.kind], county_name(one.region_code), "、".join(map(str, scopes[one.id])) or "—", state]

    return Content(INSTITUTION_COLUMNS, question, rows)


def _employer_pairs(session: Session, user: Any, _form: FilterForm, sort: str) -> Content:
    return _pairs(session, open_pairs(user, "employer"), sort)


def _worker_pairs(session: Session, user: Any, _form: FilterForm, sort: str) -> Content:
    question = open_pairs(user, "worker")
    sides = union(*(keys_of_workers(question, side) for side in (DuplicatePair.left_id, DuplicatePair.right_id))).subquery()
    return replace(_pairs(session, question, sort), workers=select(*sides.c))


def _pairs(session: Session, question: Select[DuplicatePair], sort: str) -> Content:
    def rows() -> Iterator[list[Any]]:
        for pair in session.scalars(in_order(question, keys_of(PAIR_ORDERS, sort, "-score"))):
            sides = [
                (one.name, one.uscc) if isinstance(one, Employer) else (mask_name(one.name), mask_id_number(one.id_number))
                for one in pair_of(session, pair)
            ]
            yield [pair.score, *sides[0], *sides[1], "、".join(str(EVIDENCE_LABELS[reason[0]]) for reason in pair.evidence)]

    return Content(PAIR_COLUMNS, question, rows)


REPORTS = (
    Report(
        "employers", Message("Employers"), Permission.EMPLOYER_EXPORT, "employers.index", EmployerFilterForm, _employers, "employer:exported",
        orders=lambda _user: EMPLOYER_ORDERS,
    ),
    Report(
        "workers", Message("Workers"), Permission.WORKER_LIST, "workers.index", WorkerFilterForm, _workers, "worker:exported", is_about_workers=True,
        orders=lambda _user: WORKER_ORDERS,
    ),
    Report(
        "institutions", Message("Institutions"), Permission.INSTITUTION_LIST, "institutions.index", InstitutionFilterForm, _institutions,
        "institution:exported", orders=lambda _user: INSTITUTION_ORDERS,
    ),
    Report(
        "employer-duplicates", Message("Possible duplicates of employers"), Permission.EMPLOYER_MERGE, "employers.duplicates", FilterForm,
        _employer_pairs, "employer:duplicates-exported", orders=lambda _user: PAIR_ORDERS,
    ),
    Report(
        "worker-duplicates", Message("Possible duplicates of workers"), Permission.WORKER_MERGE, "workers.duplicates", FilterForm, _worker_pairs,
        "worker:duplicates-exported", is_about_workers=True, orders=lambda _user: PAIR_ORDERS,
    ),
)  # fmt: skip
