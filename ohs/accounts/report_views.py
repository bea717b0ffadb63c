"""Pages of exports: the list of those that a person may take, with their filters, and an address for each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ohs.accounts.reports import ConsentMissing, Report, add_report, count_of, find_report, note_export, prepare_export, reports_for
from ohs.accounts.settings import setting
from ohs.kernel.database import db
from ohs.kernel.downloads import workbook_answer
from ohs.kernel.policy import Permission, could, requires
from ohs.kernel.screens import query_of


def offer_report(app: Flask, report: Report) -> None:
    """Offer a report under an address of its own, guarded by its permission."""
    add_report(report)
    app.add_url_rule(f"/reports/{report.name}.xlsx", report.endpoint, view_func=_view(report))


def _view(report: Report) -> Callable[[], Any]:
    def take() -> Any:
        try:
            export = prepare_export(db.session(), current_user, report, request.args)
        except ConsentMissing:
            return redirect(url_for("approvals.ask", report=report.name, query=query_of(request.args)))
        note_export(db.session(), export)
        return workbook_answer(export.title, export.columns, export.rows())

    return requires(report.permission)(take)


@requires(Permission.REPORT_LIST)
def index() -> Any:
    """What can be taken, and the filters of the one that is chosen."""
    reports = reports_for(current_user)
    chosen = find_report(request.args.get("report", ""))
    if chosen is None or not could(current_user, chosen.permission):
        chosen = reports[0] if reports else None
    form, rows = None, 0
    if chosen is not None:
        form = chosen.form(request.args)
        form.validate()
        rows = count_of(db.session(), chosen.content(db.session(), current_user, form, ""))
    return render_template(
        "reports/index.html", reports=reports, chosen=chosen, form=form, alone=setting(db.session(), "export_rows_alone"),
        rows=rows, may_alone=could(current_user, Permission.EXPORT_ALONE), title=_("Exports"),
    )  # fmt: skip
