"""Small conditions of which permissions are made, each in two forms that agree: about one subject, and as a filter of lists.

A condition about the actor alone needs no subject. A condition about a subject names what it needs as a small protocol:
`county_code` and `region_code`, `employer_id`, `clinic_id`, `organisation_id`, `is_served_by`, `is_begun_by`, `is_handed_in`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import ColumnElement, false, or_, true

Filter = ColumnElement[bool]


class Place(Protocol):
    """The organisation of an actor, as conditions see it."""

    id: int
    kind: str
    department: str | None
    level: str | None
    region_code: str
    employer_id: int | None

    @property
    def employer_ids(self) -> frozenset[int]:
        """The own employer and every entry that was merged with it."""
        ...


class Person(Protocol):
    """A signed-in user, as conditions see them."""

    id: int
    organisation_id: int
    organisation: Place
    role_names: frozenset[str]

    @property
    def emergency_case_ids(self) -> frozenset[int]:
        """The cases that this person may read for hours only."""
        ...

    def has_purpose_for(self, subject: Any) -> bool:
        """Whether this person has given a reason for opening this subject, not long ago."""
        ...


@dataclass(frozen=True)
class Role:
    """A condition about the actor alone."""

    name: str
    holds_for: Callable[[Person], bool]

    def holds(self, person: Person, subject: Any) -> bool:
        return self.holds_for(person)

    def where(self, person: Person, model: Any) -> Filter:
        return true() if self.holds_for(person) else false()


@dataclass(frozen=True)
class About:
    """A condition about a subject, with its filter."""

    name: str
    holds: Callable[[Person, Any], bool]
    where: Callable[[Person, Any], Filter]


Condition = Role | About


def role(*names: str) -> Role:
    """The actor has one of these roles."""
    wanted = frozenset(names)
    return Role("/".join(names), lambda person: bool(wanted & person.role_names))


def _covers(person: Person, subject: Any) -> bool:
    place = person.organisation
    match place.level:
        case "city":
            return True
        case "county" | "zone":
            return bool(subject.county_code == place.region_code)
        case "town":
            return bool(subject.region_code == place.region_code)
    return False


def _covered(person: Person, model: Any) -> Filter:
    place = person.organisation
    match place.level:
        case "city":
            return true()
        case "county" | "zone":
            return model.county_code == place.region_code  # type: ignore[no-any-return]
        case "town":
            return model.region_code == place.region_code  # type: ignore[no-any-return]
    return false()


#: The subject lies in the actor's part of the region tree. A zone's towns belong to the zone, not to the county around it.
own_region = About("own region", _covers, _covered)


def _of_own_employer(person: Person, subject: Any) -> bool:
    own = person.organisation.employer_id
    if own is None:
        return False
    concerned = {subject.employer_id, getattr(subject, "host_employer_id", None)}
    return own in concerned or not concerned.isdisjoint(person.organisation.employer_ids)


def _where_own_employer(person: Person, model: Any) -> Filter:
    if person.organisation.employer_id is None:
        return false()
    own = sorted(person.organisation.employer_ids)
    is_own = lambda column: column == own[0] if len(own) == 1 else column.in_(own)  # noqa: E731
    if hasattr(model, "host_employer_id"):
        return or_(is_own(model.employer_id), is_own(model.host_employer_id))
    return is_own(model.employer_id)  # type: ignore[no-any-return]


#: The subject belongs to the actor's employer; for dispatched workers the host employer counts as well.
own_employer = About("own employer", _of_own_employer, _where_own_employer)

own_clinic = About(
    "own clinic",
    lambda person, subject: subject.clinic_id == person.organisation_id,
    lambda person, model: model.clinic_id == person.organisation_id,
)

own_organisation = About(
    "own organisation",
    lambda person, subject: subject.organisation_id == person.organisation_id,
    lambda person, model: model.organisation_id == person.organisation_id,
)

own_account = About(
    "own account",
    lambda person, subject: subject.user_id == person.id,
    lambda person, model: model.user_id == person.id,
)

#: The actor's institution works for this employer (an employer, or a record with an employer).
own_client = About(
    "own client",
    lambda person, subject: subject.is_served_by(person.organisation_id),
    lambda person, model: model.served_by(person.organisation_id),
)

#: The subject was begun by somebody of the actor's organisation: a town sees what it files for an employer, not the employer's own drafts.
begun_here = About(
    "begun here",
    lambda person, subject: subject.is_begun_by(person.organisation_id),
    lambda person, model: model.begun_by(person.organisation_id),
)

#: The actor's office is the one that accepts this declaration: department and level by the regime of its day.
own_acceptance = About(
    "acceptor",
    lambda person, subject: (
        subject.acceptor_department == person.organisation.department and subject.acceptor_region == person.organisation.region_code
    ),
    lambda person, model: (
        (model.acceptor_department == person.organisation.department) & (model.acceptor_region == person.organisation.region_code)
    ),
)

#: The safety department keeps full sight of what was accepted under its own regime.
accepted_by_safety = About(
    "accepted under the safety regime",
    lambda person, subject: subject.acceptor_department == "safety",
    lambda person, model: model.acceptor_department == "safety",
)

#: What nobody has handed in yet is open to those who write it.
handed_in = About("handed in", lambda person, subject: subject.is_handed_in, lambda person, model: model.handed_in())

#: The actor has named a reason for opening this record; lists never need one, they are masked.
purpose_given = About("purpose given", lambda person, subject: person.has_purpose_for(subject), lambda person, model: true())


def of_kind(*kinds: str) -> About:
    """The case is of one of these kinds."""
    return About("/".join(kinds), lambda _person, subject: subject.kind in kinds, lambda _person, model: model.kind.in_(kinds))


#: The case is no lead for labour inspection, which tells of an employment and is human resources' alone.
no_labour_lead = About(
    "no lead for labour inspection", lambda _person, subject: subject.subtype != "labour", lambda _person, model: model.subtype != "labour"
)

#: The actor's institution diagnoses or measures in this case.
own_institution = About(
    "own institution",
    lambda person, subject: subject.institution_id == person.organisation_id,
    lambda person, model: model.institution_id == person.organisation_id,
)

#: The disease is confirmed, so that the case is at work injury as well.
with_work_injury = About(
    "at work injury", lambda _person, subject: subject.is_at_work_injury, lambda _person, model: model.at_work_injury()
)


def meant_for(actor: str) -> About:
    """The copy of a letter is meant for this kind of actor."""
    named = f";{actor};"
    return About(
        f"meant for {actor}", lambda _person, subject: named in subject.readers, lambda _person, model: model.readers.contains(named)
    )


#: The step belongs to work injury, of which HR sees everything.
on_work_injury = About(
    "on the track of work injury",
    lambda _person, subject: subject.track == "work_injury",
    lambda _person, model: model.track == "work_injury",
)

#: The actor's office answers for the case itself.
owning_office = About(
    "owning office",
    lambda person, subject: subject.owner_id == person.organisation_id,
    lambda person, model: model.owner_id == person.organisation_id,
)

#: An office of the actor's own department answers for the case itself: the city's looks after its counties'.
own_department = About(
    "own department",
    lambda person, subject: subject.owner.department == person.organisation.department,
    lambda person, model: model.owned_by_department(person.organisation.department),
)

#: The actor's office answers for the case or for one of its tracks.
answering_office = About(
    "answering office",
    lambda person, subject: subject.is_answered_by(person.organisation_id),
    lambda person, model: model.answered_by(person.organisation_id),
)

#: The actor reads this case in an emergency, for hours only; whoever opened it is looked at by somebody else afterwards.
emergency_open = About(
    "open in an emergency",
    lambda person, subject: subject.id in person.emergency_case_ids,
    lambda person, model: model.id.in_(sorted(person.emergency_case_ids)) if person.emergency_case_ids else false(),
)

#: The record is somebody else's: nobody reviews themselves.
by_another = About("by another", lambda person, subject: subject.user_id != person.id, lambda person, model: model.user_id != person.id)

#: The actor's organisation must answer this hand-over.
answers_it = About(
    "must answer",
    lambda person, subject: subject.answerer_id == person.organisation_id,
    lambda person, model: model.answerer_id == person.organisation_id,
)

#: The actor's organisation has sent this hand-over; what it merely asked for it has not.
sent_it = About(
    "has sent",
    lambda person, subject: subject.asker_id == person.organisation_id and subject.kind == "sent",
    lambda person, model: (model.asker_id == person.organisation_id) & (model.kind == "sent"),
)
