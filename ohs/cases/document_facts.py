"""What a case knows that its letters tell: people, hazards, days, what was measured, what law says, and the last day that a clock holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from exports.typesetting import chinese_day
from ohs.cases.clocks import open_clocks, work_calendar
from ohs.cases.document_kinds import LetterKind
from ohs.cases.kinds import KINDS
from ohs.cases.kinds.vocabulary import MAIN, Situation
from ohs.cases.labels import duty_name
from ohs.cases.models import Case
from ohs.cases.moving import situation_of
from ohs.kernel.i18n import say
from ohs.kernel.masks import mask_id_number
from ohs.rulebook.deadlines import deadline, find_deadline
from ohs.rulebook.documents import cited
from ohs.rulebook.hazards import find_by_any_name, hazard_name
from ohs.rulebook.limits import limit

UNITS = {"calendar_day": "日", "working_day": "个工作日", "month": "个月"}
#: Of a limit that stands in no law.
BY_OFFICE = "（办理时限，非法定期限）"
BY_LAW = "（法定期限）"
#: Events that find what a case is about.
FOUND = {
    "susp": "suspected-found", "contra": "contraindication-found", "recheck": "recheck-required", "overdue": "rule-fires", "overlimit": "over-limit-reported",
}  # fmt: skip
FALLBACK = "职业病"
#: Limits of dust hang on the fraction that was sampled; their unit does not.
OF_DUST = "mg/m3"


def facts_of_case(session: Session, case: Case, letter: LetterKind, told: Mapping[str, Any], on: date) -> dict[str, str]:
    """Everything that the letter might tell, by the names of the table; what is not known is missing. In the language of letters."""
    situation = situation_of(case, on)
    found = situation.said.get(f"{MAIN}.{FOUND.get(case.kind, '')}", {})
    worker, employer = (case.worker.standing if case.worker else None), (case.employer.standing if case.employer else None)
    until_on = told.get("until_on")
    known: dict[str, Any] = {
        "case": case.number, "employer": employer.name if employer else "", "person": person_of(worker.name, worker.id_number) if worker else "",
        "found": _day(found.get("found_on")), "disease": _disease(situation, case, found), "hazards": _hazards(case, found), "items": found.get("items"),
        "card": found.get("card_no"), "registration": situation.told("register", "registration_no"), "registered": _day(situation.told("register", "registered_on")),
        "office": case.owner.name, "basis": basis(letter.rests_on.get(case.kind, ()), on), "rights": basis(("susp:worker-applies",), on) if case.kind == "susp" else "",
        "limit": limit_words(session, case, letter, situation, on), "duties": "；".join(duties(case, on)), "count": situation.open_lines or "",
        "subtype": say(KINDS[case.kind].subtypes[case.subtype]) if case.subtype in KINDS[case.kind].subtypes else "", "point": found.get("point"),
        "factor": _factor(found.get("factor")), "result": _measured(found, "result"), "standard": _measured(found, "limit"), "report": found.get("report_no"),
        "reason": told.get("reason"), "part": told.get("part"), "demand": str(told.get("demand") or "").rstrip("。；; "), "until": _day(until_on),
    }  # fmt: skip
    return {name: str(value) for name, value in known.items() if value not in (None, "")}


def person_of(name: str, id_number: str) -> str:
    """A worker as letters name one: by name, and by as much of the number as tells two of one name apart."""
    return f"{name}（身份证件号码：{mask_id_number(id_number)}）"


def _day(value: Any) -> str:
    return chinese_day(value) if isinstance(value, date) else ""


def _measured(found: Mapping[str, Any], key: str) -> str:
    """A value that was measured, or the limit that it was held against, in the unit of that limit."""
    value, factor, on = found.get(key), found.get("factor"), found.get("found_on")
    if not isinstance(value, int | float) or not factor or not isinstance(on, date):
        return ""
    known = find_by_any_name(str(factor))
    unit = limit(str(factor), on).unit or (OF_DUST if known is not None and known.category == "dust" else "")
    return f"{value:g} {unit}".strip()


def _factor(value: Any) -> str:
    found = find_by_any_name(str(value)) if value else None
    return found.name if found else str(value or "")


def _hazards(case: Case, found: Mapping[str, Any]) -> str:
    codes = str(found.get("hazards") or case.hazard_codes)
    return "、".join(hazard_name(code) for code in codes.split(";") if code)


def _disease(situation: Situation, case: Case, found: Mapping[str, Any]) -> str:
    name = str(found.get("disease") or "")
    return name or (FALLBACK if case.kind == "susp" else "")


def basis(refs: tuple[str, ...], on: date) -> str:
    """The articles as a letter cites them; what no law says is left out."""
    sources = dict.fromkeys(part for ref in refs for part in cited(_source(ref, on)[0]).split("；"))
    return "、".join(source for source in sources if source.startswith("《"))


def is_verified(refs: tuple[str, ...], on: date) -> bool:
    """Whether somebody has read every article in the law itself."""
    return all(verified for _source_text, verified in (_source(ref, on) for ref in refs))


def _source(ref: str, on: date) -> tuple[str, bool]:
    """Article and standing of a row of the tables: a slug of a deadline, or `kind:event` of a lifecycle."""
    kind, colon, event = ref.partition(":")
    if colon:
        step = next(one for one in KINDS[kind].tracks[MAIN].steps if one.event == event)
        return step.source, step.verified
    row = find_deadline(ref, on)
    return (row["article"], row["verified"] == "yes") if row else ("", False)


def limit_words(session: Session, case: Case, letter: LetterKind, situation: Situation, on: date) -> str:
    """The last day, by the case's own clock; where none runs yet, how long there is from the day of receipt."""
    slug = letter.limit_of(case.kind, case.subtype)
    if not slug:
        return ""
    clock = next((one for one in reversed(case.clocks) if one.slug == slug and one.state != "dropped"), None)
    if clock is not None:
        return f"期限为{chinese_day(clock.due_on)}前（含当日）{'' if clock.is_set else _standing(slug, clock.started_on)}"
    set_on = situation.told(FOUND.get(case.kind, ""), "until_on")
    if slug == "recheck-do" and isinstance(set_on, date):
        return f"期限为{chinese_day(set_on)}前（含当日）"
    answer = deadline(slug, on, work=work_calendar(session))
    if not answer.is_answered:
        return ""
    return f"期限为自收到本文书之日起{answer.value['amount']}{UNITS[answer.value['unit']]}内{_standing(slug, on)}"


def _standing(slug: str, on: date) -> str:
    row = find_deadline(slug, on)
    if row is None or row["statutory"] != "yes":
        return BY_OFFICE
    return BY_LAW if row["verified"] == "yes" else ""


def duties(case: Case, on: date) -> list[str]:
    """What the employer must do and has not done, with the last day of each."""
    waiting = [clock for clock in open_clocks(case) if "EMP" in clock.actors.split("; ") and clock.track in (MAIN, "duty")]
    return [
        f"{duty_name(clock.slug, clock.started_on)}（期限：{chinese_day(clock.due_on)}"
        f"{'，已逾期' if clock.due_on < on else ''}{'' if clock.is_set or clock.is_statutory else '，办理时限'}）"
        for clock in waiting
    ]
