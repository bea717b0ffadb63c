"""The page that helps: what one can do here, by when things must be done, and how a declaration moves."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_login import current_user

from ohs.cases.clocks import work_calendar
from ohs.desk.help import ERRANDS, lifecycles, limits_on
from ohs.kernel.clock import today
from ohs.kernel.database import db
from ohs.kernel.policy import Permission, could, requires


@requires(Permission.HELP_READ)
def index() -> Any:
    """Errands of the reader's roles; limits and lifecycles for those who work on the subject."""
    errands = [errand for errand in ERRANDS if could(current_user, errand.permission)]
    works_on_cases = could(current_user, Permission.DECLARATION_LIST)
    return render_template(
        "desk/help.html",
        errands=errands,
        works_on_cases=works_on_cases,
        limits=limits_on(today(), work_calendar(db.session())),
        lifecycles=lifecycles(),
        today=today(),
    )
