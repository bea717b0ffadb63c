"""Pages composed of what the areas offer."""

from flask import Blueprint, Flask

from ohs.accounts.report_views import offer_report
from ohs.desk import case_views, commands, help_views, parts, reports, views
from ohs.kernel.message import Message
from ohs.kernel.policy import Permission
from ohs.kernel.screens import MenuItem, add_menu_item

blueprint = Blueprint("desk", __name__)
blueprint.add_url_rule("/", view_func=views.index)
blueprint.add_url_rule("/help/", "help", view_func=help_views.index)
blueprint.add_url_rule("/desk/live", view_func=views.live)
blueprint.add_url_rule("/employers/<uscc>", view_func=views.employer)
blueprint.add_url_rule("/workers/<int:worker_id>", view_func=views.worker)
blueprint.add_url_rule("/workers/<int:worker_id>/reveal", view_func=views.reveal, methods=["POST"])
blueprint.add_url_rule("/cases/<number>", view_func=case_views.case)
blueprint.add_url_rule("/cases/<number>/live", "live_case", view_func=case_views.live)
blueprint.add_url_rule("/search", view_func=views.search)


def init_app(app: Flask) -> None:
    """Offer this area's addresses."""
    app.register_blueprint(blueprint)
    commands.init_app(app)
    parts.register()
    for report in reports.REPORTS:
        offer_report(app, report)
    add_menu_item(MenuItem("desk.index", Message("Desk"), Permission.DESK_READ, "desk", position=0))
    add_menu_item(MenuItem("accounts.sessions", Message("My sessions"), Permission.OWN_ACCOUNT, "lock", position=95))
