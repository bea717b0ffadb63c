"""The desk: what everybody sees first."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_login import current_user

from ohs.kernel.policy import Permission, requires
from ohs.rulebook.regions import region_name


@requires(Permission.DESK_READ)
def index() -> Any:
    """Who I am here and for which area."""
    return render_template("desk/index.html", area=region_name(current_user.organisation.region_code))
