"""Health examinations: handed in by clinics, seen by those who may, and the conclusions that oblige somebody."""

from flask import Blueprint, Flask

from ohs.accounts.report_views import offer_report
from ohs.kernel.message import Message
from ohs.kernel.panels import add_panel
from ohs.kernel.policy import Permission
from ohs.kernel.screens import MenuItem, add_menu_item
from ohs.surveillance import intake, line_reports, line_views, replacing, reports, views  # noqa: F401  (replacing registers what the night does)

blueprint = Blueprint("examinations", __name__, url_prefix="/examinations")
blueprint.add_url_rule("/", view_func=views.index)
blueprint.add_url_rule("/count", view_func=views.count)
blueprint.add_url_rule("/findings", view_func=views.findings)
blueprint.add_url_rule("/<int:examination_id>", view_func=views.show)
blueprint.add_url_rule("/<int:examination_id>/purpose", view_func=views.purpose, methods=["POST"])

lines = Blueprint("lines", __name__, url_prefix="/cases")
lines.add_url_rule("/lines", view_func=line_views.index)
lines.add_url_rule("/<number>/lines", view_func=line_views.choose)
lines.add_url_rule("/<number>/lines/<deed>", view_func=line_views.close, methods=["GET", "POST"])


def init_app(app: Flask) -> None:
    """Offer this area's addresses and formats."""
    app.register_blueprint(blueprint)
    app.register_blueprint(lines)
    add_panel(line_views.PANEL)
    intake.register()
    for report in (*reports.REPORTS, line_reports.REPORT):
        offer_report(app, report)
    add_menu_item(MenuItem("examinations.index", Message("Examinations"), Permission.EXAMINATION_LIST, "examination", position=30))
    add_menu_item(MenuItem("examinations.findings", Message("Conclusions to act on"), Permission.FINDING_LIST, "finding", position=32))
