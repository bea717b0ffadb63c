"""The copy of a worker's file as one reader may hand it out: an employer its own time and conclusions, health with a purpose the values too."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Session, undefer

from exports.worker_copy import DiagnosisLine, ExaminationBlock, WorkerCopy
from ohs.cases.labels import kind_name
from ohs.desk.trends import MOST
from ohs.desk.worker_cases import cases_of_person, diagnoses_in
from ohs.desk.worker_views import History, history_for
from ohs.kernel.audit import audit
from ohs.kernel.i18n import in_language, say
from ohs.kernel.masks import mask_id_number
from ohs.kernel.message import Message
from ohs.kernel.numbering import next_number
from ohs.registry.models import Worker
from ohs.registry.queries import standing_ids
from ohs.rulebook.hazards import hazard_name
from ohs.rulebook.norms import item_norm
from ohs.surveillance.forms import CONCLUSION_LABELS, PHASE_LABELS
from ohs.surveillance.labels import fitness_of, item_label
from ohs.surveillance.models import Examination
from ohs.surveillance.queries import examinations_visible_to, for_list
from ohs.surveillance.records import Shown, show_examination

#: A copy is a Chinese document, whatever language its printer reads.
LANGUAGE = "zh_Hans_CN"
SIDES = {"low": Message("low"), "high": Message("high")}
NOTES = {
    "employer": (
        Message("This copy holds what the employer keeps of the time with it: conclusions, advice and how they were handled."),
        Message("Values of single items are not told to employers; the worker gets them from the clinic, or from the health department."),
    ),
    "health": (
        Message("This copy holds what this department has on file of its area; the worker reads the whole file with a one-time code."),
        Message("Findings unrelated to the work are told to the worker alone and are not in this copy."),
        Message("Reference intervals come from health standards; not all of them have been checked against the text."),
    ),
}


def make_copy(session: Session, worker: Worker, *, actor: Any, on: date) -> WorkerCopy:
    """Number a copy, put it on record, and give what stands on it."""
    with in_language(LANGUAGE):
        shown = _examinations(session, worker, actor)
        cases = cases_of_person(session, actor, worker)
        number = next_number(session, f"FY-{worker.county_code or actor.organisation.region_code}-{on.year}")
        kind = "employer" if "employer" in actor.role_names else "health"
        history = history_for(actor, worker)
        copy = WorkerCopy(
            number=number, holder=actor.organisation.name, person=_person(worker, is_full=kind == "health"), history=_stays(history), doses=_doses(history),
            examinations=[_block(one, worker, kind) for one in shown],
            cases=[(case.number, say(kind_name(case.kind)), say(cut.status(case)), str(case.opened_on), str(case.closed_on or "—")) for case, cut in cases],
            diagnoses=[
                DiagnosisLine(str(one.step.on), say(one.name), "；".join(f"{label}：{value}" for label, value in one.told))
                for one in diagnoses_in(session, cases)
            ],
            notes=[say(note) for note in NOTES[kind]], footer=f"{number}　{actor.organisation.name}　{actor.login}　{on}",
            watermark=f"{actor.organisation.name} {actor.login} {on} {say(Message('for the worker only'))}",
        )  # fmt: skip
    session.add(audit("worker:copied", worker, actor, after={"number": number, "examinations": len(shown)}))
    return copy


def _examinations(session: Session, worker: Worker, actor: Any) -> list[Shown]:
    ids = standing_ids(session, Worker, worker.id)
    question = for_list(examinations_visible_to(actor).where(Examination.worker_id.in_(ids))).options(undefer(Examination.sealed))
    rows = session.scalars(question.order_by(Examination.examined_on.desc(), Examination.id.desc()).limit(MOST)).all()
    return [show_examination(row, actor) for row in rows]


def _person(worker: Worker, *, is_full: bool) -> list[tuple[str, ...]]:
    number = worker.id_number if is_full else mask_id_number(worker.id_number)
    return [
        ("姓名", worker.name, "性别", worker.sex or "—"),
        (worker.id_type, number, "出生日期", str(worker.birth_on or "—")),
    ]


def _stays(history: History) -> list[tuple[str, ...]]:
    name = lambda id: history.employers[id].name  # noqa: E731
    return [
        (
            name(stay.employer_id) + (f" → {name(stay.host_employer_id)}" if stay.host_employer_id else ""), f"{stay.workshop} {stay.post}".strip(),
            str(stay.starts_on), str(stay.until),
            "\n".join(f"{hazard_name(one.hazard_code)} {one.starts_on} 至 {one.ends_on or one.seen_on}" for one in stay.exposures) or "—",
        )
        for stay in history.stays
    ]  # fmt: skip


def _doses(history: History) -> list[tuple[str, ...]]:
    return [
        (hazard_name(dose.hazard_code), str(dose.first_on), str(dose.last_on), "{} 年 {} 个月".format(*dose.years_and_months))
        for dose in history.doses
    ]


def _block(shown: Shown, worker: Worker, kind: str) -> ExaminationBlock:
    one = shown.examination
    rows = [
        ("体检机构", one.clinic.name),
        ("用人单位", (one.host_employer or one.employer).standing.name + f"　{one.workshop} {one.post}"),
        ("体检危害因素", "、".join(hazard_name(code) for code in one.examined_set.hazard_codes)),
        ("体检结论", "、".join(str(CONCLUSION_LABELS[letter]) for letter in shown.conclusions) or "—"),
        *((item_label(key), text) for key, text in shown.texts.items()),
    ]
    if kind == "employer" and shown.conclusions:
        rows.append(("适岗意见", "\n".join(str(line) for line in fitness_of(shown.conclusions))))
    values = [
        (item_label(key), _result(key, value, worker, one.examined_on), _usual(key, worker, one.examined_on))
        for key, value in shown.items.items()
        if value not in (None, "")
    ]
    return ExaminationBlock(f"{one.examined_on}　{PHASE_LABELS[one.phase]}　{one.card_no}", rows, values)


def _result(key: str, value: Any, worker: Worker, on: date) -> str:
    norm = item_norm(key, worker.sex, on)
    side = norm.side(value) if norm is not None and isinstance(value, (int, float)) else ""
    return f"{value} {say(SIDES[side])}" if side else str(value)


def _usual(key: str, worker: Worker, on: date) -> str:
    norm = item_norm(key, worker.sex, on)
    return norm.words if norm is not None else "—"
