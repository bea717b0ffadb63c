"""Identity numbers: each fault has its own code and its own sentence; the region is information and never a fault."""

from __future__ import annotations

from datetime import date

import pytest

from ohs.kernel.identity import uscc_check_character
from ohs.rulebook import numbers  # noqa: F401
from ohs.rulebook.questions import ask

TODAY = date(2026, 11, 24)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def _identity(first17: str) -> str:
    """With its check digit by GB 11643."""
    return first17 + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(first17, _WEIGHTS, strict=True)) % 11]


@pytest.mark.parametrize(
    ("first17", "sex", "birth", "region"),
    [
        ("11010519491231002", "女", date(1949, 12, 31), "朝阳区"),
        ("33040219600101996", "女", date(1960, 1, 1), "南湖区"),
        ("33040219870101997", "男", date(1987, 1, 1), "城区"),
        ("33041919700101998", "女", date(1970, 1, 1), None),
        ("33048319551231999", "男", date(1955, 12, 31), "桐乡市"),
        ("81000019920229996", "女", date(1992, 2, 29), "香港特别行政区"),
        ("83000019900101997", "男", date(1990, 1, 1), "台湾"),
        ("99999919900101997", "男", date(1990, 1, 1), None),
    ],
)
def test_an_identity_number_tells_sex_birth_and_region(first17: str, sex: str, birth: date, region: str | None) -> None:
    for spelling in (
        _identity(first17),
        _identity(first17).lower(),
        f" {first17[:6]} {_identity(first17)[6:14]}-{_identity(first17)[14:]} ",
    ):
        value = ask("resident-id", [f"value={spelling}"], TODAY).value
        assert (value["valid"], value["sex"], value["birth_date"]) == (True, sex, birth)
    assert region is None or region in str(value["region"])


@pytest.mark.parametrize(
    ("value", "code", "words"),
    [
        ("330402", "id-length", "18"),
        ("3304021990010199711", "id-length", "19"),
        ("330402900101997", "id-length", "15"),
        ("33040219900101O97X", "id-check", "15"),
        ("3304021990X1019971", "id-check", "11"),
        ("330402199002300001", "id-birth", "19900230"),
        ("330402199013010001", "id-birth", "19901301"),
        (_identity("33040220961231997"), "id-birth", "2096-12-31"),
        (_identity("33040219900101997")[:17] + "A", "id-check", "18"),
        ("3.30402E+17", "id-mangled", ""),
        ("330402199001019900.0", "id-mangled", ""),
        ("330402199001019000", "id-mangled", ""),
    ],
)
def test_each_fault_of_an_identity_number_is_named(value: str, code: str, words: str) -> None:
    answer = ask("resident-id", [f"value={value}"], TODAY)
    assert (answer.value["valid"], answer.value["code"]) == (False, code)
    assert words in str(answer.message)


def test_a_wrong_check_digit_names_the_right_one() -> None:
    right = _identity("33040219900101997")
    wrong = right[:17] + ("1" if right[17] != "1" else "2")
    message = str(ask("resident-id", [f"value={wrong}"], TODAY).message)
    assert f"“{right[17]}”" in message and f"“{wrong[17]}”" in message


def test_birth_today_is_no_future() -> None:
    assert ask("resident-id", [f"value={_identity('33040220261124001')}"], TODAY).value["valid"]
    assert not ask("resident-id", [f"value={_identity('33040220261125001')}"], TODAY).value["valid"]


@pytest.mark.parametrize(
    "first17",
    ["91330400MA28A0001", "N2330402MF0000001", "Y1330481MA0000001", "A1330400MB0000001", "91330401767954321", "91999999MA0000001"],
)
def test_a_credit_code_is_right_whatever_it_begins_with(first17: str) -> None:
    right = first17 + uscc_check_character(first17)
    wide = right.translate({ord(character): ord(character) + 0xFEE0 for character in right})
    for spelling in (right, right.lower(), f"{right[:2]}-{right[2:8]} {right[8:]}", wide):
        assert ask("uscc", [f"value={spelling}"], TODAY).value == {
            "valid": True,
            "code": None,
            "number": right,
            "region": ask("uscc", [f"value={right}"], TODAY).value["region"],
        }


@pytest.mark.parametrize(
    ("region", "name"),
    [("330481", "海宁市"), ("330401", "市辖区"), ("330400", "嘉兴市"), ("330422", "平湖县"), ("330419", None), ("999999", None)],
)
def test_the_region_of_a_credit_code_is_information(region: str, name: str | None) -> None:
    first17 = f"91{region}MA28A0001"
    value = ask("uscc", [f"value={first17}{uscc_check_character(first17)}"], TODAY).value
    assert (value["valid"], value["region"]) == (True, name)


@pytest.mark.parametrize(
    ("value", "code", "words"),
    [
        ("91330400MA28A000", "uscc-length", "16"),
        ("91330400MA28A00011X", "uscc-length", "19"),
        ("91330400MI28A00011", "uscc-check", "10"),
        ("91330400MA28A0001?", "uscc-check", "18"),
        ("91330400中A28A00011", "uscc-check", "9"),
        ("9.1330400123E+17", "id-mangled", ""),
        ("913304001234567000", "id-mangled", ""),
    ],
)
def test_each_fault_of_a_credit_code_is_named(value: str, code: str, words: str) -> None:
    answer = ask("uscc", [f"value={value}"], TODAY)
    assert (answer.value["valid"], answer.value["code"]) == (False, code)
    assert words in str(answer.message)


def test_every_wrong_last_character_is_told_the_right_one() -> None:
    first17 = "91330400MA28A0001"
    right = uscc_check_character(first17)
    for wrong in set("0123456789ABCDEFGHJKLMNPQRTUWXY") - {right}:
        message = str(ask("uscc", [f"value={first17}{wrong}"], TODAY).message)
        assert f"“{right}”" in message and f"“{wrong}”" in message
