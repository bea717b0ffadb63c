"""What can be taken out about declarations: the ledger, cut to what the reader may see."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from ohs.accounts.reports import Content, Report
from ohs.declarations.export import DECLARATION_COLUMNS, declaration_rows, limited_columns
from ohs.declarations.forms import DeclarationFilterForm
from ohs.declarations.queries import filtered_declarations, first_order, orders_for
from ohs.kernel.ledger import keys_of
from ohs.kernel.message import Message
from ohs.kernel.policy import Permission, could


def _declarations(session: Session, user: Any, form: DeclarationFilterForm, sort: str) -> Content:
    question = filtered_declarations(user, form.filters())
    columns = DECLARATION_COLUMNS if could(user, Permission.DECLARATION_READ) else limited_columns()
    keys = keys_of(orders_for(user), sort, first_order(user))
    return Content(columns, question, lambda: declaration_rows(session, user, question, keys, columns))


REPORTS = (
    Report(
        "declarations", Message("Declarations"), Permission.DECLARATION_EXPORT, "declarations.index", DeclarationFilterForm, _declarations,
        "declaration:exported", orders=orders_for,
    ),
)  # fmt: skip
