"""Employers for tests."""

from __future__ import annotations

from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from ohs.kernel.identity import uscc_check_character
from ohs.registry.models import Employer

_number = count(1)


def make_employer(session: Session, **given: Any) -> Employer:
    """A registered employer in 海宁 unless something else is said."""
    number = next(_number)
    first17 = f"91330481MAY{number:06d}"
    defaults = {
        "uscc": first17 + uscc_check_character(first17),
        "name": f"海宁恒丰皮革制品有限公司{number}",
        "county_code": "330481",
        "region_code": "330481101",
        "contact_phone": "19900000000",
    }
    employer = Employer(**(defaults | given))
    session.add(employer)
    session.flush()
    return employer
