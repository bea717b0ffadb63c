"""The one road of every workbook: handed in, checked, mended, committed."""

from flask import Blueprint, Flask

from ohs.accounts.report_views import offer_report
from ohs.kernel.i18n import say
from ohs.kernel.message import Message
from ohs.kernel.policy import Permission
from ohs.kernel.screens import MenuItem, add_menu_item
from ohs.uploads import commands, copies, copy_views, jobs, reports, views  # noqa: F401  (copies and jobs register what the queue starts)
from ohs.uploads.formats import find_format
from ohs.uploads.forms import PROGRESS_LABELS, STATE_COLOURS, STATE_LABELS
from ohs.uploads.models import WITHOUT_ROWS
from ohs.uploads.page import GROUPS_AT_ONCE, merged

blueprint = Blueprint("uploads", __name__, url_prefix="/uploads")
blueprint.add_url_rule("/", view_func=views.index)
blueprint.add_url_rule("/new", view_func=views.new, methods=["GET", "POST"])
blueprint.add_url_rule("/quality", view_func=views.quality)
blueprint.add_url_rule("/templates/<name>.xlsx", view_func=views.template)
blueprint.add_url_rule("/<number>", view_func=views.show)
blueprint.add_url_rule("/<number>/progress", view_func=views.progress)
blueprint.add_url_rule("/<number>/commit", view_func=views.commit, methods=["POST"])
blueprint.add_url_rule("/<number>/discard", view_func=views.discard, methods=["POST"])
blueprint.add_url_rule("/<number>/cancel", view_func=views.cancel, methods=["POST"])
blueprint.add_url_rule("/<number>/check", view_func=views.check, methods=["POST"])
blueprint.add_url_rule("/<number>/rows/<int:row>", view_func=views.row)
blueprint.add_url_rule("/<number>/rows/<int:row>/<sheet>", view_func=views.row)
blueprint.add_url_rule("/<number>/fix", view_func=views.fix, methods=["POST"])
blueprint.add_url_rule("/<number>/headings", view_func=views.headings, methods=["POST"])
blueprint.add_url_rule("/<number>/marked.xlsx", view_func=copy_views.marked)
blueprint.add_url_rule("/<number>/bad-rows.xlsx", view_func=copy_views.bad_rows)
blueprint.add_url_rule("/<number>/original", view_func=copy_views.original)
blueprint.add_url_rule("/<number>/copies", view_func=copy_views.copies)
blueprint.add_url_rule("/<number>/copies/<kind>", view_func=copy_views.make, methods=["POST"])

help_pages = Blueprint("help", __name__, url_prefix="/help")
help_pages.add_url_rule("/formats/", view_func=views.formats)
help_pages.add_url_rule("/formats/<name>", view_func=views.format_help)


def init_app(app: Flask) -> None:
    """Offer this area's addresses and commands."""
    app.register_blueprint(blueprint)
    app.register_blueprint(help_pages)
    commands.init_app(app)
    for report in reports.REPORTS:
        offer_report(app, report)
    app.jinja_env.globals.update(PROGRESS_LABELS=PROGRESS_LABELS, WITHOUT_ROWS=WITHOUT_ROWS, GROUPS_AT_ONCE=GROUPS_AT_ONCE, merged=merged)
    app.jinja_env.filters.update(
        format_title=_title, upload_state=lambda stage: STATE_LABELS[stage], upload_colour=lambda stage: STATE_COLOURS.get(stage, "")
    )
    add_menu_item(MenuItem("uploads.index", Message("Uploads"), Permission.UPLOAD_LIST, "upload", position=50))


def _title(name: str) -> str:
    format = find_format(name)
    return say(format.title) if format else name
