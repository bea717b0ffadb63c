"""The demonstration's declarations: two years of every employer, in every state, written at once and counted as the deeds would."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from ohs.declarations.demonstration_rows import Writer
from ohs.declarations.models import (
    Declaration,
    Filing,
)
from ohs.declarations.services import CODE_ALPHABET, CODE_LENGTH, receipt_series
from ohs.kernel.bulk import reserve_ids
from ohs.registry.demonstration import DemonstrationEmployer
from ohs.rulebook.acceptor import acceptor
from ohs.rulebook.deadlines import WorkCalendar, deadline
from ohs.rulebook.hazards import CATEGORIES, CATEGORY_NAMES, category_of

#: What became of the filing of a workplace, and how often. The second word is the open version beside the accepted one.
FATES = (
    (("live", ""), 780), (("live", "change"), 20), (("update_due", ""), 70), (("update_due", "submitted"), 30), (("update_due", "draft"), 5),
    (("lapsed", ""), 15), (("lapsed", "returned"), 5), (("change_due", ""), 12), (("untrue", ""), 6), (("cancel_pending", ""), 6), (("cancelled", ""), 20),
    (("none", "submitted"), 15), (("none", "returned"), 8), (("none", "draft"), 8),
)  # fmt: skip
#: What waits for the employers that have an account, in turn: each has something to do.
ERRANDS = (
    ("update_due", ""), ("none", "returned"), ("change_due", ""), ("update_due", "draft"), ("untrue", ""), ("lapsed", "returned"),
    ("none", "draft"), ("lapsed", ""), ("update_due", "returned"),
)  # fmt: skip
#: An office is late with one version in so many.
LATE_ONE_IN = 15
SITES = ("打磨车间", "焊接车间", "喷涂车间", "成型车间", "织造车间", "配料车间", "包装车间", "机加工车间")


@cache
def _due(slug: str, start: date) -> date:
    return deadline(slug, start, work=WorkCalendar()).value["due"]  # type: ignore[no-any-return]


def make_declarations(session: Session, random: Random, employers: list[DemonstrationEmployer], on: date) -> None:
    """Two years of declarations for every employer."""
    writer = Writer(session, random, on)
    declaring = [
        (employer, workplace_id)
        for employer in employers
        if not employer.is_double
        for workplace_id in writer.workplaces[writer.employers[employer.uscc].id]
    ]
    if not declaring:
        return
    filing_ids = iter(reserve_ids(session, _table(Filing), len(declaring)))
    fates = _fates(random, [employer for employer, _workplace in declaring])
    plans = [_plan(random, fate, on) for fate in fates]
    declaration_ids = iter(reserve_ids(session, _table(Declaration), sum(len(plan) for plan in plans)))
    for (employer, workplace_id), fate, plan in zip(declaring, fates, plans, strict=True):
        _file(writer, employer, workplace_id, fate[0], plan, next(filing_ids), [next(declaration_ids) for _version in plan])
    writer.write()


def _table(model: type[Any]) -> Any:
    return model.__table__


def _fates(random: Random, employers: list[DemonstrationEmployer]) -> list[tuple[str, str]]:
    """By chance, but for those who have an account; and in a city of some size every fate occurs."""
    fates = random.choices([fate for fate, _weight in FATES], [weight for _fate, weight in FATES], k=len(employers))
    errands = iter(ERRANDS * (len(employers) // len(ERRANDS) + 1))
    free = []
    for place, employer in enumerate(employers):
        if employer.has_account:
            fates[place] = next(errands)
        else:
            free.append(place)
    if len(free) >= 2 * len(FATES):
        for place, (fate, _weight) in zip(free[:: len(free) // len(FATES)], FATES, strict=False):
            fates[place] = fate
    return fates


def _plan(random: Random, fate: tuple[str, str], on: date) -> list[tuple[str, str, date]]:
    """Kind, status and day of submission of each version, the oldest first."""
    standing, beside = fate
    last = {
        "live": random.randrange(5, 320), "update_due": random.randrange(345, 385), "lapsed": random.randrange(402, 460), "change_due": random.randrange(30, 300),
        "untrue": random.randrange(60, 300), "cancel_pending": random.randrange(60, 300), "cancelled": random.randrange(200, 400), "none": 0,
    }[standing]  # fmt: skip
    versions: list[tuple[str, str, date]] = []
    if standing != "none":
        accepted = on - timedelta(days=last)
        earlier = last + random.randrange(340, 380)
        if earlier < 730:
            versions.append(("initial", "superseded", on - timedelta(days=earlier)))
        versions.append(("update" if versions else "initial", "accepted", accepted))
    if beside:
        is_late = random.randrange(LATE_ONE_IN) == 0
        recent = on - timedelta(days=random.randrange(9, 13) if is_late else random.randrange(0, 5))
        kind = "initial" if standing == "none" else "change" if standing in ("live", "change_due") else "update"
        versions.append((kind, "submitted" if beside == "change" else beside, recent))
    return versions


def _file(
    writer: Writer,
    employer: DemonstrationEmployer,
    workplace_id: int,
    standing: str,
    plan: list[tuple[str, str, date]],
    filing_id: int,
    ids: list[int],
) -> None:
    known = writer.employers[employer.uscc]
    random, on = writer.random, writer.on
    accepted_on = next((_accepted(day, on) for _kind, status, day in reversed(plan) if status == "accepted"), None)
    has_change = any(kind == "change" and status == "submitted" for kind, status, _day in plan)
    if standing == "live" and has_change:
        standing = "change_due"
    change_due = on + timedelta(days=random.randrange(1, 14)) if standing == "change_due" else None
    reported_on = on - timedelta(days=random.randrange(1, 11)) if standing == "cancel_pending" else on - timedelta(days=40)
    ended_on = reported_on - timedelta(days=5) if standing in ("cancel_pending", "cancelled") else None
    found_on = on - timedelta(days=random.randrange(1, 14)) if standing == "untrue" else None
    correction_due = _due("declaration-untrue-correction", found_on) if found_on else None
    writer.filings.append(
        (
            filing_id, 1, workplace_id, known.id, employer.county, employer.region, standing, accepted_on,
            _due("declaration-update-open", accepted_on) if accepted_on else None, _due("declaration-update-late", accepted_on) if accepted_on else None,
            change_due, "process" if change_due else None, correction_due, ended_on,
        )
    )  # fmt: skip
    exposed = 0
    for (kind, status, day), declaration_id in zip(plan, ids, strict=True):
        exposed = _version(writer, employer, known, kind, status, day, filing_id, declaration_id, workplace_id) or exposed
    if accepted_on:
        moments = {"open": _due("declaration-update-open", accepted_on), "close": _due("declaration-update-late", accepted_on)}
        _tell_standing(writer, employer, known.id, filing_id, standing, moments, found_on, reported_on)
    current = exposed if accepted_on else 0
    key = (employer.industry[:2], known.size) if accepted_on else ("", "unknown")
    writer.count(("filing", standing, "", employer.county, employer.region, *key), current)


def _tell_standing(
    writer: Writer, employer: DemonstrationEmployer, employer_id: int, filing_id: int, standing: str, moments: dict[str, date], found_on: date | None,
    reported_on: date,
) -> None:  # fmt: skip
    """How the filing came to stand as it does, as its story tells it."""
    office = acceptor(employer.region, "other", writer.on).value
    organisation, officer_id = writer.offices[office["department"], office["region"]]
    author, author_id = writer.author_of(employer_id, employer.region)

    def tell(
        event: str, when: date, who: int | None = None, where: int | None = None, note: str = "", slug: str = "", due_on: date | None = None
    ) -> None:
        writer.events.append((filing_id, None, writer.at(when, 11), when, event, who, where, note, "[]", slug, due_on))

    if standing in ("update_due", "lapsed"):
        tell("month-11-reached", moments["open"], slug="declaration-update-open")
    if standing == "lapsed":
        tell("limit-passed", moments["close"], slug="declaration-update-late")
    if standing == "untrue" and found_on:
        slug = "declaration-untrue-correction"
        tell(
            "found-untrue",
            found_on,
            officer_id,
            organisation.id,
            f"职卫检〔{found_on.year}〕{filing_id % 1000:03d}号",
            slug,
            _due(slug, found_on),
        )
    if standing in ("cancel_pending", "cancelled"):
        slug = "declaration-cancel-confirm"
        tell("closure-reported", reported_on, author_id, author.id, "停产搬迁", slug, _due(slug, reported_on))
    if standing == "cancelled":
        tell("confirm", reported_on + timedelta(days=6), officer_id, organisation.id, "现场已核实，离岗体检已完成")


def _accepted(day: date, on: date) -> date:
    """The working day on which the office accepted what was handed in on `day`."""
    return min(WorkCalendar().roll(day + timedelta(days=2)), on)


def _version(
    writer: Writer,
    employer: DemonstrationEmployer,
    known: Any,
    kind: str,
    status: str,
    day: date,
    filing_id: int,
    declaration_id: int,
    workplace_id: int,
) -> int:
    random = writer.random
    total = max(1, employer.employees)
    counts = {code: max(1, int(total * random.uniform(0.08, 0.4))) for code in employer.hazards}
    exposed = min(total, max(max(counts.values()), int(sum(counts.values()) * 0.8)))
    classes: Counter[str] = Counter()
    for code, people in counts.items():
        classes[category_of(code)] += people
    is_draft, was_accepted = status == "draft", status in ("accepted", "superseded")
    accepted_on = _accepted(day, writer.on) if was_accepted else None
    office = acceptor(employer.region, "other", day).value
    organisation, officer_id = writer.offices[office["department"], office["region"]]
    author, author_id = writer.author_of(known.id, employer.region)
    form = _form(writer, employer, known, kind, exposed, {f"class_{name}": min(exposed, people) for name, people in classes.items()}, day)
    phones = writer.seal(json.dumps({"filler_phone": employer.phone, "contact_phone": employer.phone}).encode())
    due_on = (
        _due("declaration-receipt", day) if status == "submitted" else _due("declaration-correction", day) if status == "returned" else None
    )
    number = f"SB-{employer.county}-{day.year}-{writer.serial(f'SB-{employer.county}-{day.year}'):06d}"
    risk = known.risk_class if known.risk_class != "ask" else "general"
    writer.declarations.append(
        (
            declaration_id, 1, number, filing_id, known.id, employer.county, employer.region, kind, day.year, status, office["department"], office["region"],
            writer.json(form), phones, total, exposed, known.size, employer.industry[:2], risk, form.get("change_reason"),
            date.fromisoformat(form["changed_on"]) if kind == "change" else None, writer.at(day, 9), writer.at(accepted_on or day, 15), author_id,
            None if is_draft else writer.at(day, 10), None if is_draft else employer.legal_representative, due_on, day if status == "returned" else None,
            accepted_on, officer_id if was_accepted else None,
        )
    )  # fmt: skip
    _write_rows(writer, employer, declaration_id, counts)
    offices = {"author": (author_id, author.id), "office": (officer_id, organisation.id)}
    _write_story(writer, employer, status, day, accepted_on, filing_id, declaration_id, offices, organisation.name, exposed, classes)
    month = lambda when: f"{when.year:04d}-{when.month:02d}"  # noqa: E731
    place = (employer.county, employer.region, employer.industry[:2], known.size)
    if not is_draft:
        writer.count(("submitted", "", month(day), *place), exposed)
    if accepted_on:
        writer.count(("accepted", "", month(accepted_on), *place), exposed)
    if status == "accepted":
        for position, code in enumerate(counts):
            writer.site_hazards.append((workplace_id, SITES[position % len(SITES)], code, counts[code], accepted_on))
    return exposed if was_accepted else 0


def _form(
    writer: Writer, employer: DemonstrationEmployer, known: Any, kind: str, exposed: int, classes: dict[str, int], day: date
) -> dict[str, Any]:
    large = employer.employees > 100 or known.risk_class == "serious"
    return {
        **({"change_reason": "process", "changed_on": (day - timedelta(days=3)).isoformat()} if kind == "change" else {}),
        "year": day.year, "employer_name": employer.name, "registered_address": employer.registered_address, "ownership": "other",
        "economic_type": employer.economic_type, "industry": employer.industry, "size": known.size if known.size != "unknown" else "small", "solvents": "no",
        "legal_representative": employer.legal_representative, "filler": employer.contact, "contact": employer.contact, "employees": max(1, employer.employees),
        "outsourced": 0, "exposed": exposed, "diseases_so_far": 0, "has_organisation": "yes" if large else "no", "staff_full_time": 1 if large else 0,
        "staff_part_time": 1, **classes, "tested": "yes", "testing_institution": writer.institution("testing"), "test_report_no": f"JC-{day.year}-{writer.random.randrange(10_000):04d}",
        "examined": "yes", "clinic": writer.institution("clinic"), "head_trained": "yes", "managers_trained": "yes", "workers_trained": exposed,
    }  # fmt: skip


def _write_rows(writer: Writer, employer: DemonstrationEmployer, declaration_id: int, counts: dict[str, int]) -> None:
    """Hazards, sites, products and materials; how many people a site has stands once, with its first hazard."""
    random, at_site = writer.random, list(counts.values())
    for position, (code, number) in enumerate(counts.items()):
        points = random.randrange(2, 12)
        due = max(1, int(number * random.uniform(0.8, 1.0)))
        writer.hazards.append(
            (declaration_id, position, code, number, points, random.choice((0, 0, 0, 1)), due, int(due * random.uniform(0.7, 1.0)))
        )
        once = max(at_site[position :: len(SITES)]) if position < len(SITES) else None
        writer.sites.append((declaration_id, position, SITES[position % len(SITES)], code, number, once))
    writer.products.append((declaration_id, 0, f"{employer.sector}产品", float(random.randrange(10, 9_000)), "吨"))
    writer.materials.append((declaration_id, 0, "主要原料", float(random.randrange(10, 9_000)), "吨"))


def _write_story(
    writer: Writer, employer: DemonstrationEmployer, status: str, day: date, accepted_on: date | None, filing_id: int, declaration_id: int,
    people: dict[str, tuple[int, int]], acceptor_name: str, exposed: int, classes: Counter[str],
) -> None:  # fmt: skip
    def tell(
        event: str, when: date, hour: int, who: str, note: str = "", defects: str = "[]", slug: str = "", due_on: date | None = None
    ) -> None:
        writer.events.append((filing_id, declaration_id, writer.at(when, hour), when, event, *people[who], note, defects, slug, due_on))

    tell("create", day, 9, "author")
    if status == "draft":
        return
    tell("submit", day, 10, "author", slug="declaration-receipt", due_on=_due("declaration-receipt", day))
    if status == "returned":
        tell(
            "return",
            day,
            16,
            "office",
            defects=writer.json([["exposed", "接害总人数与分布情况不符，请核对"]]),
            slug="declaration-correction",
            due_on=_due("declaration-correction", day),
        )
    if accepted_on:
        series = receipt_series(employer.county)
        number = f"浙嘉职卫申〔{accepted_on.year}〕{series}-{writer.serial(f'receipt-{accepted_on.year}-{series}'):06d}号"
        tell("accept", accepted_on, 15, "office", number)
        code = "".join(writer.random.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
        names = "、".join(CATEGORY_NAMES[name] for name in CATEGORIES if classes[name])
        writer.receipts.append(
            (
                number,
                code,
                declaration_id,
                accepted_on,
                writer.at(accepted_on, 15),
                acceptor_name,
                employer.name,
                employer.uscc,
                exposed,
                names,
            )
        )
