"""Organisations, users, roles and sign-in."""

from flask import Blueprint, Flask

from ohs.accounts import commands, identity, views

blueprint = Blueprint("accounts", __name__)
blueprint.add_url_rule("/sign-in", view_func=views.sign_in, methods=["GET", "POST"])
blueprint.add_url_rule("/sign-out", view_func=views.sign_out, methods=["POST"])
blueprint.add_url_rule("/first-password/<token>", view_func=views.first_password, methods=["GET", "POST"])
blueprint.add_url_rule("/account/sessions", view_func=views.sessions)
blueprint.add_url_rule("/account/sessions/<int:sign_in_id>/end", view_func=views.end_session, methods=["POST"])


def init_app(app: Flask) -> None:
    """Offer this area's addresses and commands."""
    identity.init_app(app)
    app.register_blueprint(blueprint)
    commands.init_app(app)
