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


def names() -> list[str]:
    """The questions that can be asked."""
    return sorted(_questions)


def ask(name: str, given: Sequence[str], today: date) -> Answer:
    """Put a question; `on` is today when left out. Raises `QuestionError` for anything not of the form."""
    function = _questions.get(name)
    if function is None:
        raise QuestionError(Message("“%(name)s” is not a question; there are: %(known)s.", name=name, known=names()))
    hints = get_type_hints(function)
    keys = {parameter.rstrip("_"): parameter for parameter in inspect.signature(function).parameters}
    arguments: dict[str, Any] = {}
    for part in given:
        key, equals, text = part.partition("=")
        if not equals or key not in keys:
            raise QuestionError(
                Message("“%(part)s” is not understood; %(name)s is asked with: %(keys)s.", part=part, name=name, keys=sorted(keys))
            )
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
    try:
        if date in (hint, *getattr(hint, "__args__", ())):
            return date.fromisoformat(text)
        if Decimal in (hint, *getattr(hint, "__args__", ())):
            number = Decimal(text)
            if not number.is_finite():
                raise ValueError
            return number
        if int in (hint, *getattr(hint, "__args__", ())):
            return int(text)
    except (ValueError, InvalidOperation) as wrong:
        raise QuestionError(Message("“%(text)s” cannot be read for %(key)s.", text=text, key=key)) from wrong
    if not text:
        raise QuestionError(Message("%(key)s is empty.", key=key))
    return text
