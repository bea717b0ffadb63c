"""Declarations for tests."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.declarations.drafts import begin_declaration, save_step
from ohs.declarations.models import Declaration
from ohs.registry.models import Employer, Workplace

#: A form in which nothing is wrong.
FORM: dict[str, Any] = {
    "year": 2026, "employer_name": "海宁恒丰皮革制品有限公司", "registered_address": "海宁市工业路1号", "ownership": "other", "economic_type": "国统字〔2023〕14号|112", "industry": "1922", "size": "small", "solvents": "no",
    "legal_representative": "沈佳", "filler": "王芳", "filler_phone": "13800001234", "contact": "王芳", "contact_phone": "13800001234", "employees": 186,
    "outsourced": 10, "exposed": 96, "diseases_so_far": 0, "has_organisation": "yes", "staff_full_time": 1, "staff_part_time": 1, "class_chemical": 60,
    "class_physical": 80, "tested": "yes", "testing_institution": "甲公司", "test_report_no": "JC-1", "examined": "yes", "clinic": "乙中心",
    "head_trained": "yes", "managers_trained": "yes", "workers_trained": 90,
}  # fmt: skip
ROWS: dict[str, list[dict[str, Any]]] = {
    "hazards": [
        {"hazard": "苯", "exposed": 60, "points_tested": 4, "points_over": 0, "due_for_exam": 60, "examined": 58},
        {"hazard": "噪声", "exposed": 80, "points_tested": 6, "points_over": 1, "due_for_exam": 80, "examined": 80},
    ],
    "sites": [
        {"site": "喷涂车间", "hazard": "苯", "exposed_repeated": 60, "exposed_distinct": 96},
        {"site": "喷涂车间", "hazard": "噪声", "exposed_repeated": 80, "exposed_distinct": None},
    ],
    "products": [{"name": "皮包", "yearly": 1000.0, "unit": "只"}],
    "materials": [{"name": "胶水", "yearly": 2.5, "unit": "吨"}],
}


def make_workplace(session: Session, employer: Employer, **given: Any) -> Workplace:
    """A workplace in the employer's town."""
    workplace = Workplace(
        **(
            {"employer": employer, "address": "海宁市工业路1号", "region_code": employer.region_code, "county_code": employer.county_code}
            | given
        )
    )
    session.add(workplace)
    session.flush()
    return workplace


def make_draft(
    session: Session,
    employer: Employer,
    actor: User,
    *,
    on: date,
    kind: str = "initial",
    workplace: Workplace | None = None,
    consent: str = "",
    **form: Any,
) -> Declaration:
    """A draft in which nothing is wrong, unless something else is said."""
    place = workplace or make_workplace(session, employer)
    draft = begin_declaration(session, employer, place, kind, actor=actor, on=on, consent=consent)
    save_step(session, draft, FORM | form, ROWS, version=draft.version)
    return draft
