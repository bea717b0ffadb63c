"""How the matrix walks: every guarded address of an application, with the arguments of a reader, and what the database held before and after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import LargeBinary, event, select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from ohs import records
from ohs.accounts.models import User
from ohs.kernel.crypto import Sealed
from ohs.kernel.policy import Permission
from tests.matrix.samples import SAMPLES
from tests.matrix.world import World

#: Statements that change no row.
HARMLESS = {"SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK"}
#: Open to everybody.
PUBLIC = {
    "static",
    "healthz",
    "readyz",
    "metrics",
    "choose_locale",
    "verify",
    "accounts.sign_in",
    "accounts.second_factor",
    "accounts.first_password",
    # A worker's own file: a one-time code guards it instead of an account (tests/desk/test_own_pages.py).
    "me.enter",
    "me.index",
    "me.results",
    "me.result",
    "me.cases",
    "me.letter",
    "me.rights",
    "me.readers",
    "me.leave",
}


@dataclass(frozen=True)
class Place:
    """One guarded address."""

    endpoint: str
    rule: Rule
    view: Any

    @property
    def permission(self) -> Permission:
        permission: Permission = self.view.__permission__
        return permission

    def address(self, app: Flask, arguments: dict[str, Any]) -> str:
        """The address with a record in it."""
        with app.test_request_context():
            return app.url_map.bind("localhost").build(self.endpoint, arguments)


def places(app: Flask, method: str | None = None) -> list[Place]:
    """Every guarded address, of one method where one is named."""
    return [
        Place(rule.endpoint, rule, app.view_functions[rule.endpoint])
        for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.endpoint)
        if rule.endpoint not in PUBLIC and (method is None or method in (rule.methods or ()))
    ]


def unguarded(app: Flask) -> list[str]:
    """Addresses that nobody has put a permission on."""
    return [place.endpoint for place in places(app) if getattr(place.view, "__permission__", None) is None]


def without_sample(app: Flask) -> list[str]:
    """Addresses with a record in them of which the matrix has none to try."""
    return [place.endpoint for place in places(app) if place.rule.arguments and place.endpoint not in SAMPLES]


def finding_nothing(app: Flask) -> list[str]:
    """Addresses with a record in them whose guard is not told how to find it, besides those whose record belongs to everybody who may."""
    of_everybody = {"admin.edit_setting", "admin.remove_day"}
    return [
        place.endpoint
        for place in places(app)
        if place.rule.arguments and getattr(place.view, "__finds__", None) is None and place.endpoint not in of_everybody
    ]


def arguments_of(
    place: Place, world: World, user: User, own: dict[str, Any], other: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Own and foreign arguments of an address."""
    return SAMPLES[place.endpoint](world, user, own, other) if place.rule.arguments else ({}, None)


def everything(session: Session) -> dict[str, list[Any]]:
    """Every row of every table, to be held against a later moment."""
    return {name: list(rows) for name, rows in _rows(session)}


class Witness:
    """Knows what the database holds, and reads it again only where a statement since then may have changed it."""

    def __init__(self, session: Session) -> None:
        self.session, self._written = session, False
        session.flush()
        self.known = everything(session)
        event.listen(session.connection(), "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        self._written = self._written or statement.split(None, 1)[0].upper() not in HARMLESS

    def is_unchanged(self) -> bool:
        """Whether every row is as it was."""
        written, self._written = self._written, False
        return not written or everything(self.session) == self.known

    def expect_undone(self) -> None:
        """What was written since has been rolled back by the walk itself."""
        self._written = False


def _rows(session: Session) -> Iterator[tuple[str, list[Any]]]:
    for table in records.METADATA.sorted_tables:
        columns = [column for column in table.columns if not isinstance(column.type, (LargeBinary, Sealed))]
        yield table.name, session.execute(select(*columns).order_by(*table.primary_key.columns)).all()  # type: ignore[misc]
