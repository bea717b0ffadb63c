"""Every row of every table that answers a question, asked once and held against the row itself."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ohs.rulebook import commands  # noqa: F401  (offers every question)
from ohs.rulebook.questions import ask
from tests.rulebook.rows import rows_of

TODAY = date(2026, 11, 24)
PHASES = {
    "pre_employment": "pre-placement",
    "periodic": "in-service",
    "leaving": "leaving",
    "emergency": "emergency",
    "follow_up": "follow-up",
    "": "in-service",
}
DAYS = {"GBZ188-2014": "2026-07-31", "GBZ188-2025": "2026-08-01"}


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _whole(text: str) -> int | None:
    return int(text) if text else None


def _parts(text: str) -> list[str]:
    return list(dict.fromkeys(part.strip() for part in text.replace("；", ";").split(";") if part.strip()))


def test_hazards_are_found_by_code_name_and_cas() -> None:
    for row in rows_of("hazard_factors"):
        for text, by in [(row["code"], "code"), (row["name_zh"], "name"), *((number, "cas") for number in row["cas"].split(";") if number)]:
            found = {one["code"]: one["matched_by"] for one in ask("hazard", [f"q={text}"], TODAY).value}
            assert found.get(row["code"]) == by, text


def test_chemicals_have_the_limits_of_their_row() -> None:
    for row in rows_of("exposure_limits_chemical"):
        answer = ask("limit", [f"hazard={row['name_zh']}"], TODAY)
        limits = [answer.value[key] for key in ("pc_twa", "pc_stel", "mac")]
        assert limits == [_number(row[key]) for key in ("pc_twa", "pc_stel", "mac")], row["name_zh"]
        has_peak = bool(row["pc_twa"]) and not row["pc_stel"]
        assert answer.value["pe"] == (Decimal(row["pc_twa"]) * 3 if has_peak else None)
        assert answer.value["pe_absolute"] == (Decimal(row["pc_twa"]) * 5 if has_peak else None)


@pytest.mark.parametrize("fraction", ["total", "respirable"])
def test_dusts_have_the_limits_of_their_row(fraction: str) -> None:
    silica = dict(zip(("10%≤", "50%<", "游离Si"), (["silica_pct=10"], ["silica_pct=50.1"], ["silica_pct=80.1"]), strict=True))
    for row in rows_of("exposure_limits_dust"):
        given = next((more for start, more in silica.items() if row["name_zh"].startswith(f"矽尘：{start}")), [])
        answer = ask("limit", [f"hazard={row['name_zh']}", f"fraction={fraction}", *given], TODAY)
        limit = _number(row[f"pc_twa_{fraction}"])
        assert (answer.value["pc_twa"] if answer.is_answered else None) == limit, row["name_zh"]


def test_physical_limits_are_listed_with_their_conditions() -> None:
    for row in rows_of("exposure_limits_physical"):
        limits = ask("limit", [f"hazard={row['factor']}"], TODAY).value["limits"]
        told = [{key: str(one[key]) for key in one} for one in limits]
        assert {key: row[key] for key in ("factor", "quantity", "condition", "limit", "unit")} in told


def test_intervals_answer_by_their_condition() -> None:
    for row in rows_of("exam_intervals"):
        given = [f"hazard={row['protocol_key']}", f"phase={PHASES[row['phase']]}", f"on={DAYS[row['edition']]}"]
        answer = ask("exam-interval", [*given, f"condition={row['condition_code']}"], TODAY)
        columns = ("interval_months", "interval_months_max", "interval_days")
        if not any(row[column] for column in columns):
            assert not answer.is_answered and answer.message is not None, row
            continue
        found = [answer.value[key] for key in ("months", "months_max", "days", "for_months")]
        assert found == [_whole(row[column]) for column in (*columns, "duration_months")], row
        assert (answer.edition, answer.verified) == (row["edition"], row["verified"] == "yes")


def test_intervals_answer_by_grade_for_every_hazard() -> None:
    rows = defaultdict(list)
    for row in rows_of("exam_intervals"):
        if row["phase"] == "periodic" and "grade" in row["condition_code"]:
            rows[row["edition"], row["protocol_key"]].append(row)
    asked = 0
    for link in rows_of("hazard_protocol_map"):
        for row in rows.get((link["edition"], link["protocol_key"]), []):
            code = row["condition_code"]
            grades = (
                ["none"]
                if code.endswith("invalid")
                else ["II", "III"]
                if code.endswith("ge_II")
                else ["I", "0"]
                if "_le_" in code
                else ["I"]
            )
            for grade in grades:
                given = [f"hazard={link['hazard_code']}", f"grade={grade}", f"on={DAYS[link['edition']]}"]
                answer = ask("exam-interval", given, TODAY)
                assert answer.value["condition_code"] == code, (link, grade)
                assert answer.verified == (row["verified"] == link["verified"] == "yes")
                asked += 1
    assert asked > 100


def test_protocols_are_told_as_they_stand() -> None:
    columns = ("required_items_zh", "physical_exam_zh", "supplementary_items_zh", "target_diseases_zh", "contraindications_zh")
    keys = ("required", "physical", "supplementary", "target_diseases", "contraindications")
    present = set()
    for row in rows_of("exam_protocols"):
        if row["edition"] not in DAYS:
            continue
        present.add((row["edition"], row["protocol_key"], row["phase"]))
        given = [f"hazard={row['protocol_key']}", f"phase={PHASES[row['phase']]}", f"on={DAYS[row['edition']]}"]
        answer = ask("exam-items", given, TODAY)
        assert [answer.value[key] for key in keys] == [_parts(row[column]) for column in columns], row["protocol_key"]
        assert answer.verified == (row["verified"] == "yes")
    for edition, key, _phase in sorted(present):
        for phase in filter(None, PHASES):
            if (edition, key, phase) not in present:
                given = [f"hazard={key}", f"phase={PHASES[phase]}", f"on={DAYS[edition]}"]
                assert not ask("exam-items", given, TODAY).is_answered, given


def test_every_catalogued_factor_gets_an_answer_or_a_reason() -> None:
    for row in rows_of("hazard_factors"):
        for name, more in (("limit", []), ("exam-interval", []), ("exam-items", ["phase=in-service"]), ("evaluate", ["twa=1"])):
            answer = ask(name, [f"hazard={row['code']}", *more], TODAY)
            assert answer.is_answered or answer.message is not None


def test_industries_have_the_class_of_their_group_or_a_question() -> None:
    risks: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows_of("industry_hazard_risk"):
        risks[row["industry_code"]].append(row)
    for industry in rows_of("industries"):
        code = industry["code"]
        if len(code) < 3:
            continue
        listed = risks.get(code) or risks.get(code[:3], [])
        answer = ask("risk-class", [f"industry={code}"], TODAY)
        if not listed:
            assert not answer.is_answered or answer.value["ask"] == "industry", code
        elif listed[0]["scope_zh"]:
            assert answer.value["ask"] == "scope"
            for row in listed:
                assert ask("risk-class", [f"industry={code}", f"scope={row['scope_zh']}"], TODAY).value == row["risk"]
        elif listed[0]["conditional"] == "yes":
            assert answer.value["ask"] == "solvents"
        else:
            assert answer.value == listed[0]["risk"], code


def test_sizes_change_exactly_at_their_bounds() -> None:
    sectors: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows_of("enterprise_sizes"):
        sectors[row["industry_prefixes"]].append(row)
    assert len(sectors) == 16
    for prefixes, rows in sectors.items():
        for size, below in (("large", "medium"), ("medium", "small"), ("small", "micro")):
            for industry in prefixes.split(";"):
                at = {row["indicator"]: Decimal(row[f"{size}_min"]) for row in rows}
                assert _size(industry, at) == size
                for indicator, bound in at.items():
                    assert _size(industry, at | {indicator: bound - 1}) == below


def _size(industry: str, given: dict[str, Decimal]) -> Any:
    return ask("employer-size", [f"industry={industry}", *(f"{key}={value}" for key, value in given.items())], TODAY).value


def test_diseases_are_found_in_the_list_of_their_day() -> None:
    for row in rows_of("occupational_diseases"):
        on = {"2013": "2025-07-31", "2024": "2025-08-01"}[row["edition"]]
        value = ask("disease", [f"name={row['name_zh']}", f"on={on}"], TODAY).value
        assert (value["code"], value["class"], value["open_clause"]) == (row["code"], row["class_zh"], row["open_clause"] == "yes")


def test_every_area_has_its_acceptor() -> None:
    for row in rows_of("regions"):
        responsible = (row["zone_code"] or row["parent_code"]) if row["level"] == "town" else row["code"]
        for text in (row["code"], row["name_zh"]):
            assert ask("acceptor", [f"region={text}", "ownership=other"], TODAY).value["region"] == responsible
            assert ask("acceptor", [f"region={text}", "ownership=central"], TODAY).value["region"] == "330400"
