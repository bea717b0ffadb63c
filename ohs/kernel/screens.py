"""What templates may use: filters for days and numbers, the menu, and the permission question."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Flask, url_for
from flask_login import current_user

from ohs.kernel.clock import LOCAL
from ohs.kernel.i18n import html_lang
from ohs.kernel.message import Message
from ohs.kernel.policy import Permission, allowed, could


@dataclass(frozen=True)
class MenuItem:
    """One entry of the menu: where it leads, what it is called, and who sees it."""

    endpoint: str
    label: Message
    permission: Permission
    #: How many things wait there, for the badge; nothing is shown for none.
    waiting: Callable[[Any], int] | None = None


_menu: list[MenuItem] = []


def add_menu_item(item: MenuItem) -> None:
    """Offer an entry; areas call it when the application starts. Entering one twice changes nothing."""
    if item.endpoint not in {known.endpoint for known in _menu}:
        _menu.append(item)


def menu() -> list[MenuItem]:
    """The entries that this person may use."""
    return [item for item in _menu if could(current_user, item.permission)]


def show_day(value: date | None) -> str:
    """`2026-11-23`, or a dash."""
    return value.isoformat() if value else "—"


def show_moment(value: datetime | None) -> str:
    """The moment in Jiaxing to the minute, or a dash."""
    return value.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M") if value else "—"


def show_number(value: float | None) -> str:
    """With separators of thousands, or a dash."""
    return "—" if value is None else f"{value:,}"


def show_share(part: float, whole: float) -> str:
    """A share in per cent; a share of nothing is a dash, not 0 and not 100."""
    return "—" if not whole else f"{part / whole:.1%}"


def init_app(app: Flask) -> None:
    """Offer filters and globals to templates."""
    app.jinja_env.filters.update(day=show_day, moment=show_moment, number=show_number)
    app.jinja_env.globals.update(
        menu=menu, share=show_share, html_lang=html_lang, Permission=Permission,
        allowed=lambda permission, subject=None: allowed(current_user, permission, subject),
        asset=lambda name: url_for("static", filename=name),
    )  # fmt: skip
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
