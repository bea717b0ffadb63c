"""How a table of permissions is asked: about one subject, as a filter of lists, and as the guard of a view."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import wraps
from typing import Any

from flask import abort, current_app, request
from flask_login import current_user
from sqlalchemy import and_, false, or_, true

from ohs.kernel.conditions import Condition, Filter, Person, Role

View = Callable[..., Any]


class Policy:
    """The questions to one table. A permission is granted when every condition of any one line holds."""

    def __init__(self, grants: Mapping[Any, Sequence[tuple[Condition, ...]]]) -> None:
        self.grants = grants

    def could(self, person: Person, permission: StrEnum) -> bool:
        """Whether the person's roles alone leave the permission open: some subject might be allowed."""
        return any(
            all(condition.holds(person, None) for condition in line if isinstance(condition, Role))
            for line in self.grants.get(permission, ())
        )

    def allowed(self, person: Person, permission: StrEnum, subject: Any = None) -> bool:
        """Whether the person may do this, to this subject where the permission is about one."""
        if not getattr(person, "is_authenticated", True):
            return False
        return any(all(condition.holds(person, subject) for condition in line) for line in self.grants.get(permission, ()))

    def visible(self, person: Person, permission: StrEnum, model: Any) -> Filter:
        """The same question as a filter: the rows of `model` for which `allowed` would say yes."""
        lines = [
            [condition.where(person, model) for condition in line if not isinstance(condition, Role)]
            for line in self.grants.get(permission, ())
            if all(condition.holds(person, None) for condition in line if isinstance(condition, Role))
        ]  # what the role decides is decided here: a database does not use its indexes through constants
        return or_(*(and_(true(), *line) for line in lines)) if lines else false()

    def requires(self, permission: StrEnum, find: Callable[..., Any] | None = None) -> Callable[[View], View]:
        """Guard a view: sign in, check the role, find the subject, check it, and hand it over as the first argument.

        The role is checked before anything is looked up, so that an answer never tells whether a foreign record exists:
        a role that never may gets 403, a record that is missing or foreign 404.
        """

        def guard(view: View) -> View:
            @wraps(view)
            def guarded(*args: Any, **kwargs: Any) -> Any:
                if not current_user.is_authenticated:
                    return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
                if not self.could(current_user, permission):
                    abort(403)
                if find is None:
                    return view(*args, **kwargs)
                subject = find(**kwargs)
                if subject is None or not self.allowed(current_user, permission, subject):
                    abort(404)
                return view(subject)

            guarded.__permission__ = permission  # type: ignore[attr-defined]
            guarded.__finds__ = find  # type: ignore[attr-defined]
            return guarded

        return guard


def public(view: View) -> View:
    """Mark a view as open to everybody, signed in or not."""
    view.__permission__ = None  # type: ignore[attr-defined]
    return view


def wants_fragment() -> bool:
    """Whether htmx asked for a part of the page."""
    return request.headers.get("HX-Request") == "true"
