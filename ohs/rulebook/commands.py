"""The rulebook at the shell."""

from __future__ import annotations

import json
import sys
from datetime import date
from decimal import Decimal
from typing import Any

import click
from flask import Flask

from ohs.kernel.clock import today
from ohs.kernel.database import db
from ohs.kernel.default_clocks import find_own_amounts
from ohs.kernel.i18n import say
from ohs.kernel.message import Message
from ohs.kernel.workdays import find_edited_days
from ohs.rulebook import (  # noqa: F401  (each offers its questions)
    acceptor,
    conclusions,
    deadlines,
    diseases,
    evaluation,
    examinations,
    grades,
    grants,
    hazards,
    industries,
    intervals,
    limits,
    numbers,
    sizes,
)
from ohs.rulebook.answer import Answer, no_answer
from ohs.rulebook.deadlines import WorkCalendar
from ohs.rulebook.documents import cited
from ohs.rulebook.questions import QuestionError, ask, known_questions, needs_calendar


@click.command("rule")
@click.argument("name", required=False)
@click.argument("given", nargs=-1, metavar="KEY=VALUE…")
@click.option("--json", "wants_json", is_flag=True)
def rule(name: str | None, given: tuple[str, ...], wants_json: bool) -> None:
    """Ask the rulebook; exit 0 answered, 3 no answer, 2 the question is not of the form. Without a name it lists the questions."""
    try:
        if name is None:
            raise QuestionError(known_questions())
        answer = ask(name, given, today(), _calendar() if needs_calendar(name) else None)
    except QuestionError as wrong:
        click.echo(say(wrong.message), err=True)
        if wants_json:
            click.echo(json.dumps(as_json(no_answer(wrong.message)), ensure_ascii=False))
        sys.exit(2)
    click.echo(json.dumps(as_json(answer), ensure_ascii=False) if wants_json else _as_text(answer))
    sys.exit(0 if answer.is_answered else 3)


def _calendar() -> WorkCalendar:
    """The published calendar with this office's own days and default limits; without them where the database cannot be read."""
    days = find_edited_days(db.session())
    if days is None:
        click.echo(say(Message("The calendar of this office cannot be read; only the published one is used.")), err=True)
    return WorkCalendar(days or {}, find_own_amounts(db.session()))


def as_json(answer: Answer) -> dict[str, Any]:
    """An answer as programs get it."""
    return {
        "value": plain(answer.value),
        "unit": answer.unit,
        "edition": answer.edition,
        "source": say(answer.source) if isinstance(answer.source, Message) else answer.source,
        "verified": answer.verified,
        "steps": [say(step) for step in answer.steps],
        "message": say(answer.message) if answer.message else None,
    }


def plain(value: Any) -> Any:
    """Numbers, texts, lists and objects; days are written out."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Message):
        return say(value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _as_text(answer: Answer) -> str:
    """An answer as people read it; sources by their titles."""
    fields = as_json(answer)
    fields["source"] = fields["source"] and cited(fields["source"])
    if isinstance(fields["value"], dict) and fields["value"].get("article"):
        fields["value"]["article"] = cited(fields["value"]["article"])
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in fields.items() if key != "steps" and value is not None]
    return "\n".join([*lines, *(f"  {number}. {step}" for number, step in enumerate(fields["steps"], 1))])


def init_app(app: Flask) -> None:
    """Offer the command."""
    app.cli.add_command(rule)
