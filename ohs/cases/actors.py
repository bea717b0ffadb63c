"""Who acts on cases: the actors of the tables, who records for bodies without an account, and which office answers for a place."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import Organisation, User
from ohs.kernel.errors import DomainError
from ohs.kernel.message import Message

SYSTEM = "system"
#: The actor of the tables that people of an organisation are, by its kind and department.
ACTORS = {
    "employer": "EMP", "clinic": "CLIN", "diagnosis": "DIAG", "testing": "TEST", "town": "TOWN",
    "health": "HLTH", "hr": "HRSS", "safety": "SAFE",
}  # fmt: skip
#: Who records what bodies and people without an account have done, with the document.
RECORDED_BY = {
    "MED": ("HLTH",),
    "WKR": ("HLTH", "HRSS", "DIAG"),
    "APPR": ("HLTH",),
    "LCAC": ("HRSS",),
    "ARB": ("HLTH", "HRSS"),
    "UNION": ("HRSS",),
}


def actor_of(place: Organisation) -> str:
    """The actor of the tables that an organisation is."""
    return ACTORS.get(place.department or place.kind, place.kind)


@dataclass(frozen=True)
class By:
    """Who does it: nobody where the system does."""

    user: User | None = None
    #: The actor whose acts have passed to this person's office with the case.
    also: str = ""
    #: Whether another institution was asked to act here in place of this one.
    is_passed_over: bool = False
    #: Whether another office answers for this part: this one does nothing here, nor records anything for others.
    has_no_part: bool = False

    @property
    def code(self) -> str:
        """The actor of the tables."""
        return actor_of(self.user.organisation) if self.user else SYSTEM

    def stands_for(self, actors: frozenset[str]) -> str:
        """As which of some actors this person may act: as themselves, else for a body that has no account; empty for none."""
        if self.has_no_part:
            return ""
        if self.code in actors and not self.is_passed_over:
            return self.code
        if self.also in actors:
            return self.also
        return next((actor for actor in sorted(actors) if self.code in RECORDED_BY.get(actor, ())), "")


def office(session: Session, department: str, county_code: str) -> Organisation:
    """The office of a department that answers for a county or zone; the city's where it has none."""
    found = session.scalars(
        select(Organisation).where(
            Organisation.kind == "department", Organisation.department == department, Organisation.is_active,
            (Organisation.region_code == county_code) | (Organisation.level == "city"),
        )
    ).all()  # fmt: skip
    own = [one for one in found if one.region_code == county_code]
    if not (own or found):
        raise DomainError(Message("No office of that department answers for this place."))
    return (own or list(found))[0]
