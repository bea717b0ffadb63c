"""The records that cases rest on, and the status of a case whose finding was corrected."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

CHECK = "ck_case_file_status_known"
WITHDRAWN = ("susp:main:closed_withdrawn", "contra:main:closed_withdrawn", "recheck:main:closed_withdrawn")
STATUSES = (
    "susp:main:detected", "susp:main:notified", "susp:main:arranged", "susp:main:declined",
    "susp:main:accepted", "susp:main:material", "susp:main:complete", "susp:main:urged",
    "susp:main:suspended", "susp:main:diagnosed_yes", "susp:main:diagnosed_no", "susp:main:closed_neg",
    "susp:main:closed", "susp:main:closed_withdrawn", "contra:main:detected", "contra:main:notified",
    "contra:main:not_assigned", "contra:main:verify", "contra:main:removed", "contra:main:review",
    "contra:main:closed_lifted", "contra:main:closed", "contra:main:breach", "contra:main:reopened",
    "contra:main:closed_withdrawn", "recheck:main:due", "recheck:main:informed", "recheck:main:booked",
    "recheck:main:done", "recheck:main:closed", "recheck:main:reminded", "recheck:main:lead",
    "recheck:main:closed_undone", "recheck:main:closed_withdrawn", "overdue:main:open", "overdue:main:notified",
    "overdue:main:committed", "overdue:main:contest", "overdue:main:closed_na", "overdue:main:examined",
    "overdue:main:closed", "overdue:main:ordered", "overdue:main:penalty", "overlimit:main:exceeded",
    "overlimit:main:controlling", "overlimit:main:planned", "overlimit:main:ordered", "overlimit:main:retest",
    "overlimit:main:verify", "overlimit:main:closed", "overlimit:main:stop_required", "overlimit:main:stopped",
    "overlimit:main:penalty", "cluster:main:found", "cluster:main:visited", "cluster:main:closed",
    "shortdust:main:found", "shortdust:main:closed", "acute:main:reported", "acute:main:controlled",
    "acute:main:closed", "complaint:main:received", "complaint:main:handling", "complaint:main:closed",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "case_source",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("what IN ('examination', 'measurement', 'declaration')", name=op.f("ck_case_source_what_known")),
        sa.CheckConstraint("role IN ('finding', 'answer')", name=op.f("ck_case_source_role_known")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_source_case_id_case_file"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_source")),
        sa.UniqueConstraint("case_id", "what", "record_id", "role", name=op.f("uq_case_source_case_id_what_record_id_role")),
    )
    op.create_index("ix_case_source_by_record", "case_source", ["what", "record_id"])
    _know(STATUSES)


def downgrade() -> None:
    _know(tuple(status for status in STATUSES if status not in WITHDRAWN))
    op.drop_table("case_source")


def _know(statuses: tuple[str, ...]) -> None:
    """Let the database know these statuses of cases, and no others."""
    condition = f"kind || ':' || 'main' || ':' || status IN ({', '.join(map(repr, statuses))})"
    bind = op.get_bind()
    if bind.dialect.name != "sqlite":
        op.drop_constraint(op.f(CHECK), "case_file", type_="check")
        op.create_check_constraint(op.f(CHECK), "case_file", condition)
        return
    # Making the table anew would delete, by their foreign keys, whatever belongs to its rows; so only its text is changed,
    # as SQLite's manual allows for a constraint.
    text = bind.execute(sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'case_file'")).scalar_one()
    start = text.index("(", text.index(CHECK))
    version = bind.execute(sa.text("PRAGMA schema_version")).scalar_one()
    bind.exec_driver_sql("PRAGMA writable_schema = ON")
    bind.execute(
        sa.text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = 'case_file'"),
        {"sql": f"{text[:start]}({condition}){text[_end_of(text, start):]}"},
    )
    bind.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    bind.exec_driver_sql("PRAGMA writable_schema = OFF")


def _end_of(text: str, start: int) -> int:
    """The place after the bracket that closes the one at `start`; statuses hold no brackets."""
    depth = 0
    for place in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if depth == 0:
            return place + 1
    raise ValueError("the constraint is not closed")
