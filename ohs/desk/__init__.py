"""Pages composed of what the areas offer."""

from flask import Blueprint, Flask

from ohs.accounts.report_views import offer_report
from ohs.desk import (
    case_views,
    code_views,
    commands,
    copy_views,
    help_views,
    me_views,
    pack_views,
    parts,
    person_views,
    reports,
    views,
    worker_views,
)
from ohs.kernel.message import Message
from ohs.kernel.policy import Permission
from ohs.kernel.screens import MenuItem, add_menu_item

blueprint = Blueprint("desk", __name__)
blueprint.add_url_rule("/", view_func=views.index)
blueprint.add_url_rule("/help/", "help", view_func=help_views.index)
blueprint.add_url_rule("/desk/live", view_func=views.live)
blueprint.add_url_rule("/employers/<uscc>", view_func=views.employer)
blueprint.add_url_rule("/workers/<int:worker_id>", view_func=worker_views.worker)
blueprint.add_url_rule("/workers/<int:worker_id>/reveal", view_func=worker_views.reveal, methods=["POST"])
blueprint.add_url_rule("/workers/<int:worker_id>/code", "give_code", view_func=code_views.give, methods=["GET", "POST"])
blueprint.add_url_rule("/workers/<int:worker_id>/copy", "copy_worker", view_func=copy_views.make, methods=["POST"])
blueprint.add_url_rule("/workers/codes", "codes", view_func=code_views.index)
blueprint.add_url_rule("/workers/codes/<int:code_id>/revoke", "revoke_code", view_func=code_views.revoke, methods=["POST"])
blueprint.add_url_rule("/cases/<number>", view_func=case_views.case)
blueprint.add_url_rule("/cases/<number>/person", view_func=person_views.person, methods=["GET", "POST"])
blueprint.add_url_rule("/cases/<number>/live", "live_case", view_func=case_views.live)
blueprint.add_url_rule("/cases/<number>/evidence-pack", "evidence_pack", pack_views.show)
blueprint.add_url_rule("/cases/<number>/evidence-pack/purpose", "evidence_purpose", pack_views.purpose, methods=["POST"])
blueprint.add_url_rule("/cases/<number>/evidence-pack.pdf", "evidence_binder", pack_views.binder)
blueprint.add_url_rule("/cases/<number>/evidence-pack.zip", "evidence_archive", pack_views.archive)
blueprint.add_url_rule("/search", view_func=views.search)

me = Blueprint("me", __name__, url_prefix="/me")
me.add_url_rule("/", view_func=me_views.index)
me.add_url_rule("/enter", view_func=me_views.enter, methods=["GET", "POST"])
me.add_url_rule("/results", view_func=me_views.results)
me.add_url_rule("/results/<int:examination_id>", view_func=me_views.result)
me.add_url_rule("/cases", view_func=me_views.cases)
me.add_url_rule("/letters/<int:copy_id>", view_func=me_views.letter)
me.add_url_rule("/rights", view_func=me_views.rights)
me.add_url_rule("/readers", view_func=me_views.readers)
me.add_url_rule("/leave", "leave", view_func=me_views.go, methods=["POST"])


def init_app(app: Flask) -> None:
    """Offer this area's addresses."""
    app.register_blueprint(blueprint)
    app.register_blueprint(me)
    commands.init_app(app)
    parts.register()
    for report in reports.REPORTS:
        offer_report(app, report)
    add_menu_item(MenuItem("desk.index", Message("Desk"), Permission.DESK_READ, "desk", position=0))
    add_menu_item(MenuItem("accounts.sessions", Message("My sessions"), Permission.OWN_ACCOUNT, "lock", position=95))
