"""Small pages of everybody's account: kept views, and the way into the administration."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ohs.accounts.models import SavedView
from ohs.accounts.views_saved import arguments_of, find_view, save_view
from ohs.kernel.database import db
from ohs.kernel.policy import Permission, requires
from ohs.kernel.screens import menu, query_of

#: Lists whose filters can be kept.
LISTS = (
    "employers.index", "declarations.index", "examinations.index", "uploads.index", "cases.index", "cases.inbox", "cases.others", "cases.performance",
)  # fmt: skip


@requires(Permission.DESK_READ)
def administration() -> Any:
    """The first page of administration in the reader's menu; the desk for those who have none."""
    first = next((item.endpoint for item in menu() if item.endpoint.startswith("admin.")), "desk.index")
    return redirect(url_for(first))


@requires(Permission.VIEW_SAVE)
def save() -> Any:
    """Keep the filters of a list as a tab."""
    endpoint = request.form.get("endpoint", "")
    if endpoint not in LISTS:
        return redirect(url_for("desk.index"))
    query = query_of(arguments_of(request.form.get("query", "")))
    save_view(db.session(), current_user, endpoint, request.form.get("name", ""), query)
    db.session.commit()
    flash(_("Kept as a view of your own."), "success")
    return redirect(f"{url_for(endpoint)}?{query}")


def _view(view_id: int) -> SavedView | None:
    return find_view(db.session(), view_id)


@requires(Permission.VIEW_DELETE, _view)
def delete(view: SavedView) -> Any:
    """Throw a kept view away."""
    db.session.delete(view)
    db.session.commit()
    return redirect(url_for(view.endpoint))
