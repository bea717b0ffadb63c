"""Cases: one number, one owner at any time, a clock for every duty."""

from flask import Blueprint, Flask

from ohs.accounts.report_views import offer_report
from ohs.cases import (
    clock_views,
    default_clock_views,
    document_views,
    emergency_views,
    evidence_views,
    figure_commands,
    joined_files,  # noqa: F401  (registers what the night does)
    meeting_views,
    message_lines,  # noqa: F401  (registers who writes the lines of messages)
    nightly,  # noqa: F401  (registers what the night does)
    notice_views,
    opening_views,
    payer_views,
    performance_views,
    protection_views,
    reports,
    request_views,
    trail_words,
    transfer_reports,
    transfer_views,
    views,
    visit_lines,  # noqa: F401  (registers who writes the lines of messages)
    visit_views,
)
from ohs.cases.inbox_counts import unread_total, waiting_count
from ohs.cases.transfer_panel import transfers_on_page
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
blueprint.add_url_rule("/inbox/remind", view_func=notice_views.remind_many, methods=["POST"])
blueprint.add_url_rule("/cases/<number>/remind", view_func=notice_views.remind, methods=["POST"])
blueprint.add_url_rule("/cases/", view_func=views.index)
blueprint.add_url_rule("/cases/new", view_func=opening_views.new, methods=["GET", "POST"])
blueprint.add_url_rule("/cases/protected", "protected", view_func=protection_views.index)
blueprint.add_url_rule("/cases/protected/ask", "ask_protection", view_func=protection_views.ask, methods=["GET", "POST"])
blueprint.add_url_rule("/cases/protected/<int:period_id>/end", "end_employment", view_func=protection_views.end, methods=["GET", "POST"])
blueprint.add_url_rule("/cases/performance", "performance", performance_views.index)
blueprint.add_url_rule("/cases/performance/steps", "performance_steps", performance_views.steps)
blueprint.add_url_rule("/cases/performance/open", "performance_open", performance_views.waiting)
blueprint.add_url_rule("/cases/cost-windows", "cost_windows", payer_views.cost_windows)
blueprint.add_url_rule("/cases/grants", "grants", payer_views.grants)
blueprint.add_url_rule("/cases/<number>/grants", "case_grants", payer_views.case_grants)
blueprint.add_url_rule("/cases/<number>/payers", "payers", payer_views.payers, methods=["GET", "POST"])
blueprint.add_url_rule("/cases/<number>/payers/<branch>/withdraw", "withdraw_payer", payer_views.withdraw, methods=["GET", "POST"])
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
blueprint.add_url_rule("/cases/<number>/clocks/<int:clock_id>/suspend", view_func=clock_views.suspend_clock, methods=["GET", "POST"])
blueprint.add_url_rule("/cases/<number>/clocks/<int:clock_id>/resume", view_func=clock_views.resume_clock, methods=["GET", "POST"])
blueprint.add_url_rule("/cases/<number>/clocks/<int:clock_id>/extend", view_func=clock_views.extend_clock, methods=["GET", "POST"])

default_clocks = Blueprint("default_clocks", __name__, url_prefix="/admin/clocks")
default_clocks.add_url_rule("/", view_func=default_clock_views.index)
default_clocks.add_url_rule("/<slug>", view_func=default_clock_views.edit, methods=["GET", "POST"])

emergency = Blueprint("emergency", __name__, url_prefix="/emergency")
emergency.add_url_rule("/", view_func=emergency_views.index, methods=["GET", "POST"])
emergency.add_url_rule("/<int:access_id>/end", view_func=emergency_views.end, methods=["POST"])
emergency.add_url_rule("/reviews/", view_func=emergency_views.reviews)
emergency.add_url_rule("/reviews/<int:access_id>", view_func=emergency_views.decide, methods=["GET", "POST"])
blueprint.add_url_rule("/cases/<number>/hand-over", "hand_over", view_func=transfer_views.send, methods=["GET", "POST"])
blueprint.add_url_rule("/inbox/transfers", "transfers", view_func=transfer_views.index)
blueprint.add_url_rule("/inbox/transfers/ask", "ask_for", view_func=request_views.ask, methods=["GET", "POST"])
blueprint.add_url_rule("/inbox/transfers/asked", "requests", view_func=request_views.index)
blueprint.add_url_rule(
    "/inbox/transfers/asked/<int:request_id>/take-back", "withdraw_request", view_func=request_views.withdraw, methods=["POST"]
)
blueprint.add_url_rule("/inbox/transfers/figures", "transfer_figures", view_func=transfer_views.figures)
blueprint.add_url_rule("/inbox/transfers/<int:transfer_id>", "transfer", view_func=transfer_views.show)
blueprint.add_url_rule("/inbox/transfers/<int:transfer_id>/letter", "transfer_letter", view_func=transfer_views.letter)
blueprint.add_url_rule("/inbox/transfers/<int:transfer_id>/answer", "answer", view_func=transfer_views.answer, methods=["POST"])
blueprint.add_url_rule("/inbox/transfers/<int:transfer_id>/take-back", "take_back", view_func=transfer_views.take_back, methods=["POST"])
blueprint.add_url_rule("/inbox/visits", "visits", view_func=visit_views.index)
blueprint.add_url_rule("/inbox/visits/<number>", "visit", view_func=visit_views.show)
blueprint.add_url_rule("/inbox/visits/<number>/answer", "answer_visit", view_func=visit_views.answer, methods=["POST"])
blueprint.add_url_rule("/cases/<number>/visits/new", "ask_visit", view_func=visit_views.ask, methods=["GET", "POST"])
blueprint.add_url_rule("/cases/<number>/visits/<visit_number>/withdraw", "withdraw_visit", view_func=visit_views.withdraw, methods=["POST"])

meeting_blueprint = Blueprint("joint_meeting", __name__, url_prefix="/joint-meeting")
meeting_blueprint.add_url_rule("/", view_func=meeting_views.index)
meeting_blueprint.add_url_rule("/new", view_func=meeting_views.propose, methods=["GET", "POST"])
meeting_blueprint.add_url_rule("/items/<number>", view_func=meeting_views.item)
meeting_blueprint.add_url_rule("/items/<number>/decision", view_func=meeting_views.enter_decision, methods=["GET", "POST"])
meeting_blueprint.add_url_rule("/items/<number>/result", view_func=meeting_views.enter_result, methods=["GET", "POST"])
meeting_blueprint.add_url_rule("/meetings/", view_func=meeting_views.meetings)
meeting_blueprint.add_url_rule("/meetings/new", view_func=meeting_views.call, methods=["GET", "POST"])
meeting_blueprint.add_url_rule("/meetings/<number>", view_func=meeting_views.meeting)
meeting_blueprint.add_url_rule("/meetings/<number>/add-waiting", view_func=meeting_views.add_waiting, methods=["POST"])
meeting_blueprint.add_url_rule("/meetings/<number>/move", view_func=meeting_views.move, methods=["GET", "POST"])
meeting_blueprint.add_url_rule("/meetings/<number>/call-off", "call_off", view_func=meeting_views.call_meeting_off, methods=["GET", "POST"])
meeting_blueprint.add_url_rule("/meetings/<number>/close", view_func=meeting_views.close, methods=["GET", "POST"])
meeting_blueprint.add_url_rule("/meetings/<number>/agenda.pdf", view_func=meeting_views.agenda)
meeting_blueprint.add_url_rule("/meetings/<number>/minutes.pdf", view_func=meeting_views.minutes)


def init_app(app: Flask) -> None:
    """Offer this area's addresses."""
    trail_words.register()
    app.register_blueprint(blueprint)
    app.cli.add_command(figure_commands.case_figures)
    app.register_blueprint(default_clocks)
    app.register_blueprint(emergency)
    app.register_blueprint(meeting_blueprint)
    for report in (
        *reports.REPORTS,
        *transfer_reports.REPORTS,
        protection_views.REPORT,
        payer_views.REPORT,
        visit_views.REPORT,
        *performance_views.REPORTS,
    ):
        offer_report(app, report)
    add_panel(
        Panel("case", Message("Visits on the spot"), Permission.CASE_READ_WAY, visit_views.visits_panel, "cases/visits_panel.html", 15)
    )
    add_panel(Panel("case", Message("Evidence"), Permission.CASE_READ, evidence_views.evidence_panel, "cases/evidence_panel.html", 20))
    add_panel(Panel("case", Message("Telling"), Permission.CASE_REMIND, notice_views.reminding_panel, "cases/reminding_panel.html", 25))
    add_panel(Panel("case", Message("Letters"), Permission.CASE_READ, document_views.panel_of, "cases/documents_panel.html", 30))
    add_menu_item(
        MenuItem(
            "cases.inbox", Message("Inbox"), Permission.INBOX_READ, "declaration", waiting=waiting_count, unread=unread_total, position=4
        )
    )
    add_panel(clock_views.PANEL)
    add_panel(emergency_views.PANEL)
    add_menu_item(MenuItem("cases.index", Message("Cases"), Permission.CASE_LIST, "finding", position=6))
    add_menu_item(MenuItem("default_clocks.index", Message("Time limits"), Permission.SETTING_EDIT, "calendar", position=73))
    add_menu_item(MenuItem("emergency.index", Message("Emergency access"), Permission.EMERGENCY_OPEN, "lock", position=60))
    reviews = MenuItem(
        "emergency.reviews",
        Message("Review of emergencies"),
        Permission.EMERGENCY_READ,
        "audit",
        waiting=emergency_views.waiting_reviews,
        position=61,
    )
    add_menu_item(reviews)
    add_panel(Panel("case", Message("Who pays"), Permission.CASE_READ_WORK_INJURY, payer_views.panel, "cases/payers_panel.html", 25))
    add_menu_item(MenuItem("cases.performance", Message("Performance"), Permission.PERFORMANCE_LIST, "figures", position=8))
    add_menu_item(MenuItem("cases.cost_windows", Message("Applications nobody has made"), Permission.COST_WINDOW_LIST, "clock", position=7))
    add_menu_item(MenuItem("cases.protected", Message("Protected periods"), Permission.PROTECTION_LIST, "worker", position=7))
    add_menu_item(MenuItem("joint_meeting.index", Message("Joint meeting"), Permission.JOINT_MEETING_READ, "finding", position=7))
    title = Message("Hand-overs and joint meeting")
    add_panel(Panel("case", title, Permission.JOINT_MEETING_READ, transfers_on_page, "cases/panels/transfers.html", 70))
