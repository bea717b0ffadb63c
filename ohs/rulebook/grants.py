"""What work-injury insurance grants by grade of disability (伤残待遇), for information: one-off grant, monthly allowance, subsidies of Zhejiang."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from math import ceil
from typing import Any

from ohs.kernel.message import Message
from ohs.rulebook.answer import Answer, no_answer
from ohs.rulebook.questions import QuestionError, question
from ohs.rulebook.tables import Row, in_force, table
from ohs.rulebook.thresholds import threshold

ONE_OFF, ALLOWANCE, MEDICAL, EMPLOYMENT = "one-off-grant", "monthly-allowance", "medical-subsidy", "employment-subsidy"
ITEMS = {
    ONE_OFF: Message("One-off disability grant"),
    ALLOWANCE: Message("Monthly disability allowance"),
    MEDICAL: Message("One-off medical subsidy"),
    EMPLOYMENT: Message("One-off employment subsidy"),
}
PAYERS = {
    "fund": Message("Work-injury insurance fund"),
    "employer": Message("Employer"),
    "liable-employer": Message("The employer where the harm arose"),
    "relief": Message("Medical and civil-affairs relief"),
}
#: Under which condition an item is due at all.
CONDITIONS = {
    (ALLOWANCE, "fund"): Message("the worker leaves the post, the relation is kept"),
    (ALLOWANCE, "employer"): Message("where no suitable work can be found"),
    (MEDICAL, "fund"): Message("when the relation ends"),
    (EMPLOYMENT, "employer"): Message("when the relation ends"),
}
GRADES = range(1, 11)
CENT, WHOLE = Decimal("0.01"), Decimal(100)
INFORMATION = Message(
    "For information only: the agency fixes what is paid. The monthly allowance is topped up where it lies below the local minimum wage."
)


def payer_rule(slug: str, on: date) -> Row | None:
    """Who pays under a branch, with the article, as the rule stood on a day."""
    return next(in_force((row for row in table("work_injury_payers") if row["slug"] == slug), on), None)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def own_wage(wage: Decimal, local_average: Decimal, on: date) -> tuple[Decimal, tuple[Message, ...]]:
    """The wage that counts: the own monthly average, not below and not above its shares of the local average."""
    floor, cap = (threshold(slug, on).value * local_average / WHOLE for slug in ("own-wage-floor", "own-wage-cap"))
    counted = _cents(min(max(wage, floor), cap))
    bounds = {"floor": _cents(floor), "cap": _cents(cap)}
    step = Message("Own wage %(wage)s, not below %(floor)s and not above %(cap)s: %(counted)s", wage=wage, counted=counted, **bounds)
    return counted, (step,)


def employment_share(years: Decimal, on: date) -> Decimal:
    """The share of the employment subsidy, in per cent, that is left so many years before retirement."""
    full, fall = threshold("employment-subsidy-years", on).value, threshold("employment-subsidy-fall", on).value
    missing = ceil(full - years) if years < full else 0
    return max(Decimal(0), WHOLE - fall * missing)


@question("grant")
def ask_grant(
    grade: int, wage: Decimal, local_average: Decimal, on: date, province_average: Decimal | None = None,
    years_to_retirement: Decimal | None = None, insured: str = "yes",
) -> Answer:  # fmt: skip
    """What a grade brings: monthly wages and averages in yuan, years to retirement, insured yes or no."""
    if grade not in GRADES:
        raise QuestionError(Message("The grade lies between 1 and 10."))
    if insured not in ("yes", "no"):
        raise QuestionError(Message("insured is yes or no."))
    if local_average <= 0:
        raise QuestionError(Message("The local average wage is above 0."))
    rows = {row["item"]: row for row in in_force((row for row in table("work_injury_grants") if row["grade"] == str(grade)), on)}
    if ONE_OFF not in rows or not threshold("own-wage-floor", on).is_answered:
        return no_answer(Message("No rule of that name was in force on %(day)s.", day=on.isoformat()))
    counted, steps = own_wage(wage, local_average, on)
    value: dict[str, Any] = {"grade": grade, "own_wage": counted, "items": {}}
    for item, row in rows.items():
        amount, way = _amount(row, counted, province_average, years_to_retirement, on)
        payer = row["payer"] if insured == "yes" else "employer"
        value["items"][item] = {
            "amount": amount, "payer": payer, "article": row["article"], "condition": CONDITIONS.get((item, row["payer"])), "months_or_percent": Decimal(row["amount"]),
        }  # fmt: skip
        steps = (*steps, *way)
    if insured == "no" and (rule := payer_rule("uninsured", on)) is not None:
        steps = (*steps, Message("Not insured: the employer pays all of it (%(article)s).", article=rule["article"]))
    is_sure = all(row["verified"] == "yes" for row in rows.values()) and not _rests_on_a_begun_year(rows, years_to_retirement, on)
    sources = dict.fromkeys(row["article"] for row in rows.values())
    return Answer(value, unit="CNY", source="; ".join(sources), verified=is_sure, steps=steps, message=INFORMATION)


def _rests_on_a_begun_year(rows: dict[str, Row], years: Decimal | None, on: date) -> bool:
    if EMPLOYMENT not in rows or years is None:
        return False
    return years < threshold("employment-subsidy-years", on).value and years != years.to_integral_value()


def _amount(row: Row, counted: Decimal, province: Decimal | None, years: Decimal | None, on: date) -> tuple[Decimal | None, list[Message]]:
    """What one item comes to, with the arithmetic; nothing where something it needs was not said."""
    name, number = ITEMS[row["item"]], Decimal(row["amount"])
    match row["unit"]:
        case "months-own-wage":
            amount = _cents(number * counted)
            return amount, [Message("%(item)s: %(number)s × %(wage)s = %(amount)s", item=name, number=number, wage=counted, amount=amount)]
        case "percent-own-wage":
            amount = _cents(number * counted / WHOLE)
            return amount, [
                Message("%(item)s: %(number)s %% × %(wage)s = %(amount)s", item=name, number=number, wage=counted, amount=amount)
            ]
    if province is None:
        return None, [Message("%(item)s: %(number)s × the province’s average wage, which was not given", item=name, number=number)]
    amount = _cents(number * province)
    way = [Message("%(item)s: %(number)s × %(wage)s = %(amount)s", item=name, number=number, wage=province, amount=amount)]
    if row["item"] != EMPLOYMENT or years is None:
        return amount, way
    share = employment_share(years, on)
    left = _cents(amount * share / WHOLE)
    if share != WHOLE:
        way.append(
            Message(
                "%(years)s years before retirement %(share)s %% of it are left, a begun year counted whole: %(left)s",
                years=years,
                share=share,
                left=left,
            )
        )
    return left, way
