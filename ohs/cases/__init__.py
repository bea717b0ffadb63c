"""Cases: one number, one owner at any time, a clock for every duty."""

from flask import Blueprint, Flask

from ohs.accounts.report_views import offer_report
from ohs.cases import (
    document_views,
    evidence_views,
    nightly,  # noqa: F401  (registers what the night does)
    notice_views,
    opening_views,
    reports,
    views,
)
from ohs.cases.inbox_counts import waiting_count
from ohs.cases.notices import unread_count
from ohs.kernel.message import Message
from ohs.kernel.panels import Panel, add_panel
from ohs.kernel.policy import Permission
from ohs.kernel.screens import MenuItem, add_menu_item

blueprint = Blueprint("cases", __name__)
blueprint.add_url_rule("/inbox/", "inbox", view_func=views.inbox)
blueprint.add_url_rule("/inbox/others", view_func=views.others)
blueprint.add_url_rule("/inbox/take", view_func=views.take_many, methods=["POST"])
blueprint.add_url_rule("/inbox/told", view_func=notice_views.told)
blueprint.add_url_rule("/inbox/told/read", view_func=notice_views.read, methods=["POST"])
blueprint.add_url_rule("/cases/", view_func=views.index)
blueprint.add_url_rule("/cases/new", view_func=opening_views.new, methods=["GET", "POST"])
blueprint.add_url_rule("/cases/<number>/act/<track>/<event>", view_func=views.act, methods=["GET", "POST"])
blueprint.add_url_rule("/cases/<number>/duties/<int:duty_id>", view_func=views.duty, methods=["GET", "POST"])
blueprint.add_url_rule("/cases/<number>/evidence", "evidence", evidence_views.add, methods=["GET", "POST"])
blueprint.add_url_rule("/cases/<number>/evidence/<int:evidence_id>", "evidence_file", evidence_views.download)
blueprint.add_url_rule(
    "/cases/<number>/evidence/<int:evidence_id>/take-back", "take_back_evidence", evidence_views.remove, methods=["POST"]
)
blueprint.add_url_rule("/cases/<number>/take", view_func=views.take, methods=["POST"])
blueprint.add_url_rule("/cases/<number>/assign", view_func=views.assign, methods=["GET", "POST"])
blueprint.add_url_rule("/cases/<number>/documents/new/<code>", "issue_document", document_views.issue, methods=["GET", "POST"])
blueprint.add_url_rule("/cases/<number>/documents/<int:copy_id>", "document", document_views.read)
blueprint.add_url_rule("/cases/<number>/documents/<int:document_id>/void", "void_document", document_views.void, methods=["GET", "POST"])


def init_app(app: Flask) -> None:
    """Offer this area's addresses."""
    app.register_blueprint(blueprint)
    for report in reports.REPORTS:
        offer_report(app, report)
    add_panel(Panel("case", Message("Evidence"), Permission.CASE_READ, evidence_views.evidence_panel, "cases/evidence_panel.html", 20))
    add_panel(Panel("case", Message("Letters"), Permission.CASE_READ, document_views.panel_of, "cases/documents_panel.html", 30))
    add_menu_item(
        MenuItem(
            "cases.inbox", Message("Inbox"), Permission.INBOX_READ, "declaration", waiting=waiting_count, unread=unread_count, position=4
        )
    )
    add_menu_item(MenuItem("cases.index", Message("Cases"), Permission.CASE_LIST, "finding", position=6))
