"""Organisations, users, roles and sign-in."""

from typing import Any

from flask import Blueprint, Flask

from ohs.accounts import (
    admin_views,
    administration_reports,
    approval_views,
    audit_views,
    commands,
    identity,
    jobs,  # noqa: F401  (registers what the night does)
    message_views,
    office_views,
    post,  # noqa: F401  (registers what the worker sends)
    report_commands,
    report_views,
    substitute_views,
    views,
)
from ohs.accounts.approvals import requests_for
from ohs.accounts.outbox import failed_count
from ohs.kernel.database import db
from ohs.kernel.message import Message
from ohs.kernel.paging import capped_count
from ohs.kernel.policy import Permission
from ohs.kernel.screens import MenuItem, add_menu_item

blueprint = Blueprint("accounts", __name__)
blueprint.add_url_rule("/sign-in", view_func=views.sign_in, methods=["GET", "POST"])
blueprint.add_url_rule("/sign-in/second-factor", view_func=views.second_factor, methods=["GET", "POST"])
blueprint.add_url_rule("/sign-out", view_func=views.sign_out, methods=["POST"])
blueprint.add_url_rule("/first-password/<token>", view_func=views.first_password, methods=["GET", "POST"])
blueprint.add_url_rule("/account/sessions", view_func=views.sessions)
blueprint.add_url_rule("/account/substitutes", view_func=substitute_views.substitutes, methods=["GET", "POST"])
blueprint.add_url_rule("/account/substitutes/<int:substitution_id>/end", view_func=substitute_views.end_substitute, methods=["POST"])
blueprint.add_url_rule("/account/password", view_func=views.password, methods=["GET", "POST"])
blueprint.add_url_rule("/account/messages", view_func=message_views.contact, methods=["GET", "POST"])
blueprint.add_url_rule("/account/sessions/end-others", view_func=views.end_other_sessions, methods=["POST"])
blueprint.add_url_rule("/account/sessions/<int:sign_in_id>/end", view_func=views.end_session, methods=["POST"])

kept_views = Blueprint("views", __name__, url_prefix="/views")
kept_views.add_url_rule("/", view_func=office_views.save, methods=["POST"])
kept_views.add_url_rule("/<int:view_id>/delete", view_func=office_views.delete, methods=["POST"])

approvals = Blueprint("approvals", __name__, url_prefix="/exports")
approvals.add_url_rule("/", view_func=approval_views.index)
approvals.add_url_rule("/ask", view_func=approval_views.ask, methods=["GET", "POST"])
approvals.add_url_rule("/<int:approval_id>/decide", view_func=approval_views.decide, methods=["POST"])

admin = Blueprint("admin", __name__, url_prefix="/admin")
admin.add_url_rule("/", "index", view_func=office_views.administration)
admin.add_url_rule("/users/", view_func=admin_views.users)
admin.add_url_rule("/users/new", view_func=admin_views.new_user, methods=["GET", "POST"])
admin.add_url_rule("/users/<int:user_id>", view_func=admin_views.user)
admin.add_url_rule("/users/<int:user_id>/edit", view_func=admin_views.edit_user, methods=["GET", "POST"])
admin.add_url_rule("/users/<int:user_id>/password", view_func=admin_views.reset_password, methods=["POST"])
admin.add_url_rule("/users/<int:user_id>/code", view_func=admin_views.reset_code, methods=["POST"])
admin.add_url_rule("/users/<int:user_id>/roles", view_func=admin_views.roles, methods=["POST"])
admin.add_url_rule("/organisations/", view_func=admin_views.organisations)
admin.add_url_rule("/organisations/new", view_func=admin_views.new_organisation, methods=["GET", "POST"])
admin.add_url_rule("/organisations/<int:organisation_id>/edit", view_func=admin_views.edit_organisation, methods=["GET", "POST"])
admin.add_url_rule("/calendar", view_func=admin_views.calendar, methods=["GET", "POST"])
admin.add_url_rule("/calendar/<day>/remove", view_func=admin_views.remove_day, methods=["POST"])
admin.add_url_rule("/settings/", view_func=admin_views.settings)
admin.add_url_rule("/settings/<name>", view_func=admin_views.edit_setting, methods=["GET", "POST"])
admin.add_url_rule("/messages/", view_func=message_views.messages)
admin.add_url_rule("/messages/retry", view_func=message_views.retry, methods=["POST"])
admin.add_url_rule("/audit/", "audit", view_func=audit_views.index)

reports = Blueprint("reports", __name__, url_prefix="/reports")
reports.add_url_rule("/", view_func=report_views.index)


def _waiting_consents(user: Any) -> int:
    return capped_count(db.session(), requests_for(user))


def init_app(app: Flask) -> None:
    """Offer this area's addresses and commands."""
    identity.init_app(app)
    for part in (blueprint, kept_views, approvals, admin, reports):
        app.register_blueprint(part)
    for report in administration_reports.REPORTS:
        report_views.offer_report(app, report)
    report_commands.init_app(app)
    commands.init_app(app)
    add_menu_item(MenuItem("admin.users", Message("Accounts"), Permission.USER_LIST, "users", position=70))
    add_menu_item(MenuItem("admin.organisations", Message("Organisations"), Permission.ORGANISATION_LIST, "employer", position=71))
    add_menu_item(MenuItem("admin.calendar", Message("Working days"), Permission.CALENDAR_EDIT, "calendar", position=72))
    add_menu_item(MenuItem("admin.settings", Message("Settings"), Permission.SETTING_EDIT, "admin", position=73))
    add_menu_item(MenuItem("admin.messages", Message("Messages"), Permission.MESSAGE_LIST, "bell", waiting=failed_count, position=73))
    add_menu_item(MenuItem("admin.audit", Message("Audit trail"), Permission.AUDIT_SEARCH, "audit", position=74))
    add_menu_item(MenuItem("reports.index", Message("Exports"), Permission.REPORT_LIST, "download", position=79))
    add_menu_item(
        MenuItem(
            "approvals.index", Message("Exports with consent"), Permission.EXPORT_LIST, "export", waiting=_waiting_consents, position=80
        )
    )
