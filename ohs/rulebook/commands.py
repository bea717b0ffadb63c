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
from ohs.kernel.i18n import say
from ohs.rulebook import (  # noqa: F401  (each offers its questions)
    acceptor,
    deadlines,
    diseases,
    evaluation,
    examinations,
    grades,
    hazards,
    industries,
    intervals,
    limits,
    numbers,
    sizes,
)
from ohs.rulebook.answer import Answer
from ohs.rulebook.questions import QuestionError, ask


@click.command("rule")
@click.argument("name")
@click.argument("given", nargs=-1, metavar="KEY=VALUE…")
@click.option("--json", "wants_json", is_flag=True)
def rule(name: str, given: tuple[str, ...], wants_json: bool) -> None:
    """Ask the rulebook; exit 0 answered, 3 no answer, 2 the question is not of the form."""
    try:
        answer = ask(name, given, today())
    except QuestionError as wrong:
        click.echo(say(wrong.message), err=True)
        sys.exit(2)
    click.echo(json.dumps(as_json(answer), ensure_ascii=False) if wants_json else _as_text(answer))
    sys.exit(0 if answer.is_answered else 3)


def as_json(answer: Answer) -> dict[str, Any]:
    """An answer as programs get it."""
    return {
        "value": plain(answer.value),
        "unit": answer.unit,
        "edition": answer.edition,
        "source": answer.source,
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
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _as_text(answer: Answer) -> str:
    fields = as_json(answer)
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in fields.items() if key != "steps" and value is not None]
    return "\n".join([*lines, *(f"  {number}. {step}" for number, step in enumerate(fields["steps"], 1))])


def init_app(app: Flask) -> None:
    """Offer the command."""
    app.cli.add_command(rule)
