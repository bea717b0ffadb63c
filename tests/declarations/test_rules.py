"""The checks of the form as a whole table: what is changed, where it is said, and that both numbers are in the sentence."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from ohs.declarations.checks import Known, check
from ohs.declarations.rules import ACCEPTANCE, FILING, KINDS_OF, VERSION, duty_of
from ohs.kernel.errors import DomainError
from tests.factories.declarations import FORM, ROWS

KNOWN = Known("initial", date(2026, 11, 24))


def faults(form: dict[str, Any] | None = None, known: Known = KNOWN, **rows: Any) -> list[tuple[str, str]]:
    found = check(FORM | (form or {}), {**deepcopy(ROWS), **rows}, known)
    return [(fault.field, fault.code) for fault in found if not fault.is_remark]


def test_nothing_is_said_about_a_form_in_which_nothing_is_wrong() -> None:
    assert faults() == []


def _row(name: str, number: int, **changes: Any) -> dict[str, Any]:
    rows = deepcopy(ROWS[name])
    rows[number] |= changes
    return {name: rows}


TABLE: list[tuple[dict[str, Any], dict[str, Any], list[tuple[str, str]]]] = [
    ({"ownership": None}, {}, [("ownership", "required")]),
    ({"employees": 0}, {}, [("employees", "out-of-range"), ("exposed", "disagrees")]),
    ({"employees": 50}, {}, [("exposed", "disagrees")]),
    ({"workers_trained": 97}, {}, [("workers_trained", "disagrees")]),
    ({"class_chemical": 59}, {}, [("class_chemical", "disagrees")]),
    ({"class_chemical": 61}, {}, [("class_chemical", "disagrees")]),
    ({"class_dust": 3}, {}, [("class_dust", "disagrees")]),
    ({"class_physical": 0}, {}, [("class_physical", "disagrees"), ("exposed", "disagrees")]),
    ({"exposed": 141}, {}, [("exposed", "disagrees")]),
    ({"industry": "19"}, {}, [("industry", "unknown-industry")]),
    ({"tested": "no", "testing_institution": None, "test_report_no": None}, {}, [("hazards-0-points_tested", "disagrees"), ("hazards-1-points_tested", "disagrees")]),
    ({}, _row("hazards", 0, hazard="噪音"), [("hazards-0-hazard", "unknown-hazard"), ("class_chemical", "disagrees"), ("sites-0-hazard", "disagrees")]),
    ({}, _row("hazards", 0, points_over=5), [("hazards-0-points_over", "disagrees")]),
    ({}, _row("hazards", 0, examined=61), [("hazards-0-examined", "disagrees")]),
    ({}, _row("hazards", 0, points_tested=None), [("hazards-0-points_tested", "required")]),
    ({}, _row("sites", 0, hazard="苯乙烯"), [("sites-0-hazard", "disagrees")]),
    ({}, _row("sites", 0, exposed_distinct=79), [("sites-0-exposed_distinct", "disagrees")]),
    ({}, _row("sites", 0, exposed_distinct=None), [("sites-0-exposed_distinct", "required")]),
    ({}, _row("sites", 1, exposed_distinct=95), [("sites-1-exposed_distinct", "disagrees")]),
    ({}, {"products": []}, [("products", "required")]),
    ({}, {"hazards": []}, [("hazards", "required"), ("class_chemical", "disagrees"), ("class_physical", "disagrees"), ("sites-0-hazard", "disagrees"), ("sites-1-hazard", "disagrees")]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("form", "is_said"),
    [
        ({"has_organisation": "no"}, False),
        ({"has_organisation": "no", "employees": 101}, True),
        ({"has_organisation": "no", "risk_class": "serious"}, True),
        ({"has_organisation": "no", "industry": "2614"}, True),
        ({"has_organisation": "yes", "staff_full_time": 0, "employees": 101}, True),
        ({"has_organisation": "yes", "staff_full_time": 1, "employees": 101}, False),
    ],
)
def test_a_serious_hazard_or_many_people_need_an_organisation(form: dict[str, Any], is_said: bool) -> None:
    small = {"industry": "1771", "risk_class": "general", "employees": 100, "outsourced": 0, "staff_full_time": 1}
    found = check(FORM | small | form, deepcopy(ROWS), KNOWN)
    assert ("has_organisation" in [fault.field for fault in found if fault.is_remark]) is is_said


@pytest.mark.parametrize(("form", "rows", "wanted"), TABLE)
def test_each_check_says_where(form: dict[str, Any], rows: dict[str, Any], wanted: list[tuple[str, str]]) -> None:
    assert faults(form, **rows) == wanted


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        ({"materials": []}, ("materials", "required")),
        ({"sites": []}, ("sites", "required")),
        ({"sites": [ROWS["sites"][0] | {"exposed_distinct": ROWS["sites"][0]["exposed_repeated"]}]}, ("sites", "disagrees")),
    ],
)
def test_what_the_workbook_may_leave_out_is_only_remarked(rows: dict[str, Any], wanted: tuple[str, str]) -> None:
    found = check(FORM, {**deepcopy(ROWS), **rows}, KNOWN)
    assert wanted in [(fault.field, fault.code) for fault in found if fault.is_remark]
    assert [fault.field for fault in found if not fault.is_remark] == []


def test_both_numbers_stand_in_the_sentence() -> None:
    found = check(FORM | {"employees": 50}, ROWS, KNOWN)
    assert "96" in str(found[0].message) and "50" in str(found[0].message)


def test_the_number_of_diseases_never_falls() -> None:
    assert faults({"diseases_so_far": 1}, Known("update", date(2026, 11, 24), diseases_before=2)) == [("diseases_so_far", "disagrees")]


def test_a_change_needs_its_reason_and_its_day() -> None:
    assert faults(known=Known("change", date(2026, 11, 24))) == [("change_reason", "required"), ("changed_on", "required")]


@pytest.mark.parametrize(
    ("kind", "form", "slug"),
    [
        ("initial", {}, "declaration-initial-unfiled"),
        ("initial", {"completed_on": "2026-10-01"}, "declaration-initial"),
        ("change", {"change_reason": "process"}, "declaration-change"),
        ("change", {"change_reason": "identity"}, "declaration-change-identity"),
        ("change", {"change_reason": "result"}, "declaration-change-result"),
        ("change", {"change_reason": "size"}, "declaration-change-online"),
        ("change", {"change_reason": "project"}, "declaration-initial"),
        ("update", {}, "declaration-update-late"),
    ],
)
def test_each_kind_has_its_clock(kind: str, form: dict[str, Any], slug: str) -> None:
    assert duty_of(kind, form)[0] == slug


@pytest.mark.parametrize("lifecycle", [VERSION, FILING], ids=lambda one: one.name)
def test_every_event_from_every_status_is_in_the_table_or_refused(lifecycle: Any) -> None:
    class Record:
        status = ""

    for status in lifecycle.statuses:
        for event in {step.event for step in lifecycle.steps}:
            record = Record()
            record.status = status
            step = lifecycle.find_step(status, event)
            actor = sorted(step.actors)[0] if step else "EMP"
            if step is None:
                with pytest.raises(DomainError):
                    lifecycle.move(record, event, actor)
                assert record.status == status
            else:
                lifecycle.move(record, event, actor)
                assert record.status == step.after


def test_acceptance_has_a_move_from_every_standing_that_takes_a_declaration() -> None:
    for standing, event in ACCEPTANCE.items():
        assert FILING.find_step("" if standing == "none" else standing, event) is not None
    assert set(KINDS_OF) == {"none", *FILING.statuses}
