"""Organisations, users, roles and sign-in."""

from flask import Blueprint, Flask

from ohs.accounts import commands, identity, office_views, views

blueprint = Blueprint("accounts", __name__)
blueprint.add_url_rule("/sign-in", view_func=views.sign_in, methods=["GET", "POST"])
blueprint.add_url_rule("/sign-out", view_func=views.sign_out, methods=["POST"])
blueprint.add_url_rule("/first-password/<token>", view_func=views.first_password, methods=["GET", "POST"])
blueprint.add_url_rule("/account/sessions", view_func=views.sessions)
blueprint.add_url_rule("/account/sessions/<int:sign_in_id>/end", view_func=views.end_session, methods=["POST"])

kept_views = Blueprint("views", __name__, url_prefix="/views")
kept_views.add_url_rule("/", view_func=office_views.save, methods=["POST"])
kept_views.add_url_rule("/<int:view_id>/delete", view_func=office_views.delete, methods=["POST"])

approvals = Blueprint("approvals", __name__, url_prefix="/exports")
approvals.add_url_rule("/", "index", view_func=office_views.approvals)
approvals.add_url_rule("/<int:approval_id>/decide", view_func=office_views.decide, methods=["POST"])


def init_app(app: Flask) -> None:
    """Offer this area's addresses and commands."""
    identity.init_app(app)
    for part in (blueprint, kept_views, approvals):
        app.register_blueprint(part)
    commands.init_app(app)
