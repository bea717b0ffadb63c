"""The demonstration's people at work: where they are told, who stands in for whom, emergencies with their review, codes of workers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ohs.accounts.models import Organisation, User
from ohs.accounts.outbox import choose_contact
from ohs.accounts.outbox_models import Outgoing
from ohs.accounts.substitutes import name_substitute
from ohs.cases.emergency_deeds import READING, open_in_emergency, review
from ohs.cases.models import Case
from ohs.kernel.audit import audit
from ohs.kernel.clock import LOCAL
from ohs.kernel.policy import Permission, visible
from ohs.registry.models import Worker
from ohs.registry.own_access import CODE_DIGITS, LAST_CHARACTERS, hand_out_code, index_of

#: Ways of being told, in turn: at once by mail, at once by short message, and once a day.
WAYS = (("mail", "at-once"), ("sms", "at-once"), ("mail", "daily"))
#: Of so many people each; everybody else is told on the screen alone.
CONTACTS = 24
AWAY = timedelta(days=6)
NOTES = (
    ("rescue", "车间发生泄漏，需要确认同班组人员的健康情况", "情况属实，查阅范围适当", "accepted"),
    ("search", "查找与患者同岗位接触的人员", "", ""),
)
CODES = 3


@dataclass(frozen=True)
class DemonstrationCode:
    """A code with which a worker of the demonstration reads the own file."""

    code: str
    last: str


def choose_contacts(session: Session) -> None:
    """Give some people an address and a telephone that nobody has; what is sent there ends in the log."""
    question = select(User).join(Organisation, User.organisation_id == Organisation.id).where(User.is_enabled)
    people = session.scalars(question.where(Organisation.kind.in_(("department", "employer", "clinic"))).order_by(User.id)).unique().all()
    for number, person in enumerate(people[:: max(1, len(people) // CONTACTS)][:CONTACTS]):
        channel, told = WAYS[number % len(WAYS)]
        choose_contact(session, person, email=f"{person.login}@example.invalid", phone=f"1990000{number:04d}", channel=channel, told=told)
    session.flush()


def date_messages(session: Session, on: date) -> None:
    """Whatever is on its way was written that morning."""
    at = _moment(on, time(9, 30))
    session.execute(update(Outgoing).values(written_at=at, send_at=at), execution_options={"synchronize_session": False})


def name_substitutes(session: Session, on: date) -> None:
    """Of the first offices one person is away now, of the next one soon; a colleague has an eye on what is in their hands."""
    question = (
        select(User).join(Organisation, User.organisation_id == Organisation.id).where(User.is_enabled, Organisation.department == "health")
    )
    offices: dict[int, list[User]] = {}
    for user in session.scalars(question.order_by(User.id)).unique():
        offices.setdefault(user.organisation_id, []).append(user)
    for number, (absent, colleague, *_others) in enumerate([pair for pair in offices.values() if len(pair) > 1][:3]):
        first = on if number < 2 else on + AWAY
        named = name_substitute(session, colleague, from_on=first, to_on=first + AWAY, note="外出培训", actor=absent, on=on)
        named.named_at = _moment(on, time(8, 30))


def open_emergencies(session: Session, on: date) -> None:
    """One case that was opened in an emergency and reviewed, and one that waits for its review."""
    reader, reviewer = _officer(session, "hr", "county"), _officer(session, "health", "city")
    if reader is None or reviewer is None:
        return
    closed_to_reader = select(Case).where(Case.kind == "susp", ~visible(reader, Permission.CASE_READ, Case), Case.closed_on.is_(None))
    cases = session.scalars(closed_to_reader.order_by(Case.id).limit(len(NOTES))).unique().all()
    for number, (case, (reason, note, answer, outcome)) in enumerate(zip(cases, NOTES, strict=False)):
        at = _moment(on - timedelta(days=6 if outcome else 1), time(14, 10 * number))
        access = open_in_emergency(session, case.number, reason=reason, note=note, actor=reader, at=at)
        reading = audit(READING, case, reader, reason=note)
        reading.at = at + timedelta(minutes=4)
        session.add(reading)
        access.closed_at = at + timedelta(minutes=50)
        if outcome:
            review(session, access, outcome=outcome, note=answer, actor=reviewer, at=at + timedelta(days=1))
    session.flush()


def hand_out_codes(session: Session, on: date) -> list[DemonstrationCode]:
    """Codes for the first workers who have cases, derived from their place so that they can be printed; as good as any that was handed out."""
    officer_of = {one.organisation.region_code: one for one in reversed(_officers(session, "health", "county"))}
    question = (
        select(Worker)
        .join(Case, Case.worker_id == Worker.id)
        .where(Worker.merged_into_id.is_(None), Worker.county_code.in_(list(officer_of)))
    )
    made = []
    for worker in session.scalars(question.order_by(Worker.id).distinct().limit(CODES)):
        given, _code = hand_out_code(session, worker, purpose="own-file", document="identity-card", actor=officer_of[worker.county_code])
        code = _derived(f"{on}:{worker.id}")
        lasts = given.ends_at - given.given_at
        given.code_index, given.given_at = index_of(code), _moment(on, time(10))
        given.ends_at = given.given_at + lasts
        made.append(DemonstrationCode(code, worker.id_number[-LAST_CHARACTERS:]))
    session.flush()
    return made


def _derived(text: str) -> str:
    return str(int(hashlib.sha256(f"demonstration:code:{text}".encode()).hexdigest(), 16))[-CODE_DIGITS:]


def _officers(session: Session, department: str, level: str) -> list[User]:
    question = select(User).join(Organisation, User.organisation_id == Organisation.id).where(User.is_enabled)
    found = question.where(
        Organisation.department == department, Organisation.level.in_((level, "zone") if level == "county" else (level,))
    )
    return list(session.scalars(found.order_by(User.id)).unique())


def _officer(session: Session, department: str, level: str) -> User | None:
    return next(iter(_officers(session, department, level)), None)


def _moment(on: date, hour: time) -> datetime:
    return datetime.combine(on, hour, tzinfo=LOCAL).astimezone(UTC)
