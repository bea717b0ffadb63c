"""Asking a town to look on the spot, its answer, and taking back what nobody needs any more; no town learns of what it is for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from ohs.accounts.models import Organisation, User
from ohs.accounts.outbox import send_later
from ohs.cases.actors import By
from ohs.cases.clocks import work_calendar
from ohs.cases.evidence import add_evidence
from ohs.cases.kinds import KINDS
from ohs.cases.models import Case
from ohs.cases.moving import facts_of, write_beside
from ohs.cases.preview import without_names
from ohs.cases.topics import VISIT
from ohs.cases.visit_queries import not_needed, open_visit, town_of
from ohs.cases.visit_questions import ANSWER_KEY, ANSWERS, PHOTOGRAPH, QUESTIONS, WITHIN
from ohs.cases.visit_rules import cleared, telling_words
from ohs.cases.visits_models import SiteVisit
from ohs.kernel.attached import Attached
from ohs.kernel.audit import audit
from ohs.kernel.clock import now
from ohs.kernel.errors import DomainError
from ohs.kernel.message import Message
from ohs.kernel.numbering import next_number
from ohs.rulebook.deadlines import deadline

#: What an act tells that a town must not read.
TELLING_FACTS = ("disease",)


def ask_visit(
    session: Session, case: Case, questions: Sequence[str], *, actor: User, on: date, new_post: str = "", note: str = ""
) -> SiteVisit:
    """Ask the town of the case's employer to look; refused where something that it would read tells of health or of the case."""
    if case.closed_on is not None:
        raise DomainError(Message("The case is closed; there is nothing more to look at."))
    if case.employer is None:
        raise DomainError(Message("The case names no employer to go to."))
    town = town_of(session, case)
    if town is None:
        raise DomainError(Message("The town of this employer has no account here; nobody can be asked."))
    if words := said_too_much(case, f"{new_post}\n{note}"):
        raise DomainError(Message("The town must not read this: %(words)s. Say it without.", words="、".join(words)), status=400)
    if open_visit(session, case) is not None:
        raise _is_asked()
    return _ask(session, case, town, questions, new_post, note, actor, on)


def keep_visits(session: Session, case: Case, on: date) -> None:
    """After a case has come to another status: withdraw what that status does not need, and ask what it does."""
    withdraw_not_needed(session, [case], on)
    questions = KINDS[case.kind].visited.get(case.status, ())
    if not questions or case.closed_on is not None or (town := town_of(session, case)) is None:
        return
    if open_visit(session, case) is None:
        post = without_names(cleared(post_of(case), _codes(case), _names(case)), case)
        _ask(session, case, town, questions, post, "", None, on)


def withdraw_not_needed(session: Session, cases: Iterable[Case] | None, on: date) -> int:
    """Withdraw every open visit that these cases, or any, do not need any more; how many."""
    session.flush()
    found = session.scalars(not_needed(None if cases is None else [case.id for case in cases])).all()
    for visit in found:
        withdraw_visit(session, visit, actor=None, on=on)
    return len(found)


def withdraw_visit(session: Session, visit: SiteVisit, *, actor: User | None, on: date) -> None:
    """Take it back while it is unanswered."""
    on = max(on, visit.asked_on)
    _end(session, visit, {"withdrawn_on": on, "withdrawn_by_id": actor.id if actor else None})
    write_beside(visit.case, "visit-withdrawn", {"visit": visit.number}, by=By(actor), on=on)
    send_later(session, {visit.organisation_id: 1}, VISIT, visit.number, at=now())
    session.add(audit("visit:withdrawn", visit, actor))


def answer_visit(
    session: Session, visit: SiteVisit, answers: Mapping[str, str], *, visited_on: date, actor: User, on: date, found: str = "", photographs: Sequence[Attached] = (),
) -> None:  # fmt: skip
    """Say what was found: a line of the case's timeline, and its photographs among the evidence. Of two answers the first counts."""
    missing = [one.text for one in visit.asks if answers.get(one.code) not in ANSWERS]
    if missing:
        raise DomainError(Message("Still missing: %(what)s.", what=missing), status=400)
    if not visit.asked_on <= visited_on <= on:
        raise DomainError(
            Message("The visit was after it was asked for, on %(day)s, and not in the future.", day=visit.asked_on.isoformat()), status=400
        )
    said = {one.code: answers[one.code] for one in visit.asks}
    values = {"visited_on": visited_on, "answered_on": on, "answered_at": now(), "answered_by_id": actor.id, "answers": said}
    _end(session, visit, {**values, "found": found.strip(), "photographs": len(photographs)})
    case = visit.case
    for file in photographs:
        add_evidence(session, case, PHOTOGRAPH, file, actor=actor, on=on)
    facts = {
        "visit": visit.number,
        "visited_on": visited_on,
        **{ANSWER_KEY(code=code): answer for code, answer in said.items()},
        "note": found.strip(),
    }
    write_beside(case, "visit-answered", facts, by=By(actor), on=on, tells=frozenset({"HLTH"}))
    if visit.while_status:
        flag_modified(case, "due_on")  # who had the case open before reads the answer first
    session.add(audit("visit:answered", visit, actor, after={"visited_on": visited_on.isoformat(), "photographs": len(photographs)}))


def already(visit: SiteVisit) -> Message:
    """Who has ended a visit, how and when."""
    if visit.answered_on is not None:
        who = visit.answered_by.name if visit.answered_by else ""
        return Message("%(who)s has answered this visit on %(day)s.", who=who, day=visit.answered_on.isoformat())
    day = visit.withdrawn_on.isoformat() if visit.withdrawn_on else ""
    if visit.withdrawn_by is not None:
        return Message("%(who)s has withdrawn this visit on %(day)s.", who=visit.withdrawn_by.organisation.name, day=day)
    return Message("This visit was withdrawn on %(day)s: nobody needs it any more.", day=day)


def said_too_much(case: Case, text: str) -> list[str]:
    """What of a text tells the town what the case is, or about whom."""
    workers = {one.name for worker in (case.worker,) if worker for one in (worker, worker.standing)}
    return telling_words(text, _codes(case), {*_names(case), case.number, *workers})


def post_of(case: Case) -> str:
    """The new post that the employer has named last."""
    return next((str(step.facts["new_post"]) for step in reversed(case.steps) if step.facts.get("new_post")), "")


def _codes(case: Case) -> set[str]:
    told = ";".join([case.hazard_codes, *(str(step.facts.get("hazards") or "") for step in case.steps)])
    return set(filter(None, told.split(";")))


def _names(case: Case) -> set[str]:
    return {str(value) for step in case.steps for key, value in facts_of(step).items() if key in TELLING_FACTS and value}


def _ask(
    session: Session, case: Case, town: Organisation, questions: Sequence[str], new_post: str, note: str, actor: User | None, on: date
) -> SiteVisit:
    answer = deadline(WITHIN, on, work=work_calendar(session))
    if not answer.is_answered:
        raise DomainError(Message("No limit for a visit holds on that day."))
    asked = [code for code in QUESTIONS if code in questions]
    if not asked:
        raise DomainError(Message("Choose what is to be looked at."), status=400)
    try:
        with session.begin_nested():
            visit = SiteVisit(
                number=next_number(session, f"HC-{case.county_code}-{on.year}"), case=case, organisation=town, employer_id=case.employer_id, asked_on=on,
                asked_by_id=actor.id if actor else None, while_status=case.status if case.status in KINDS[case.kind].visited else "", due_on=answer.value["due"],
                questions=";".join(asked), new_post=new_post.strip() if any(QUESTIONS[code].names_post for code in asked) else "", note=note.strip(),
                answers={}, found="", photographs=0,
            )  # fmt: skip
            session.add(visit)
    except IntegrityError as clash:
        raise _is_asked() from clash
    facts = {"visit": visit.number, "to": town.name, "until_on": visit.due_on, "note": visit.note}
    write_beside(case, "visit-asked", facts, by=By(actor), on=on)
    session.flush()
    send_later(session, {town.id: 1}, VISIT, visit.number, at=now())
    session.add(audit("visit:asked", visit, actor, after={"questions": visit.questions}))
    return visit


def _end(session: Session, visit: SiteVisit, values: Mapping[str, object]) -> None:
    """Note how it ended; of two who end it at once the second reads what the first has done."""
    is_still_open = (SiteVisit.id == visit.id, SiteVisit.answered_on.is_(None), SiteVisit.withdrawn_on.is_(None))
    noted = session.execute(update(SiteVisit).where(*is_still_open).values(values).execution_options(synchronize_session=False))
    session.refresh(visit)
    if not noted.rowcount:  # type: ignore[attr-defined]
        raise DomainError(already(visit))


def _is_asked() -> DomainError:
    return DomainError(Message("The town is asked already; one visit at a time."))
