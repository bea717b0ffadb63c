"""Indexes that answer lists of cases alone, and the offices of tracks on the case itself."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

OPEN, CLOSED = "closed_on IS NULL", "closed_on IS NOT NULL"
#: Whatever has no next day comes last.
NEXT_DAY = "coalesce(due_on, '9999-12-31')"
LISTED = (
    "kind", "status", "county_code", "region_code", "owner_id", "assignee_id", "employer_id", "clinic_id", "institution_id", "appraisal_owner_id",
    "work_injury_owner_id", "suit_owner_id", "opened_on", "due_on", "closed_on", "id",
)  # fmt: skip
REMINDERS = sa.text("event = 'reminded-by-hand'")
#: Name, first columns, and of which cases.
LISTS = (
    ("ix_case_open_by_opening", ("opened_on", "id"), OPEN), ("ix_case_open_by_next_day", (NEXT_DAY, "id"), OPEN),
    ("ix_case_closed_by_opening", ("opened_on", "id"), CLOSED), ("ix_case_closed_by_next_day", (NEXT_DAY, "id"), CLOSED),
    ("ix_case_by_number", ("number",), ""),
    ("ix_case_open_by_county", ("county_code", "opened_on", "id"), OPEN), ("ix_case_open_by_county_and_next_day", ("county_code", NEXT_DAY, "id"), OPEN),
    ("ix_case_by_county_and_number", ("county_code", "number"), ""),
    ("ix_case_closed_by_county", ("county_code", "opened_on", "id"), CLOSED),
    ("ix_case_by_kind", ("kind", "closed_on", "id"), ""), ("ix_case_by_status", ("status", "id"), ""),
    ("ix_case_by_employer", ("employer_id", "opened_on", "id"), ""), ("ix_case_by_employer_and_next_day", ("employer_id", NEXT_DAY, "id"), ""),
    ("ix_case_by_clinic", ("clinic_id", "opened_on", "id"), ""), ("ix_case_by_clinic_and_next_day", ("clinic_id", NEXT_DAY, "id"), ""),
    ("ix_case_by_institution", ("institution_id", "opened_on", "id"), "institution_id IS NOT NULL"),
    ("ix_case_by_institution_and_next_day", ("institution_id", NEXT_DAY, "id"), "institution_id IS NOT NULL"),
    ("ix_case_complaint_by_town", ("region_code", "opened_on", "id"), "kind = 'complaint'"),
)  # fmt: skip
TRACKS = (("appraisal", "appraisal_owner_id"), ("work_injury", "work_injury_owner_id"), ("suit", "suit_owner_id"))
#: Before: name, columns, and of which cases.
FORMER = (
    ("ix_case_open_by_opening", ("opened_on", "id"), OPEN), ("ix_case_open_by_next_day", (NEXT_DAY, "id"), OPEN), ("ix_case_closed_by_opening", ("opened_on", "id"), CLOSED),
    ("ix_case_by_opening", ("opened_on", "id"), ""), ("ix_case_by_next_day", (NEXT_DAY, "id"), ""), ("ix_case_by_status", ("status", "id"), ""),
    *((f"ix_case_by_{name}", (column, "closed_on", "due_on", "id"), "") for name, column in (
        ("owner", "owner_id"), ("county", "county_code"), ("kind", "kind"), ("employer", "employer_id"), ("clinic", "clinic_id"), ("institution", "institution_id"),
    )),
)  # fmt: skip


def _create(name: str, columns: tuple[str, ...], where: str) -> None:
    made = [sa.text(one) if one == NEXT_DAY else one for one in columns]
    condition = {"sqlite_where": sa.text(where), "postgresql_where": sa.text(where)} if where else {}
    op.create_index(name, "case_file", made, **condition)


def upgrade() -> None:
    for name, _columns, _where in FORMER:
        op.drop_index(name, "case_file")
    op.add_column("case_waiting", sa.Column("kind", sa.String(), server_default="", nullable=False))
    op.execute("UPDATE case_waiting SET kind = (SELECT kind FROM case_file WHERE id = case_waiting.case_id)")
    op.create_index("ix_case_waiting_by_kind", "case_waiting", ["organisation_id", "kind", "due_on", "id"])
    op.drop_index("ix_case_waiting_by_case", "case_waiting")
    op.create_index("ix_case_waiting_by_case", "case_waiting", ["case_id", "organisation_id"])
    op.create_index("ix_case_notice_reminders", "case_notice", ["organisation_id", "at", "id"], sqlite_where=REMINDERS, postgresql_where=REMINDERS)
    for track, column in TRACKS:
        op.add_column("case_file", sa.Column(column, sa.Integer(), nullable=True))
        op.execute(
            f"UPDATE case_file SET {column} = (SELECT owner_id FROM case_track WHERE case_id = case_file.id AND track = '{track}') "
            f"WHERE id IN (SELECT case_id FROM case_track WHERE track = '{track}')"
        )
        _create(f"ix_case_by_{column.removesuffix('_id')}", (column, "county_code", "id"), f"{column} IS NOT NULL")
    _create("ix_case_by_owner", ("owner_id", "county_code", "id"), "")
    for name, first, where in LISTS:
        _create(name, (*first, *(one for one in LISTED if one not in first)), where)


def downgrade() -> None:
    op.drop_index("ix_case_notice_reminders", "case_notice")
    op.drop_index("ix_case_waiting_by_case", "case_waiting")
    op.create_index("ix_case_waiting_by_case", "case_waiting", ["case_id"])
    op.drop_index("ix_case_waiting_by_kind", "case_waiting")
    op.drop_column("case_waiting", "kind")
    for name, _first, _where in LISTS:
        op.drop_index(name, "case_file")
    op.drop_index("ix_case_by_owner", "case_file")
    for _track, column in TRACKS:
        op.drop_index(f"ix_case_by_{column.removesuffix('_id')}", "case_file")
        op.drop_column("case_file", column)
    for name, columns, where in FORMER:
        _create(name, columns, where)
