"""Pages composed of what the areas offer."""

from flask import Blueprint, Flask

from ohs.desk import views
from ohs.kernel.message import Message
from ohs.kernel.policy import Permission
from ohs.kernel.screens import MenuItem, add_menu_item

blueprint = Blueprint("desk", __name__)
blueprint.add_url_rule("/", view_func=views.index)


def init_app(app: Flask) -> None:
    """Offer this area's addresses."""
    app.register_blueprint(blueprint)
    add_menu_item(MenuItem("desk.index", Message("Desk"), Permission.DESK_READ))
    add_menu_item(MenuItem("accounts.sessions", Message("My sessions"), Permission.OWN_ACCOUNT))
