"""A sentence for people as data: an English message id and the values that fill it, translated only at the edge."""

from __future__ import annotations

from decimal import Decimal
from typing import Any


class Message:
    """One sentence. `id` is the English text with `%(name)s` places; `values` fill them. Immutable and hashable.

    A value may itself be a `Message`, or a list or tuple of values, which the edge joins. Decimals are written out, never 6E+1.
    """

    __slots__ = ("id", "values")

    id: str
    values: dict[str, Any]

    def __init__(self, id: str, **values: Any) -> None:
        object.__setattr__(self, "id", id)
        object.__setattr__(self, "values", values)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("a Message does not change")

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (self.id, self.values))

    def __str__(self) -> str:
        return self.render(str)

    def __repr__(self) -> str:
        return f"Message({self.id!r}, {self.values!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and self.id == other.id and self.values == other.values

    def __hash__(self) -> int:
        return hash((self.id, repr(sorted(self.values.items(), key=lambda item: item[0]))))

    def render(self, translate: Any, joiner: str = ", ") -> str:
        """The sentence with every id passed through `translate` (a function from English to the reader's language)."""
        template = str(translate(self.id))
        if not self.values:
            return template
        return template % {name: _fill(value, translate, joiner) for name, value in self.values.items()}


def _fill(value: Any, translate: Any, joiner: str) -> Any:
    if isinstance(value, Message):
        return value.render(translate, joiner)
    if isinstance(value, (list, tuple)):
        return joiner.join(str(_fill(item, translate, joiner)) for item in value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value


def _rebuild(id: str, values: dict[str, Any]) -> Message:
    return Message(id, **values)
