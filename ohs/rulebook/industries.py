"""Industries (GB/T 4754-2017) and the hazard risk class of an industry (catalogue of 2021)."""

from __future__ import annotations

from datetime import date
from functools import cache

from rapidfuzz import fuzz, process

from ohs.kernel.message import Message
from ohs.rulebook.answer import Answer, no_answer
from ohs.rulebook.hazards import fold
from ohs.rulebook.questions import QuestionError, question
from ohs.rulebook.tables import Row, table

#: Day on which the catalogue was issued; its edition stands in every row.
CATALOGUE = "国卫办职健发〔2021〕5号"


#: What a scope that the catalogue leaves blank is called.
OTHERS = "其他"
FOLD = str.maketrans("（）", "()", " 　")


@cache
def _industries() -> dict[str, Row]:
    return {row["code"]: row for row in table("industries")}


def find_industry(text: str) -> Row | None:
    """An industry by code (with or without its section letter) or name, brackets of either width."""
    text = text.strip()
    code = text[1:] if len(text) > 1 and text[0].isalpha() and text[1:].isdigit() else text
    if code in _industries():
        return _industries()[code]
    return _names().get(text.translate(FOLD))


def unknown_industry(text: str) -> Message:
    """Why an industry is not understood, with the names that look most like it."""
    names = {row["name_zh"]: row["code"] for row in table("industries")}
    nearest = [
        f"{names[name]} {name}" for name, _score, _index in process.extract(text, list(names), scorer=fuzz.WRatio, limit=3, score_cutoff=60)
    ]
    if not nearest:
        return Message("“%(industry)s” is no industry of GB/T 4754-2017.", industry=text)
    return Message("“%(industry)s” is no industry of GB/T 4754-2017; nearest: %(nearest)s.", industry=text, nearest=nearest)


@cache
def _names() -> dict[str, Row]:
    """By name; where several carry it, the narrowest."""
    return {row["name_zh"].translate(FOLD): row for row in sorted(table("industries"), key=lambda row: len(row["code"]))}


@cache
def _risks() -> dict[str, tuple[Row, ...]]:
    found: dict[str, list[Row]] = {}
    for row in table("industry_hazard_risk"):
        found.setdefault(row["industry_code"], []).append(row)
    return {code: tuple(rows) for code, rows in found.items()}


@cache
def catalogue_start() -> date:
    """The day on which the catalogue took effect."""
    row = next(row for row in table("editions") if "industry_hazard_risk" in row["table_or_subject"] and row["edition"] == "2021")
    return date.fromisoformat(row["effective_from"])


@question("risk-class")
def risk_class(industry: str, on: date, solvents: str = "", scope: str = "") -> Answer:
    """Serious or general; where the catalogue makes it depend on solvents or scope and neither was said, what must be asked."""
    found = find_industry(industry)
    if solvents not in ("", "yes", "no"):
        raise QuestionError(Message("solvents is yes or no."))
    if found is None:
        return no_answer(unknown_industry(industry))
    if on < catalogue_start():
        return no_answer(Message("The catalogue in force on %(day)s is not among our tables.", day=on.isoformat()))
    code = next((found["code"][:length] for length in (4, 3) if found["code"][:length] in _risks()), None)
    if code is None and (groups := _groups_within(found["code"])):
        return _asking("industry", Message("The catalogue lists groups of this industry, not the whole; say which."), [], groups)
    if code is None:
        return no_answer(
            Message("The catalogue does not list this industry; its class is settled by evaluation."), source=CATALOGUE, edition="2021"
        )
    rows = _risks()[code]
    steps = [Message("%(code)s %(name)s is listed in the catalogue as %(listed)s.", code=found["code"], name=found["name_zh"], listed=code)]
    if rows[0]["scope_zh"]:
        if len(rows) == 1 and scope and fold(scope) != fold(rows[0]["scope_zh"]):
            sentence = Message(
                "The catalogue lists of this industry only %(scope)s; any other is settled by evaluation.", scope=rows[0]["scope_zh"]
            )
            return no_answer(sentence, *steps, source=CATALOGUE, edition="2021")
        chosen = [row for row in rows if scope and fold(scope) == fold(row["scope_zh"] or OTHERS)]
        if len(chosen) != 1:
            scopes = [row["scope_zh"] or OTHERS for row in rows] + ([OTHERS] if len(rows) == 1 else [])
            sentence = Message("The class depends on what is made: %(scopes)s.", scopes=scopes)
            if scope:
                sentence = Message(
                    "“%(scope)s” is no part of this industry in the catalogue; it knows: %(scopes)s.", scope=scope, scopes=scopes
                )
            return _asking("scope", sentence, steps, scopes)
        rows = tuple(chosen)
    row = rows[0]
    if row["conditional"] == "yes":
        if solvents not in ("yes", "no"):
            sentence = Message("The class depends on whether glue, cleaner, ink or paint with benzene, n-hexane or the like is used.")
            return _asking("solvents", sentence, steps, ["yes", "no"])
        steps.append(Message("Solvents with benzene or the like: %(solvents)s.", solvents=Message(solvents)))
        if solvents == "no":
            return Answer("general", edition="2021", source=CATALOGUE, verified=row["verified"] == "yes", steps=tuple(steps))
    return Answer(row["risk"], edition="2021", source=CATALOGUE, verified=row["verified"] == "yes", steps=tuple(steps))


def _groups_within(code: str) -> list[str]:
    """The listed groups and classes of a wider industry, each with its name."""
    parents = {row["code"]: row["parent_code"] for row in table("industries")}

    def is_within(listed: str) -> bool:
        while listed and listed != code:
            listed = parents.get(listed, "")
        return bool(listed)

    return [f"{listed} {_industries()[listed]['name_zh']}" for listed in _risks() if is_within(listed)]


def _asking(key: str, sentence: Message, steps: list[Message], choices: list[str]) -> Answer:
    return Answer({"ask": key, "choices": choices}, edition="2021", source=CATALOGUE, verified=True, steps=tuple(steps), message=sentence)
