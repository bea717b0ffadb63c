"""What templates may use: filters for days and numbers, the menu, icons, addresses with one filter changed, and the permission question."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask, current_app, request, url_for
from flask_login import current_user
from markupsafe import Markup, escape

from ohs.kernel.clock import LOCAL
from ohs.kernel.i18n import html_lang
from ohs.kernel.masks import mask_id_number, mask_name, mask_phone
from ohs.kernel.message import Message
from ohs.kernel.paging import COUNT_CAP
from ohs.kernel.policy import Permission, allowed, could

#: Not part of what a list shows, only of where one stands in it.
PLACE = ("cursor", "rows", "sort", "counted")


@dataclass(frozen=True)
class MenuItem:
    """One entry of the menu: where it leads, what it is called, and who sees it."""

    endpoint: str
    label: Message
    permission: Permission
    icon: str = "declaration"
    #: How many things wait there, for the badge; nothing is shown for none.
    waiting: Callable[[Any], int] | None = None
    #: How much is new there to read, for a second badge.
    unread: Callable[[Any], int] | None = None
    #: Place from above.
    position: int = 50


_menu: list[MenuItem] = []


def add_menu_item(item: MenuItem) -> None:
    """Offer an entry; areas call it when the application starts. Entering one twice changes nothing."""
    if item.endpoint not in {known.endpoint for known in _menu}:
        _menu.append(item)
        _menu.sort(key=lambda known: known.position)


def menu() -> list[MenuItem]:
    """The entries that this person may use."""
    return [item for item in _menu if could(current_user, item.permission)]


def is_here(item: MenuItem) -> bool:
    """Whether this page belongs below the entry: of all entries the one whose address reaches furthest into this one."""
    addresses = [(len(url_for(known.endpoint)), known.endpoint) for known in menu() if _is_below(url_for(known.endpoint))]
    return bool(addresses) and max(addresses)[1] == item.endpoint


def _is_below(address: str) -> bool:
    return request.path == address if address == "/" else request.path.startswith(address)


def show_day(value: date | None) -> str:
    """`2026-11-23`, or a dash."""
    return value.isoformat() if value else "—"


def show_moment(value: datetime | None) -> str:
    """The moment in Jiaxing to the minute, or a dash."""
    return value.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M") if value else "—"


def show_number(value: float | None) -> str:
    """With separators of thousands, or a dash."""
    if value is None:
        return "—"
    return f"{int(value):,}" if isinstance(value, float) and value.is_integer() else f"{value:,}"


def show_capped(value: int, cap: int = COUNT_CAP) -> str:
    """A count of a list; nobody counts beyond the cap, so that a larger one was kept elsewhere and is told in full."""
    return f"{cap:,}+" if value == cap else f"{value:,}"


def show_share(part: float, whole: float) -> str:
    """A share in per cent; a share of nothing is a dash, not 0 and not 100."""
    return "—" if not whole else f"{part / whole:.1%}"


def icon(name: str) -> Markup:
    """An icon of the sprite, for the eye only."""
    return Markup('<svg class="icon" aria-hidden="true"><use href="%s#%s"></use></svg>') % (
        url_for("static", filename="vendor/icons.svg"),
        name,
    )


def address(**changed: Any) -> str:
    """This page's address with some parts of the query changed; `None` removes a part."""
    query = request.args.to_dict(flat=False)
    for name, value in changed.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = [str(value)]
    text = urlencode(query, doseq=True)
    return f"{request.path}?{text}" if text else request.path


def current_query() -> str:
    """The filters of this page, in a fixed order and without the place in the list."""
    return query_of(request.args)


def with_query(endpoint: str) -> str:
    """Another address with the filters of this page: a deed on a list comes back to the list as it was."""
    text = current_query()
    return f"{url_for(endpoint)}?{text}" if text else url_for(endpoint)


def query_of(arguments: Any) -> str:
    """Filters as they are kept in views and approvals: filled ones only, in order."""
    return urlencode(sorted((key, value) for key, value in arguments.items(multi=True) if value and key not in PLACE))


@dataclass(frozen=True)
class Chip:
    """One filter that narrows a list, and the address without it."""

    label: str
    value: str
    without: str


def chips(form: Any) -> list[Chip]:
    """The filters that are set, in the reader's words."""
    without = lambda name: address(**{name: None, "cursor": None})  # noqa: E731
    return [Chip(label, value, without(name)) for name, label, value in filters_set(form, request.args)]


def filters_set(form: Any, arguments: Any) -> list[tuple[str, str, str]]:
    """The filters that an address sets, as people read them: name in the address, label, value."""
    fields = [field for field in form if arguments.get(field.short_name) and not field.errors and field.short_name != "csrf_token"]
    return [(field.short_name, str(field.label.text), text) for field in fields if (text := _shown_value(field))]


def _shown_value(field: Any) -> str:
    """What a filter is set to, as its field shows it."""
    if hasattr(field, "iter_choices"):
        return next((str(choice[1]) for choice in field.iter_choices() if str(choice[0]) == str(field.data)), "")
    return str(field._value()) if field.type != "BooleanField" else "✓"


@cache
def _stamp(folder: str, name: str) -> str:
    path = Path(folder) / name
    return str(int(path.stat().st_mtime)) if path.exists() else "0"


def asset(name: str) -> str:
    """The address of a static file; it changes with the file."""
    return url_for("static", filename=name, v=_stamp(current_app.static_folder or "", name))


def has_endpoint(name: str) -> bool:
    """Whether this application offers an address."""
    return name in current_app.view_functions


def has_role(*names: str) -> bool:
    """Whether the reader has one of these roles: for words on a page, never for what may be done."""
    return current_user.is_authenticated and bool(current_user.role_names & set(names))


def lines(text: str) -> Markup:
    """Text as typed, with its line breaks."""
    return Markup("<br>").join(escape(line) for line in (text or "").splitlines())


def init_app(app: Flask) -> None:
    """Offer filters and globals to templates."""
    app.jinja_env.filters.update(day=show_day, moment=show_moment, number=show_number, capped=show_capped, lines=lines)
    app.jinja_env.filters.update(mask_name=mask_name, mask_id_number=mask_id_number, mask_phone=mask_phone)
    app.jinja_env.globals.update(
        menu=menu, share=show_share, html_lang=html_lang, Permission=Permission, icon=icon, address=address, chips=chips,
        current_query=current_query, with_query=with_query, is_here=is_here, has_role=has_role, has_endpoint=has_endpoint, asset=asset,
        allowed=lambda permission, subject=None: allowed(current_user, permission, subject),
        could=lambda permission: current_user.is_authenticated and could(current_user, permission),
    )  # fmt: skip
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
