"""Cases for tests, with everybody who acts on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.cases.actors import By
from ohs.cases.kinds.vocabulary import Act, Fact
from ohs.cases.machine import Opening, do, is_ahead, open_case
from ohs.cases.models import Case, CaseEvidence, CaseLine
from ohs.kernel.crypto import keyring
from ohs.registry.models import Employer
from tests.factories.accounts import make_organisation, make_user
from tests.factories.registry import make_employer
from tests.factories.surveillance import make_worker

_number = count(1)
ON = date(2026, 11, 2)


@dataclass
class People:
    """Somebody for each kind of actor that has an account, all of one county."""

    EMP: User
    CLIN: User
    DIAG: User
    TEST: User
    HLTH: User
    HRSS: User
    SAFE: User
    TOWN: User

    def by(self, actor: str) -> By:
        """Somebody who may act as this actor of the tables: for bodies without an account, who records for them."""
        if actor == "system":
            return By()
        return By(
            {"WKR": self.HLTH, "APPR": self.HLTH, "ARB": self.HLTH, "LCAC": self.HRSS, "UNION": self.HRSS}.get(actor)
            or getattr(self, actor)
        )


def make_people(session: Session) -> People:
    """Everybody."""
    employer = make_employer(session)
    place = make_organisation(session, kind="employer", region_code="330481", employer_id=employer.id, name=employer.name)
    roles = {"CLIN": "clinic", "DIAG": "diagnosis", "TEST": "testing", "HLTH": "health", "HRSS": "hr", "SAFE": "safety", "TOWN": "town"}
    return People(EMP=make_user(session, "employer", place), **{actor: make_user(session, role) for actor, role in roles.items()})


def make_case(session: Session, people: People, kind: str, *, on: date = ON, **given: Any) -> Case:
    """A case as it is opened, unless something else is said."""
    opening, actor = make_opening(session, people, kind, on=on, **given)
    return open_case(session, opening, by=people.by(actor), on=on)


def make_opening(session: Session, people: People, kind: str, *, on: date = ON, **given: Any) -> tuple[Opening, str]:
    """What opens a case of a kind, and who does."""
    events: dict[str, tuple[str, str, dict[str, Any]]] = {
        "susp": ("suspected-found", "CLIN", {"found_on": on, "disease": "职业性噪声聋"}),
        "contra": ("contraindication-found", "CLIN", {"found_on": on, "hazards": "P01"}),
        "recheck": ("recheck-required", "CLIN", {"found_on": on, "card_no": "K1"}),
        "overdue": ("rule-fires", "system", {"found_on": on}),
        "overlimit": ("over-limit-reported", "TEST", {"found_on": on, "point": "1", "factor": "P01", "result": 88.0, "limit": 85.0, "report_no": "JC1"}),
        "cluster": ("cluster-found", "system", {"found_on": on, "hazards": "P01", "cases": 2}),
        "shortdust": ("short-service-found", "system", {"found_on": on, "service_months": 40}),
        "acute": ("event-reported", "EMP", {"happened_on": on, "hazards": "C001", "exposed": 3, "what": "泄漏"}),
        "complaint": ("complaint-received", "HLTH", {"received_on": on, "what": "粉尘大", "how": "call"}),
    }  # fmt: skip
    event, actor, facts = events[kind]
    employer_id = people.EMP.organisation.employer_id
    assert employer_id is not None
    worker = make_worker(session, session.get_one(Employer, employer_id))
    opening = Opening(
        kind=kind, event=event, subject=f"test:{next(_number)}", county_code="330481", region_code="330481101", worker_id=worker.id,
        employer_id=employer_id, clinic_id=people.CLIN.organisation_id,
        institution_id=people.TEST.organisation_id if kind == "overlimit" else None, facts=facts | given.pop("facts", {}), **given,
    )  # fmt: skip
    return opening, actor


def add_lines(session: Session, people: People, case: Case, count: int = 2, due_on: date | None = None) -> list[CaseLine]:
    """So many workers of the employer on a case about many."""
    employer_id = people.EMP.organisation.employer_id
    assert employer_id is not None
    employer = session.get_one(Employer, employer_id)
    made = [CaseLine(worker_id=make_worker(session, employer).id, due_on=due_on or case.opened_on) for _one in range(count)]
    case.lines.extend(made)
    session.flush()
    return made


def prove(session: Session, case: Case, user: User, *kinds: str) -> None:
    """Put evidence of some kinds on file."""
    for kind in kinds:
        case.evidence.append(
            CaseEvidence(
                kind=kind,
                filename=f"{kind}.pdf",
                content_type="application/pdf",
                size=1,
                sha256="0",
                content=keyring().seal("case_evidence.content", b"x"),
                added_by_id=user.id,
            )
        )
    session.flush()


def act(session: Session, people: People, case: Case, actor: str, event: str, on: date, track: str = "main", **facts: Any) -> None:
    """Do one event as one actor."""
    do(session, case, event, facts, by=people.by(actor), on=on, track=track)


#: Answers that fit the cases as they are opened here.
ANSWERS: dict[str, tuple[Any, ...]] = {
    "point": ("1",), "factor": ("P01",), "previous_card_no": ("K1",), "conclusions": ("N", "R", "S", "C"),
    "result": (80.0, 88.0), "limit": (85.0,),
}  # fmt: skip


def first(answers: Sequence[Any]) -> Any:
    """The first of several answers that all fit."""
    return answers[0]


def facts_for(act: Act, people: People, on: date, choose: Callable[[Sequence[Any]], Any] = first) -> dict[str, Any]:
    """Plausible answers to everything that an act asks; `choose` takes one where several fit."""
    return {fact.key: _answer(fact, people, on, choose) for fact in act.facts}


def _answer(fact: Fact, people: People, on: date, choose: Callable[[Sequence[Any]], Any]) -> Any:
    if fact.key in ANSWERS:
        return choose(ANSWERS[fact.key])
    match fact.kind:
        case "day":
            return on + timedelta(days=20) if is_ahead(fact) else on
        case "number":
            return 3.0
        case "yes":
            return True
        case "choice":
            return choose(list(fact.choices))
        case "choices":
            return list(fact.choices)[:1]
        case "institution" | "clinic" | "diagnosis":
            return (people.CLIN if fact.kind == "clinic" else people.DIAG).organisation_id
        case "hazards":
            return "C001"
    return "K2"
