"""The page that helps: what one can do here, by when things must be done, and how declarations and cases move."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_login import current_user

from ohs.cases.clocks import work_calendar
from ohs.desk.help import ERRANDS, lifecycles, limits_on
from ohs.desk.help_cases import CASE_ERRANDS, CASE_RULES, case_lifecycles, case_limits
from ohs.kernel.clock import today
from ohs.kernel.database import db
from ohs.kernel.message import Message
from ohs.kernel.policy import Permission, could, requires


@requires(Permission.HELP_READ)
def index() -> Any:
    """Errands of the reader's roles; limits and lifecycles for those who work on the subject."""
    errands = [errand for errand in (*CASE_ERRANDS, *ERRANDS) if could(current_user, errand.permission)]
    on, work = today(), work_calendar(db.session())
    limits, ways = [], []
    rules: tuple[Message, ...] = ()
    if could(current_user, Permission.DECLARATION_LIST):
        limits.append((_("Limits of declarations and examinations"), limits_on(on, work)))
        ways += [(title, [("", moves)]) for title, moves in lifecycles()]
    if could(current_user, Permission.CASE_LIST):
        rules = CASE_RULES
        limits.append((_("Limits in cases"), case_limits(on, work)))
        ways += case_lifecycles(on)
    return render_template("desk/help.html", errands=errands, limits=limits, ways=ways, rules=rules, today=on)
