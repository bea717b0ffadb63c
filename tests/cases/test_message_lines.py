"""No message outside of the system names a person, a disease, a hazard or a conclusion, whatever has happened in a case."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.accounts.outbox import choose_contact, send_later
from ohs.accounts.outbox_models import Outgoing
from ohs.accounts.post import letter_for
from ohs.cases.actors import By
from ohs.cases.kinds import KINDS
from ohs.cases.kinds.vocabulary import Act, Fact, Kind
from ohs.cases.labels import event_name
from ohs.cases.message_lines import OTHER_DUTY, duty_kind
from ohs.cases.models import Case, CaseClock
from ohs.cases.moving import write_step
from ohs.cases.topics import MANY, REMINDER
from ohs.cases.waiting import settle
from ohs.kernel.clock import LOCAL
from ohs.kernel.i18n import in_language, say
from ohs.registry.models import Worker
from ohs.rulebook.hazards import hazard_name
from ohs.rulebook.tables import table
from tests.factories.cases import ON, People, make_case, make_people

PLANTED = "矽肺壹期蒲公英"
#: Words of findings, wherever they come from: names of kinds, statuses, duties and events that a message must not repeat.
MEDICAL = (
    "职业病",
    "疑似",
    "禁忌",
    "复查",
    "确诊",
    "诊断",
    "鉴定",
    "工伤",
    "劳动能力",
    "伤残",
    "超标",
    "粉尘",
    "噪声",
    "中毒",
    "检查结果",
    "调离",
)
AT = datetime(2026, 11, 4, 12, tzinfo=LOCAL)


def fact_of(fact: Fact, people: People) -> object:
    match fact.kind:
        case "day":
            return ON
        case "number":
            return 88
        case "yes":
            return True
        case "choice":
            return next(iter(fact.choices))
        case "choices":
            return list(fact.choices)
        case "institution" | "clinic":
            return people.DIAG.organisation_id
        case "hazards":
            return "P01"
    return PLANTED


def acts_of(kind: Kind) -> Iterator[tuple[str, Act]]:
    for track, acts in kind.acts.items():
        for act in acts.values():
            yield track, act


def letters(session: Session, readers: list[User]) -> Iterator[str]:
    """What would leave now for each reader, in both languages."""
    for reader in readers:
        rows = session.scalars(select(Outgoing).where(Outgoing.user_id == reader.id)).all()
        for language in ("zh_Hans_CN", "en"):
            reader.locale = language
            letter = letter_for(session, reader, "mail", rows) if rows else None
            if letter is not None:
                yield f"{letter.subject}\n{letter.text}\n{letter.short}"


@pytest.mark.parametrize("code", KINDS)
def test_no_act_of_any_kind_puts_a_fact_about_a_person_into_a_message(session: Session, code: str) -> None:
    kind, people = KINDS[code], make_people(session)
    readers = [people.EMP, people.CLIN, people.DIAG, people.TEST, people.HLTH, people.HRSS, people.SAFE, people.TOWN]
    for reader in readers:
        choose_contact(session, reader, email="x@example.invalid", phone="", channel="mail", told="at-once")
    case = make_case(session, people, code, hazard_codes="P01", disease_code=PLANTED)
    case.institution_id = people.DIAG.organisation_id
    worker = session.get_one(Worker, case.worker_id)
    forbidden = {
        PLANTED,
        worker.name,
        worker.id_number,
        hazard_name("P01"),
        say(kind.name),
        *(say(name) for name in kind.statuses.values() if len(say(name)) > 3),
    }
    written = 0
    for track, act in acts_of(kind):
        step = next(one for one in kind.tracks[track].steps if one.event == act.event)
        facts = {fact.key: fact_of(fact, people) for fact in act.facts}
        write_step(case, track, step, "system", By(), facts, frozenset({"EMP", "CLIN", "DIAG", "HLTH", "HRSS", "SAFE", "TOWN"}), ON, act)
        forbidden.add(say(event_name(kind, track, act.event)))
        for waited in kind.clocks_started(track, step.after, act.event):
            case.clocks.clear()
            case.clocks.append(
                CaseClock(track=track, status=step.after, slug=waited.deadline, actors="EMP; CLIN; HLTH", started_on=ON, due_on=date(2026, 12, 1), is_statutory=True)
            )  # fmt: skip
            settle(session, case)
            written += _hold(letters(session, readers), forbidden, case)
        session.flush()
        written += _hold(letters(session, readers), forbidden, case)
    send_later(session, {people.EMP.organisation_id: 3}, MANY, "", at=AT)
    send_later(session, {people.EMP.organisation_id: 1}, REMINDER, case.number, at=AT)
    written += _hold(letters(session, readers), forbidden, case)
    assert written > len(list(acts_of(kind))), "a walk that wrote nothing proves nothing"


def _hold(texts: Iterator[str], forbidden: set[str], case: Case) -> int:
    count = 0
    for text in texts:
        own = text.replace("职业健康平台", "")
        assert not [word for word in (*forbidden, *MEDICAL) if word and word in own], text
        assert "\n" in text
        count += case.number in text
    return count


def test_every_duty_of_the_table_is_told_by_what_is_done_in_it() -> None:
    slugs = {row["slug"] for row in table("deadlines")}
    for language in ("zh_Hans_CN", "en"):
        with in_language(language):
            for slug in slugs:
                assert not [word for word in MEDICAL if word in say(duty_kind(slug))], slug
    assert duty_kind("suspected-notify-worker") == duty_kind("contraindication-notify") != OTHER_DUTY
    assert duty_kind("overlimit-control") == OTHER_DUTY


def test_a_message_says_what_the_case_waits_for_when_it_leaves_not_when_it_was_written(session: Session) -> None:
    people = make_people(session)
    choose_contact(session, people.CLIN, email="x@example.invalid", phone="", channel="mail", told="at-once")
    case = make_case(session, people, "contra", on=ON)
    send_later(session, {people.CLIN.organisation_id: 1}, "case", case.number, at=AT)
    session.flush()
    rows = session.scalars(select(Outgoing).where(Outgoing.user_id == people.CLIN.id)).all()
    due = next(clock.due_on for clock in case.clocks if "CLIN" in clock.actors)
    first = letter_for(session, people.CLIN, "mail", rows)
    assert first is not None and due.isoformat() in first.text
    case.clocks.clear()
    settle(session, case)
    second = letter_for(session, people.CLIN, "mail", rows)
    assert second is not None and due.isoformat() not in second.text and case.number in second.text


def test_a_mail_server_is_never_asked_while_a_case_is_acted_on(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object, **_names: object) -> None:
        raise AssertionError("the deed opened a connection")

    monkeypatch.setattr("smtplib.SMTP.__init__", refuse)
    people = make_people(session)
    choose_contact(session, people.HLTH, email="x@example.invalid", phone="", channel="mail", told="at-once")
    for kind in KINDS:
        make_case(session, people, kind)
