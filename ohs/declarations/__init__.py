"""Declarations of occupational hazards."""

from flask import Blueprint, Flask

from ohs.accounts.report_views import offer_report
from ohs.declarations import attachment_views, edit_views, intake, jobs, office_views, reports, views  # noqa: F401  (jobs registers what the night does)
from ohs.kernel.message import Message
from ohs.kernel.policy import Permission
from ohs.kernel.screens import MenuItem, add_menu_item

blueprint = Blueprint("declarations", __name__, url_prefix="/declarations")
blueprint.add_url_rule("/", view_func=views.index)
blueprint.add_url_rule("/start", view_func=views.start)
blueprint.add_url_rule("/new/<uscc>", view_func=edit_views.new, methods=["GET", "POST"])
blueprint.add_url_rule("/hazards", "hazards", view_func=edit_views.pick_hazard)
blueprint.add_url_rule("/accept", view_func=office_views.accept_many, methods=["POST"])
blueprint.add_url_rule("/attachments/<int:attachment_id>", view_func=attachment_views.attachment)
blueprint.add_url_rule("/attachments/<int:attachment_id>/remove", view_func=attachment_views.detach, methods=["POST"])
blueprint.add_url_rule("/filings/<int:filing_id>/untrue", view_func=office_views.untrue, methods=["GET", "POST"])
blueprint.add_url_rule("/filings/<int:filing_id>/closure", view_func=office_views.closure, methods=["GET", "POST"])
blueprint.add_url_rule("/filings/<int:filing_id>/settle-closure", view_func=office_views.settle_closure, methods=["GET", "POST"])
blueprint.add_url_rule("/<number>", view_func=views.show)
blueprint.add_url_rule("/<number>/compare", view_func=views.compare)
blueprint.add_url_rule("/<number>/receipt.pdf", view_func=views.receipt)
blueprint.add_url_rule("/<number>/edit/<step>", view_func=edit_views.edit, methods=["GET", "POST"])
blueprint.add_url_rule("/<number>/autosave/<step>", view_func=edit_views.autosave, methods=["POST"])
blueprint.add_url_rule("/<number>/attachments", view_func=attachment_views.attachments, methods=["GET", "POST"])
blueprint.add_url_rule("/<number>/answers", view_func=edit_views.answers, methods=["GET", "POST"])
blueprint.add_url_rule("/<number>/withdraw", view_func=edit_views.withdraw, methods=["POST"])
blueprint.add_url_rule("/<number>/discard", view_func=edit_views.discard, methods=["POST"])
blueprint.add_url_rule("/<number>/accept", view_func=office_views.accept, methods=["GET", "POST"])
blueprint.add_url_rule("/<number>/return", view_func=office_views.send_back, methods=["GET", "POST"])


def init_app(app: Flask) -> None:
    """Offer this area's addresses and formats."""
    app.register_blueprint(blueprint)
    app.add_url_rule("/verify/", "verify", view_func=views.verify)
    app.add_url_rule("/verify/<code>", "verify", view_func=views.verify)
    intake.register()
    for report in reports.REPORTS:
        offer_report(app, report)
    add_menu_item(MenuItem("declarations.index", Message("Declarations"), Permission.DECLARATION_LIST, "declaration", position=10))
