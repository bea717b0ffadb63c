"""What areas offer to pages that show many of them: panels on an employer's or worker's page, sources of the search, parts of the desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from ohs.kernel.message import Message
from ohs.kernel.policy import Permission


@dataclass(frozen=True)
class Panel:
    """A part of a page: who sees it, what it asks the database, and how it is drawn.

    `query` is given the session, the reader, and the page's subject (an employer, a worker; None on the desk) and returns what
    its template is given; None leaves the panel out.
    """

    #: `employer`, `worker` or `desk`.
    page: str
    title: Message
    permission: Permission
    query: Callable[[Session, Any, Any], dict[str, Any] | None]
    template: str
    position: int = 50
    #: Takes half the width where there is room for two.
    is_half: bool = False


@dataclass(frozen=True)
class Found:
    """One thing that a search has found."""

    label: str
    note: str
    address: str


@dataclass(frozen=True)
class SearchSource:
    """One kind of thing that can be searched for."""

    title: Message
    permission: Permission
    find: Callable[[Session, Any, str], list[Found]]
    position: int = 50


_panels: dict[tuple[str, str], Panel] = {}
_sources: dict[str, SearchSource] = {}


def add_panel(panel: Panel) -> None:
    """Offer a panel; entering one twice changes nothing."""
    _panels[panel.page, panel.title.id] = panel


def panels_of(page: str) -> list[Panel]:
    """The panels of a page, from above."""
    return sorted((panel for (where, _title), panel in _panels.items() if where == page), key=lambda panel: panel.position)


def add_search(source: SearchSource) -> None:
    """Offer a kind of thing to the search."""
    _sources[source.title.id] = source


def search_sources() -> list[SearchSource]:
    """Every kind of thing that can be searched for."""
    return sorted(_sources.values(), key=lambda source: source.position)
