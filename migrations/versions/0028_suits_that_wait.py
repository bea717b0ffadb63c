"""A suit over an award waits where the diagnosis procedure goes on after all."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

CHECK = "ck_case_track_status_known"
STATUSES = (
    "susp:appraisal:to_serve", "susp:appraisal:served", "susp:appraisal:appr1", "susp:appraisal:final_yes", "susp:appraisal:final_no",
    "susp:appraisal:appr1_open", "susp:appraisal:appr1_done", "susp:appraisal:appr2", "susp:work_injury:wi_due", "susp:work_injury:wi_applied",
    "susp:work_injury:wi_not_applied", "susp:work_injury:wi_accepted", "susp:work_injury:wi_not_accepted", "susp:work_injury:wi_yes",
    "susp:work_injury:wi_no", "susp:work_injury:wi_disputed", "susp:work_injury:lc_applied", "susp:work_injury:benefit",
    "susp:work_injury:lc_done", "susp:work_injury:lc_re", "susp:work_injury:followup", "susp:work_injury:wi_closed", "susp:suit:suit_open",
    "susp:suit:suit_filed", "susp:suit:suit_unused", "susp:suit:suit_ended",
)  # fmt: skip
WAITS = "susp:suit:suit_waiting"


def upgrade() -> None:
    _know((*STATUSES, WAITS))


def downgrade() -> None:
    op.execute("UPDATE case_track SET status = 'suit_unused' WHERE track = 'suit' AND status = 'suit_waiting'")
    _know(STATUSES)


def _know(statuses: tuple[str, ...]) -> None:
    """Let the database know these statuses of tracks, and no others."""
    condition = f"kind || ':' || track || ':' || status IN ({', '.join(map(repr, statuses))})"
    bind = op.get_bind()
    if bind.dialect.name != "sqlite":
        op.drop_constraint(op.f(CHECK), "case_track", type_="check")
        op.create_check_constraint(op.f(CHECK), "case_track", condition)
        return
    # Only the text of the constraint is changed, as SQLite's manual allows: the table keeps its rows, indexes and keys.
    text = bind.execute(sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'case_track'")).scalar_one()
    start = text.index("(", text.index(CHECK))
    version = bind.execute(sa.text("PRAGMA schema_version")).scalar_one()
    bind.exec_driver_sql("PRAGMA writable_schema = ON")
    bind.execute(
        sa.text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = 'case_track'"),
        {"sql": f"{text[:start]}({condition}){text[_end_of(text, start) :]}"},
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
