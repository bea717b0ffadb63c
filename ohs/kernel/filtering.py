"""Forms whose filters live in the address."""

from __future__ import annotations

from typing import Any

from wtforms import IntegerField
from wtforms.validators import NumberRange, Optional

from ohs.kernel.forms import PageForm

#: The largest number that a record can have.
LARGEST = 2**31 - 1


def record_key(text: str) -> int:
    """The key of a record in an address. Raises `ValueError` for what no record can have."""
    key = int(text)
    if not 0 <= key <= LARGEST:
        raise ValueError("no record has such a key")
    return key


class FilterForm(PageForm):
    """What a list may be narrowed by: read from the address, nothing required, a choice that does not exist narrows nothing."""

    class Meta:
        csrf = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self:
            field.validators = [Optional(), *field.validators]
            if isinstance(field, IntegerField):
                field.validators.append(NumberRange(0, LARGEST))

    def good(self) -> dict[str, Any]:
        """What was chosen and could be read, by the name in the address."""
        self.validate()
        return {field.short_name: field.data for field in self if not field.errors and field.data}
