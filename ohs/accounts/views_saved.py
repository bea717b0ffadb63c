"""Lists with their filters, kept by one person as tabs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from ohs.accounts.models import SavedView, User
from ohs.kernel.errors import DomainError
from ohs.kernel.ledger import View
from ohs.kernel.message import Message

#: More tabs than this nobody finds his way in.
VIEWS_AT_MOST = 20
#: Characters of filters; no form of ours makes more.
LONGEST_QUERY = 2_000


def saved_views(session: Session, user: User, endpoint: str) -> list[View]:
    """The tabs of one list, in the order in which they were kept."""
    question = (
        select(SavedView).where(SavedView.user_id == user.id, SavedView.endpoint == endpoint).order_by(SavedView.position, SavedView.id)
    )
    return [View(view.name, view.query, None, view.id) for view in session.scalars(question)]


def arguments_of(query: str) -> MultiDict[str, str]:
    """Filters as an address carries them. Raises `DomainError` (400) for what no address of ours carries."""
    found = MultiDict(parse_qsl(query))
    if len(query) > LONGEST_QUERY or any("\0" in text for pair in found.items(multi=True) for text in pair):
        raise DomainError(Message("These filters cannot be read; set them anew in the list."), status=400)
    return found


def with_counts(views: list[View], count: Callable[[Any], int]) -> list[View]:
    """The same with how many rows each finds."""
    return [View(view.label, view.query, count(arguments_of(view.query)), view.id) for view in views]


def save_view(session: Session, user: User, endpoint: str, name: str, query: str) -> SavedView:
    """Keep these filters as a tab; a tab of that name is replaced."""
    name = name.strip()[:30]
    if not name or not query:
        raise DomainError(Message("Give the view a name; filters must be set."), status=400)
    held = session.scalar(select(SavedView).where(SavedView.user_id == user.id, SavedView.endpoint == endpoint, SavedView.name == name))
    if held is not None:
        held.query = query
        return held
    count = session.scalar(select(func.count()).where(SavedView.user_id == user.id, SavedView.endpoint == endpoint)) or 0
    if count >= VIEWS_AT_MOST:
        raise DomainError(Message("You have %(count)s views of this list; delete one first.", count=count))
    view = SavedView(user_id=user.id, endpoint=endpoint, name=name, query=query, position=count)
    session.add(view)
    return view


def find_view(session: Session, view_id: int) -> SavedView | None:
    """One kept view."""
    return session.get(SavedView, view_id)
