"""Employers, workplaces, workers and institutions."""

from flask import Blueprint, Flask

from ohs.accounts.report_views import offer_report
from ohs.kernel.message import Message
from ohs.kernel.policy import Permission
from ohs.kernel.screens import MenuItem, add_menu_item
from ohs.registry import institution_views, intake, jobs, reports, views  # noqa: F401  (jobs registers what the queue starts)

employers = Blueprint("employers", __name__, url_prefix="/employers")
employers.add_url_rule("/", view_func=views.index)
employers.add_url_rule("/duplicates", view_func=views.duplicates)
employers.add_url_rule("/duplicates/look", view_func=views.look_again, methods=["POST"])
employers.add_url_rule("/duplicates/<int:pair_id>", view_func=views.pair, methods=["GET", "POST"])
employers.add_url_rule("/duplicates/<int:pair_id>/keep-both", view_func=views.keep_both, methods=["POST"])
employers.add_url_rule("/merges/<int:merge_id>/undo", view_func=views.unmerge, methods=["POST"])
employers.add_url_rule("/<uscc>/edit", view_func=views.edit, methods=["GET", "POST"])

workers = Blueprint("workers", __name__, url_prefix="/workers")
workers.add_url_rule("/", "index", view_func=views.workers)
workers.add_url_rule("/duplicates", "duplicates", view_func=views.worker_duplicates)

institutions = Blueprint("institutions", __name__, url_prefix="/institutions")
institutions.add_url_rule("/", view_func=institution_views.index)
institutions.add_url_rule("/<int:organisation_id>/scope", view_func=institution_views.scope, methods=["GET", "POST"])


def init_app(app: Flask) -> None:
    """Offer this area's addresses and formats."""
    for blueprint in (employers, workers, institutions):
        app.register_blueprint(blueprint)
    intake.register()
    for report in reports.REPORTS:
        offer_report(app, report)
    add_menu_item(MenuItem("employers.index", Message("Employers"), Permission.EMPLOYER_LIST, "employer", position=20))
    add_menu_item(MenuItem("workers.index", Message("Workers"), Permission.WORKER_LIST, "worker", position=40))
    add_menu_item(MenuItem("institutions.index", Message("Institutions"), Permission.INSTITUTION_LIST, "institution", position=60))
