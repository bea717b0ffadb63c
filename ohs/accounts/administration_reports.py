"""What administrators can take out: accounts, organisations, the audit trail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from exports.sheet import LedgerColumn
from ohs.accounts.admin_forms import DEPARTMENT_LABELS, KIND_LABELS, ROLE_LABELS, AuditFilterForm, OrganisationFilterForm, UserFilterForm
from ohs.accounts.audit_views import COLUMNS, trail, trail_rows
from ohs.accounts.queries import ORGANISATION_ORDERS, USER_ORDERS, filtered_organisations, filtered_users
from ohs.accounts.reports import Content, Report
from ohs.kernel.clock import LOCAL
from ohs.kernel.ledger import in_order, keys_of
from ohs.kernel.message import Message
from ohs.kernel.policy import Permission
from ohs.rulebook.regions import region_name

USER_COLUMNS = (
    LedgerColumn("login", Message("Login"), 24),
    LedgerColumn("name", Message("Name"), 14),
    LedgerColumn("organisation", Message("Organisation"), 36),
    LedgerColumn("roles", Message("Roles"), 24),
    LedgerColumn("state", Message("State"), 10),
    LedgerColumn("last_sign_in_at", Message("Last signed in"), 18, "moment"),
)
ORGANISATION_COLUMNS = (
    LedgerColumn("name", Message("Name of the institution"), 40),
    LedgerColumn("kind", Message("Kind"), 20),
    LedgerColumn("area", Message("Area"), 18),
    LedgerColumn("uscc", Message("Unified social credit code"), 22),
    LedgerColumn("state", Message("State"), 10),
)


def _users(session: Session, _user: Any, form: UserFilterForm, sort: str) -> Content:
    question = filtered_users(form.good())

    def rows() -> Iterator[list[Any]]:
        for one in session.scalars(in_order(question, keys_of(USER_ORDERS, sort, "login"))).all():
            seen = one.last_sign_in_at.astimezone(LOCAL) if one.last_sign_in_at else None
            state = Message("Active") if one.is_active else Message("Blocked")
            yield [one.login, one.name, one.organisation.name, "、".join(str(ROLE_LABELS[held.role]) for held in one.roles), state, seen]

    return Content(USER_COLUMNS, question, rows)


def _organisations(session: Session, _user: Any, form: OrganisationFilterForm, sort: str) -> Content:
    question = filtered_organisations(form.good())

    def rows() -> Iterator[list[Any]]:
        for one in session.scalars(in_order(question, keys_of(ORGANISATION_ORDERS, sort, "name")).execution_options(yield_per=1000)):
            kind = str(DEPARTMENT_LABELS[one.department] if one.department else KIND_LABELS[one.kind])
            state = Message("Active") if one.is_active else Message("closed")
            yield [one.name, kind, region_name(one.region_code), one.uscc or "—", state]

    return Content(ORGANISATION_COLUMNS, question, rows)


def _trail(session: Session, _user: Any, form: AuditFilterForm, _sort: str) -> Content:
    question = trail(form)
    return Content(COLUMNS, question, lambda: trail_rows(session, question))


REPORTS = (
    Report("users", Message("Accounts"), Permission.USER_LIST, "admin.users", UserFilterForm, _users, "user:exported", orders=lambda _user: USER_ORDERS),
    Report(
        "organisations", Message("Organisations"), Permission.ORGANISATION_LIST, "admin.organisations", OrganisationFilterForm, _organisations,
        "organisation:exported", orders=lambda _user: ORGANISATION_ORDERS,
    ),
    Report("audit", Message("Audit trail"), Permission.AUDIT_EXPORT, "admin.audit", AuditFilterForm, _trail, "audit:exported"),
)  # fmt: skip
