"""The tabs of the inbox, for every page under it."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from flask_login import current_user

from ohs.cases.inbox_counts import answers_due
from ohs.cases.visit_queries import visits_due
from ohs.kernel.policy import Permission, could
from ohs.kernel.screens import has_endpoint

Tab = tuple[str, str, bool, int | None]


def tabs_of_inbox(here: str, count: int | None = None) -> list[Tab]:
    """Tabs of the inbox: label, address, whether it is this one, and how many."""
    known = [("cases.inbox", _("To do")), ("cases.told", _("Told, nothing to do")), ("cases.others", _("Waiting for others"))]
    tabs: list[Tab] = [(label, url_for(name), name == here, count if name == here else None) for name, label in known if has_endpoint(name)]
    if could(current_user, Permission.VISIT_LIST):
        tabs.append((_("Visits on the spot"), url_for("cases.visits"), here == "cases.visits", visits_due(current_user)))
    if could(current_user, Permission.TRANSFER_LIST):
        tabs.append((_("Hand-overs"), url_for("cases.transfers"), here == "cases.transfers", answers_due(current_user)))
    if could(current_user, Permission.CASE_ASK):
        tabs.append((_("Cases asked for"), url_for("cases.requests"), here == "cases.requests", None))
    if could(current_user, Permission.TRANSFER_FIGURES):
        tabs.append((_("Scorecard of hand-overs"), url_for("cases.transfer_figures"), here == "cases.transfer_figures", None))
    return tabs
