"""The demonstration's cases: of every kind one in every status, walked there by the machine, each act by whoever may do it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import Organisation, User
from ohs.cases.actors import ACTORS, RECORDED_BY, SYSTEM, By
from ohs.cases.calendar import catch_up
from ohs.cases.demonstration_lines import add_lines, finish_lines, work_on_lines
from ohs.cases.demonstration_papers import paper
from ohs.cases.dismissals import EmploymentEnd, record_ends
from ohs.cases.evidence import add_evidence, missing_kinds
from ohs.cases.kinds import KINDS
from ohs.cases.kinds.appraisal import APPRAISAL, FIRST_LATE
from ohs.cases.kinds.proofs import ADDED
from ohs.cases.kinds.suit import AWAITS_END, SUIT
from ohs.cases.kinds.vocabulary import MAIN, Act, Fact, Kind
from ohs.cases.kinds.work_injury import WORK_INJURY
from ohs.cases.machine import ASKED, Opening, do, fulfil, is_ahead, open_case
from ohs.cases.models import Case
from ohs.cases.notices_models import CaseNotice
from ohs.cases.protection import ProtectedPeriod
from ohs.cases.waiting import asked_in
from ohs.kernel.attached import attached
from ohs.kernel.clock import LOCAL
from ohs.kernel.errors import DomainError
from ohs.kernel.lifecycle import Step
from ohs.registry.models import Employer, Worker

#: Days between two acts; the year and the month that some walks wait for are found by the machine.
PACE = (1, 2, 3, 5)
#: So long after the day on which it was made an objection is entered.
ENTERED_AFTER = timedelta(days=10)
#: Whoever was told less than so long ago may not have read it yet.
UNREAD_FOR = timedelta(days=4)
#: So many more open cases of the usual kinds than one for every status.
MORE = {"recheck": 24, "contra": 12, "susp": 8, "overdue": 10}
HAZARDS = {"susp": "D01", "contra": "P01", "recheck": "P01", "overdue": "P01", "overlimit": "P01", "cluster": "D01", "shortdust": "D01", "acute": "C001"}  # fmt: skip
DISEASE = "矽肺"
PAPERS = {
    "refusal": "书面放弃声明", "certificate": "职业病诊断证明书", "appraisal-application": "职业病鉴定申请书", "appraisal": "职业病鉴定书", "appraisal-final": "职业病再鉴定书", "decision": "工伤认定决定书",
    "waiver": "放弃鉴定声明", "grade": "劳动能力鉴定结论书", "grade-final": "再次鉴定结论书", "removal": "调离证明", "follow-up": "随访方案", "follow-up-exam": "首次随访检查",
    "post-change": "岗位变更表", "proof": "证明材料", "opinion": "复核意见书", "off-hazard": "脱离接触证明", "works": "治理工程照片", "protection": "防护用品发放记录", "record": "现场检查记录",
    "missing-items": "补正材料", "missing-items-worker": "补正材料",
}  # fmt: skip
TEXTS = {
    "what": "车间打磨工位粉尘弥漫，未见除尘设备运行", "reason": "经核实，情况属实", "cause": "劳动关系和工种有争议", "causes": "局部排风不足，防护用品佩戴不到位",
    "measures": "更换局部排风罩，配发防尘口罩，缩短接触时间", "plan": "每半年随访一次，胸片和肺功能", "assigned_to": "包装岗位", "new_post": "包装岗位",
    "new_workshop": "包装车间", "steps": "已派人到场查看", "outcome": "裁决已送达，劳动关系成立", "court": "嘉兴市南湖区人民法院", "missing": "劳动合同、诊断证明书原件", "who": "卫生、人社、应急管理",
    "grounds": "接触史和影像不支持", "point": "打磨1号", "factor": "噪声", "conclusions": "N", "items": "纯音听阈测试",
    "disease": "噪声作业职业禁忌证", "record": "补检", "other_illness": "慢性支气管炎",
}  # fmt: skip
#: Words that would not fit another kind.
TEXTS_OF = {
    "overlimit": {"plan": "冲压机加装隔声罩和减振垫", "measures": "配发护耳器，缩短接触时间，设置警示标识", "works": "隔声罩和减振垫已安装", "what": "加装隔声罩和减振垫"},
    "acute": {"what": "喷漆房通风中断，两名工人头晕、乏力", "measures": "停止作业，撤离人员，送医观察，强制通风"},
}  # fmt: skip


@dataclass
class Place:
    """Everybody who acts in one county."""

    county: str
    town: str
    employer_id: int
    users: dict[str, User]
    workers: list[int] = field(default_factory=list)

    def by(self, actors: frozenset[str], asked_id: int | None = None) -> By:
        """Somebody who may act as one of these actors; where an institution was asked by name, somebody of it."""
        for actor in sorted(actors):
            if actor == SYSTEM:
                return By()
            for known in (actor, *RECORDED_BY.get(actor, ())):
                if known in self.users and (known not in ASKED or asked_id in (None, self.users[known].organisation_id)):
                    return By(self.users[known])
        return By()


def make_cases(session: Session, random: Random, on: date) -> None:
    """Enter them all; the same for the same seed and day."""
    places, pacing = _places(session), Pacing()
    if not places:
        return
    for number, (kind, track, status) in enumerate(_targets()):
        _walk(session, random, places[number % len(places)], kind, _way(kind, track, status), on, pacing)
    for code, count in MORE.items():
        kind = KINDS[code]
        ways = [_way(kind, MAIN, status) for status in kind.tracks[MAIN].statuses if status not in kind.finals]
        for number in range(count):
            _walk(session, random, random.choice(places), kind, ways[number % len(ways)], on, pacing)
    for place in places:
        _dismiss(session, place, on)


def _dismiss(session: Session, place: Place, on: date) -> None:
    """One worker of each county has left the roster inside the protected period."""
    running = ProtectedPeriod.ended_on.is_(None), ProtectedPeriod.employer_id == place.employer_id, ProtectedPeriod.started_on < on
    period = session.scalars(select(ProtectedPeriod).where(*running).order_by(ProtectedPeriod.id).limit(1)).first()
    if period is None:
        return
    end = EmploymentEnd(period.worker_id, place.employer_id, on - timedelta(days=1), f"参保减员{on.year}-{on.month:02d}")
    for lead in record_ends(session, [end], by=By(place.users["HRSS"]), on=on):
        _date(session, lead, on)
    _date(session, session.get_one(Case, period.case_id), on)


def _targets() -> Iterator[tuple[Kind, str, str]]:
    for kind in KINDS.values():
        for track, lifecycle in kind.tracks.items():
            for status in lifecycle.statuses:
                yield kind, track, status


def _way(kind: Kind, track: str, status: str) -> list[tuple[str, Step]]:
    """The shortest way through the tables to a status: track and step; what the system does by itself is waited for."""
    if kind.code != "susp":
        return [(track, step) for step in _shortest(kind, track, status)]
    diagnosed = [(MAIN, step) for step in _shortest(kind, MAIN, "diagnosed_yes")]
    refused = [(MAIN, step) for step in _shortest(kind, MAIN, "diagnosed_no")]
    if track == MAIN and status == "closed_neg":
        ending = next(step for step in kind.tracks[MAIN].steps if step.before == "diagnosed_no" and step.after == "closed_neg")
        return [*refused, *((APPRAISAL, step) for step in _shortest(kind, APPRAISAL, "final_no")), (MAIN, ending)]
    if track == MAIN and status == "closed":
        injury = [(WORK_INJURY, step) for step in _shortest(kind, WORK_INJURY, "wi_closed")]
        return [*diagnosed, *((APPRAISAL, step) for step in _shortest(kind, APPRAISAL, "final_yes")), *injury]
    if track == MAIN:
        return [(MAIN, step) for step in _shortest(kind, MAIN, status)]
    if track == SUIT:
        final = [(APPRAISAL, step) for step in _shortest(kind, APPRAISAL, "final_yes")]
        there = [(track, step) for step in _shortest(kind, track, status)]
        late = [(APPRAISAL, step) for step in kind.tracks[APPRAISAL].steps if (step.before, step.event) == ("final_yes", FIRST_LATE)]
        return [*_after_an_award(kind, diagnosed), *final, *there[:-1], *(late if status == AWAITS_END else ()), *there[-1:]]
    before = refused if (track, status) == (APPRAISAL, "final_no") else diagnosed
    return [*before, *((track, step) for step in _shortest(kind, track, status))]


def _after_an_award(kind: Kind, way: list[tuple[str, Step]]) -> list[tuple[str, Step]]:
    """The same way, on which an award was awaited while the material was collected."""
    asked = next(one for one in kind.tracks[MAIN].steps if one.event == "arbitration")
    back = next(one for one in kind.tracks[MAIN].steps if (one.event, one.after) == ("resume", asked.before))
    at = next(place for place, (_track, step) in enumerate(way) if step.before == asked.before)
    return [*way[:at], (MAIN, asked), (MAIN, back), *way[at:]]


def _shortest(kind: Kind, track: str, status: str) -> list[Step]:
    reached: dict[str, list[Step]] = {"": []}
    queue = [""]
    for here in queue:
        for step in kind.tracks[track].steps:
            is_late = kind.late_entries and not step.deadline and kind.kept_by(track, step.event)  # known only where the limit has passed
            if step.before == here and step.after not in reached and not is_late:
                reached[step.after] = [*reached[here], step]
                queue.append(step.after)
    return reached[status]


@dataclass
class Pacing:
    """How many days steps have taken besides the pace of the walk: limits that had to pass first. Learned with every walk."""

    waited: dict[tuple[str, str, str, str], int] = field(default_factory=dict)

    def days_of(self, kind: Kind, way: list[tuple[str, Step]], paces: list[int]) -> int:
        """How long a way will take, as far as its steps were walked before."""
        return sum(paces[1:]) + sum(self.waited.get(_key(kind, track, step), 0) for track, step in way[1:])


def _key(kind: Kind, track: str, step: Step) -> tuple[str, str, str, str]:
    return kind.code, track, step.before, step.event


def _walk(session: Session, random: Random, place: Place, kind: Kind, way: list[tuple[str, Step]], on: date, pacing: Pacing) -> None:
    """Walk a case to the end of its way so that it gets there shortly before `on`."""
    rest, paces = timedelta(days=random.choice((0, 1, 2, 4, 9))), [random.choice(PACE) for _step in way]
    state, start = random.getstate(), on - rest - timedelta(days=pacing.days_of(kind, way, paces))
    while True:  # mostly once; again where a step waits for longer than was known, so that it ends in time
        attempt = session.begin_nested()
        random.setstate(state)
        case, end = _go(session, random, place, kind, way, start, paces, pacing)
        if on - timedelta(days=30) <= end <= on:
            break
        attempt.rollback()
        session.expire_all()
        start -= end - on + rest
    _date(session, case, on)


def _date(session: Session, case: Case, on: date) -> None:
    """Give every line of a timeline an hour of its day, running forward, and what tells of it the same; today's lie before anybody looks."""
    last = datetime.min.replace(tzinfo=UTC)
    for step in case.steps:
        begins, hours = (8, 9) if step.on < on else (0, 6)
        hour = time(begins + (step.position * 3 + case.id) % hours, (case.id * 7 + step.position * 13) % 60)
        step.at = last = max(datetime.combine(step.on, hour, tzinfo=LOCAL).astimezone(UTC), last + timedelta(minutes=11))
    added = {(step.facts["evidence"], step.facts["sha256"]): step.at for step in case.steps if step.event == ADDED}
    for one in case.evidence:
        one.added_at = added[one.kind, one.sha256]
    case.created_at = case.steps[0].at
    session.flush()
    _date_notices(session, case, on)


def _date_notices(session: Session, case: Case, on: date) -> None:
    """Notices are as old as the steps that they tell of; those of earlier weeks are read."""
    since = datetime.combine(on - UNREAD_FOR, time(), tzinfo=LOCAL)
    for notice in session.scalars(select(CaseNotice).where(CaseNotice.case_id == case.id)):
        notice.at = case.steps[notice.position - 1].at
        notice.read_at = None if notice.at >= since else notice.at + timedelta(hours=3)
    session.flush()


def _go(session: Session, random: Random, place: Place, kind: Kind, way: list[tuple[str, Step]], day: date, paces: list[int], pacing: Pacing) -> tuple[Case, date]:  # fmt: skip
    case = _open(session, random, place, kind, way, day)
    for (track, step), pace in zip(way[1:], paces[1:], strict=True):
        if case.status_on(track) == step.after:
            continue
        if case.status_on(track) != step.before:
            break
        _do_duties(session, place, kind, case, day)
        planned = day + timedelta(days=pace)
        day = _step(session, random, place, kind, case, track, step, planned)
        pacing.waited[_key(kind, track, step)] = (day - planned).days
    work_on_lines(session, case, place.by, day)
    return case, day


def _step(session: Session, random: Random, place: Place, kind: Kind, case: Case, track: str, step: Step, day: date) -> date:
    """One act; where a limit has to pass first, on the day after it."""
    act = kind.act(track, step.event)
    assert act is not None
    _prove(session, place, case, act, place.by(step.actors, asked_in(case)), day)
    for _try in range(4):
        try:
            if step.actors == {SYSTEM} and any(event == step.event for event in kind.on_limit.values()):
                if not catch_up(session, case, day) or case.status_on(track) != step.after:
                    raise DomainError(act.name)
            else:
                finish_lines(session, case, step.event, place.by, day)
                if case.status_on(track) != step.before:  # the case has closed itself with its last line
                    return day
                do(
                    session,
                    case,
                    step.event,
                    _facts(random, place, case.kind, act, day),
                    by=place.by(step.actors, asked_in(case)),
                    on=day,
                    track=track,
                )
            return day
        except DomainError:
            due = [clock.due_on for clock in case.clocks if clock.state == "running" and clock.due_on >= day and clock.track == track]
            day = (min(due) if due else day + timedelta(days=400)) + timedelta(days=1)
            catch_up(session, case, day)
            if case.status_on(track) != step.before:
                return day
    return day


def _do_duties(session: Session, place: Place, kind: Kind, case: Case, day: date) -> None:
    """What stands beside the status is done before the next act, by whoever it is for."""
    steps = {duty.event: duty.step for duty in kind.duties}
    for duty in [one for one in case.duties if one.state == "due"]:
        by = place.by(steps[duty.event].actors)
        if by.stands_for(steps[duty.event].actors):
            fulfil(session, case, duty, {"done_on": day}, by=by, on=day)


def _open(session: Session, random: Random, place: Place, kind: Kind, way: list[tuple[str, Step]], day: date) -> Case:
    step = way[0][1]
    act = kind.act(MAIN, step.event)
    assert act is not None
    hazards = HAZARDS.get(kind.code, "")
    has_worker = kind.code in ("susp", "contra", "recheck", "shortdust")
    worker_id = place.workers.pop(0) if has_worker else None
    if worker_id is not None:
        place.workers.append(worker_id)
    subject = (
        f"worker:{worker_id}:{hazards}:{random.randrange(10**9)}"
        if worker_id
        else f"{kind.code}:{place.employer_id}:{random.randrange(10**9)}"
    )
    is_before = any(step.event == "not-assigned" for _track, step in way)
    subtype = "pre-placement" if is_before else random.choice(list(kind.subtypes)) if kind.code == "overdue" else ""
    opening = Opening(
        kind.code, step.event, subject, place.county, place.town, worker_id=worker_id, employer_id=place.employer_id,
        clinic_id=place.users["CLIN"].organisation_id, institution_id=place.users["TEST"].organisation_id if kind.code == "overlimit" else None,
        hazard_codes=hazards, facts=_facts(random, place, kind.code, act, day), subtype=subtype,
    )  # fmt: skip
    case = open_case(session, opening, by=place.by(step.actors), on=day)
    if kind.code == "overdue":
        add_lines(case, place.workers, day)
        session.flush()
    return case


def _facts(random: Random, place: Place, code: str, act: Act, day: date) -> dict[str, Any]:
    facts = {fact.key: _fact(random, place, code, act.event, fact, day) for fact in act.facts if not fact.only_in}
    return facts | ({"applied_on": day - ENTERED_AFTER} if act.event == FIRST_LATE else {})


def _fact(random: Random, place: Place, code: str, event: str, fact: Fact, day: date) -> Any:
    match fact.kind:
        case "day":
            return day + timedelta(days=25) if is_ahead(fact) else day
        case "number":
            return {"result": 82 if "within" in event else 88, "limit": 85, "service_months": 38, "cases": 2}.get(fact.key, 3)
        case "yes":
            return True
        case "choice":
            return next(iter(fact.choices)) if fact.key != "grade" else str(random.choice((4, 6, 7, 8)))
        case "choices":
            return TEXTS.get(fact.key) or list(fact.choices)[:2]
        case "institution" | "clinic" | "diagnosis":
            return place.users["CLIN" if fact.kind == "clinic" else "DIAG"].organisation_id
        case "hazards":
            return "P03" if fact.key in ("new_hazards", "next_hazards") else HAZARDS.get(code, "P01")
        case "disease":
            return DISEASE
    if fact.key.endswith("card_no"):
        return f"K{place.employer_id}"
    if fact.key.endswith("_no"):
        return f"演〔{day.year}〕{random.randrange(1, 900)}号"
    return TEXTS_OF.get(code, {}).get(fact.key) or TEXTS.get(fact.key, "演示")


def _prove(session: Session, place: Place, case: Case, act: Act, by: By, day: date) -> None:
    for kind in missing_kinds(case, act):
        file = attached(f"{PAPERS.get(kind, kind)}.pdf", paper(case.number, kind, day.isoformat()))
        add_evidence(session, case, kind, file, actor=by.user or place.users["HLTH"], on=day)


def _places(session: Session) -> list[Place]:
    """One for every county that has an employer with an account and people in it."""
    users = session.scalars(select(User).join(Organisation, User.organisation_id == Organisation.id).order_by(User.id)).all()
    found: dict[str, Place] = {}
    for user in (one for one in users if one.organisation.employer_id):
        employer = session.get_one(Employer, user.organisation.employer_id)
        workers = list(session.scalars(select(Worker.id).where(Worker.employer_id == employer.id).order_by(Worker.id).limit(60)))
        held = found.get(employer.county_code)
        if len(workers) >= 4 and (held is None or len(held.workers) < len(workers)):
            found[employer.county_code] = Place(employer.county_code, employer.region_code, employer.id, {"EMP": user}, workers)
    for number, place in enumerate(found.values()):
        for actor in ("HLTH", "HRSS", "SAFE", "TOWN", "CLIN", "DIAG", "TEST"):
            here = [one for one in users if _is(one, actor) and (actor in ("CLIN", "DIAG", "TEST") or _covers(one, place, actor))]
            place.users[actor] = here[number % len(here)] if actor in ("CLIN", "DIAG", "TEST") else here[0]
    return [found[county] for county in sorted(found)]


def _is(user: User, actor: str) -> bool:
    return ACTORS.get(user.organisation.department or user.organisation.kind) == actor


def _covers(user: User, place: Place, actor: str) -> bool:
    return user.organisation.region_code == (place.town if actor == "TOWN" else place.county)
