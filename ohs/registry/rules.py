"""What the rulebook derives of an employer: size and risk class, and whether two entries may be one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import SequenceMatcher

from ohs.rulebook.answer import Answer
from ohs.rulebook.industries import risk_class
from ohs.rulebook.sizes import employer_size


@dataclass(frozen=True)
class Derived:
    """Size and risk class as they are stored, with the answers that say why."""

    size: str
    risk_class: str
    size_answer: Answer
    risk_answer: Answer


def derive(industry: str, employees: int | None, revenue_10k_cny: float | None, on: date, solvents: str = "", scope: str = "") -> Derived:
    """Size by the statistical method, risk class by the catalogue of the day; `unknown`, `ask` or `not-listed` where they cannot say."""
    size = employer_size(
        industry,
        None if employees is None else Decimal(employees),
        None if revenue_10k_cny is None else Decimal(str(revenue_10k_cny)),
    )
    risk = risk_class(industry, on, solvents, scope)
    stored = "not-listed" if not risk.is_answered else "ask" if isinstance(risk.value, dict) else str(risk.value)
    return Derived(str(size.value) if size.is_answered else "unknown", stored, size, risk)


#: Words that say nothing about who a company is.
COMMON_WORDS = ("有限责任公司", "股份有限公司", "有限公司", "公司", "厂", "（", "）", "(", ")", " ")
LIKE_NAMES = 0.88


def plain_name(name: str) -> str:
    """A company's name without the words that all of them carry."""
    for word in COMMON_WORDS:
        name = name.replace(word, "")
    return name


def names_are_alike(left: str, right: str) -> bool:
    """Whether two names may mean one company."""
    left, right = plain_name(left), plain_name(right)
    return bool(left) and (left == right or SequenceMatcher(None, left, right).ratio() >= LIKE_NAMES)


def differing_places(left: str, right: str) -> int:
    """In how many places two numbers of the same length differ; of different lengths they differ everywhere."""
    return sum(a != b for a, b in zip(left, right, strict=True)) if len(left) == len(right) else max(len(left), len(right))
