"""The indexes of cases: one for each order of a list, which holds everything that the list asks, so that it is read alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Index, text

from ohs.cases.transfer_rules import OPEN_KINDS

#: What lists are narrowed by and policy asks: an index that holds all of it answers without the record.
LISTED = (
    "kind", "status", "county_code", "region_code", "owner_id", "assignee_id", "employer_id", "clinic_id", "institution_id", "appraisal_owner_id",
    "work_injury_owner_id", "suit_owner_id", "opened_on", "due_on", "closed_on", "id",
)  # fmt: skip
#: Whatever has no next day comes last.
NEXT_DAY = "coalesce(due_on, '9999-12-31')"
OPEN, CLOSED = "closed_on IS NULL", "closed_on IS NOT NULL"
#: All that human resources read, but for what an office answers for.
AT_WORK_INJURY, AT_INSTITUTION = "work_injury_owner_id IS NOT NULL", "institution_id IS NOT NULL"
#: All that safety reads, and human resources beside work injury: the kinds that any department may hold. Said so that the index by kind does not lead.
OPEN_TO_ALL = f"coalesce(kind, kind) IN ({', '.join(map(repr, OPEN_KINDS))})"


def case_indexes() -> tuple[Index, ...]:
    """All of them but those of single columns."""
    return (
        # Of one subject there is one open case of a kind.
        Index("uq_case_one_open", "kind", "subject", unique=True, sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
        # The orders of lists, of what is open and of what is closed.
        _listed("ix_case_open_by_opening", "opened_on", "id", where=OPEN),
        _listed("ix_case_open_by_next_day", NEXT_DAY, "id", where=OPEN),
        _listed("ix_case_closed_by_opening", "opened_on", "id", where=CLOSED),
        _listed("ix_case_closed_by_next_day", NEXT_DAY, "id", where=CLOSED),
        _listed("ix_case_by_number", "number"),
        # The same within a county.
        _listed("ix_case_open_by_county", "county_code", "opened_on", "id", where=OPEN),
        _listed("ix_case_open_by_county_and_next_day", "county_code", NEXT_DAY, "id", where=OPEN),
        _listed("ix_case_by_county_and_number", "county_code", "number"),
        _listed("ix_case_closed_by_county", "county_code", "opened_on", "id", where=CLOSED),
        # The same of one's own.
        _listed("ix_case_by_employer", "employer_id", "opened_on", "id"),
        _listed("ix_case_by_employer_and_next_day", "employer_id", NEXT_DAY, "id"),
        _listed("ix_case_by_clinic", "clinic_id", "opened_on", "id"),
        _listed("ix_case_by_clinic_and_next_day", "clinic_id", NEXT_DAY, "id"),
        _listed("ix_case_by_institution", "institution_id", "opened_on", "id", where=AT_INSTITUTION),
        _listed("ix_case_by_institution_and_next_day", "institution_id", NEXT_DAY, "id", where=AT_INSTITUTION),
        _numbered("ix_case_by_employer_and_number", "employer_id"),
        _numbered("ix_case_by_clinic_and_number", "clinic_id"),
        _numbered("ix_case_by_institution_and_number", "institution_id", where=AT_INSTITUTION),
        # The same of work injury.
        _listed("ix_case_at_work_injury_by_opening", "opened_on", "id", where=AT_WORK_INJURY),
        _listed("ix_case_at_work_injury_by_next_day", NEXT_DAY, "id", where=AT_WORK_INJURY),
        _listed("ix_case_at_work_injury_by_number", "number", where=AT_WORK_INJURY),
        _listed("ix_case_at_work_injury_by_county", "county_code", "number", where=AT_WORK_INJURY),
        # The same of what any department may hold; an import opens none of it.
        _listed("ix_case_open_to_all_by_opening", "opened_on", "id", where=OPEN_TO_ALL),
        _listed("ix_case_open_to_all_by_next_day", NEXT_DAY, "id", where=OPEN_TO_ALL),
        _listed("ix_case_open_to_all_by_number", "number", where=OPEN_TO_ALL),
        _listed("ix_case_complaint_by_town", "region_code", "opened_on", "id", where="kind = 'complaint'"),
        # What may leave so few that they are sorted.
        _listed("ix_case_by_kind", "kind", "closed_on", "id"),
        _listed("ix_case_by_status", "status", "closed_on", "id"),
        # What an office answers for elsewhere.
        Index("ix_case_by_owner", "owner_id", "county_code", "id"),
        _elsewhere("ix_case_by_appraisal_owner", "appraisal_owner_id"),
        _elsewhere("ix_case_by_work_injury_owner", "work_injury_owner_id"),
        _elsewhere("ix_case_by_suit_owner", "suit_owner_id"),
    )


def _listed(name: str, *first: str, where: str = "") -> Index:
    columns = [text(one) if one == NEXT_DAY else one for one in (*first, *(one for one in LISTED if one not in first))]
    return _index(name, columns, where)


def _numbered(name: str, own: str, where: str = "") -> Index:
    """By number, with what usually leaves rows out: all of it would be dear to keep."""
    return _index(name, [own, "number", "kind", "due_on", "closed_on", "id"], where)


def _index(name: str, columns: Sequence[Any], where: str) -> Index:
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where)) if where else Index(name, *columns)


def _elsewhere(name: str, owner: str) -> Index:
    is_begun = text(f"{owner} IS NOT NULL")
    return Index(name, owner, "county_code", "id", sqlite_where=is_begun, postgresql_where=is_begun)
