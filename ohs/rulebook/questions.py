"""Questions to the rulebook by name: typed functions, asked with `key=value`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, get_type_hints

from ohs.kernel.message import Message
from ohs.rulebook.answer import Answer

Question = Callable[..., Answer]
_questions: dict[str, Question] = {}
#: The parameter that takes the office's calendar; it is no key.
CALENDAR = "work"
#: Numbers are read up to so many places before and behind the point, days in these years: enough for any question, and quick.
PLACES, YEARS = 15, range(1900, 2200)


class QuestionError(Exception):
    """The question is not of the form."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


def question(name: str) -> Callable[[Question], Question]:
    """Offer a function as a question; its keyword arguments, without a trailing `_`, are the keys."""

    def register(function: Question) -> Question:
        _questions[name] = function
        return function

    return register


def needs_calendar(name: str) -> bool:
    """Whether a question counts working days."""
    return name in _questions and CALENDAR in inspect.signature(_questions[name]).parameters


def names() -> list[str]:
    """The questions that can be asked."""
    return sorted(_questions)


def known_questions() -> Message:
    """Which questions there are."""
    return Message("The questions are: %(known)s.", known=names())


def ask(name: str, given: Sequence[str], today: date, work: Any = None) -> Answer:
    """Put a question; `on` is today when left out, `work` the office's calendar. Raises `QuestionError` for anything not of the form."""
    function = _questions.get(name)
    if function is None:
        raise QuestionError(Message("“%(name)s” is not a question. %(known)s", name=name, known=known_questions()))
    hints = get_type_hints(function)
    keys = {parameter.rstrip("_"): parameter for parameter in inspect.signature(function).parameters if parameter != CALENDAR}
    arguments: dict[str, Any] = {CALENDAR: work} if needs_calendar(name) and work is not None else {}
    for part in given:
        key, equals, text = part.partition("=")
        if not equals or key not in keys:
            raise QuestionError(
                Message("“%(part)s” is not understood; %(name)s is asked with: %(keys)s.", part=part, name=name, keys=sorted(keys))
            )
        if keys[key] in arguments:
            raise QuestionError(Message("%(key)s stands twice.", key=key))
        arguments[keys[key]] = _read(key, text.strip(), hints[keys[key]])
    if "on" in keys and "on" not in arguments:
        arguments["on"] = today
    required = [
        key for key, parameter in keys.items() if inspect.signature(function).parameters[parameter].default is inspect.Parameter.empty
    ]
    if missing := [key for key in required if keys[key] not in arguments]:
        raise QuestionError(Message("%(name)s also needs: %(keys)s.", name=name, keys=missing))
    return function(**arguments)


def _read(key: str, text: str, hint: Any) -> Any:
    wanted = (hint, *getattr(hint, "__args__", ()))
    if not text:
        raise QuestionError(Message("%(key)s is empty.", key=key))
    try:
        if date in wanted:
            return _day(key, text)
        if Decimal in wanted:
            return _number(key, text)
        if int in wanted:
            return _whole(key, text)
    except (ValueError, InvalidOperation) as wrong:
        if date in wanted:
            raise QuestionError(Message("“%(text)s” is no day for %(key)s; write it like 2026-08-01.", text=text, key=key)) from wrong
        raise QuestionError(Message("“%(text)s” cannot be read for %(key)s; give a number.", text=text, key=key)) from wrong
    return text


def _day(key: str, text: str) -> date:
    day = date.fromisoformat(text.replace("/", "-"))
    if day.year not in YEARS:
        raise QuestionError(
            Message("%(key)s lies outside the years %(first)s to %(last)s.", key=key, first=str(YEARS.start), last=str(YEARS.stop - 1))
        )
    return day


def _number(key: str, text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError
    if number < 0 or number.adjusted() > PLACES or number.as_tuple().exponent < -PLACES:  # type: ignore[operator]
        raise QuestionError(Message("%(key)s = %(text)s is out of range.", key=key, text=text))
    return number


def _whole(key: str, text: str) -> int:
    if len(text) > PLACES:
        raise QuestionError(Message("%(key)s = %(text)s is out of range.", key=key, text=text))
    return int(text)
