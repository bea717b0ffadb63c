"""Joint meetings that are moved or called off, and who is told."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

UNREAD = sa.text("read_at IS NULL")
CHANGE = {
    "what_known": "what IN ('called', 'moved', 'called-off')",
    "changes_a_day": "(what = 'called') = (before_on IS NULL)",
    "has_reason": "what = 'called' OR reason <> ''",
}


def upgrade() -> None:
    # In one piece: a table to which others point cannot be made anew on SQLite.
    op.execute(
        "ALTER TABLE meeting ADD COLUMN called_off_on DATE CONSTRAINT ck_meeting_held_or_called_off CHECK (closed_on IS NULL OR called_off_on IS NULL)"
    )
    op.create_table(
        "meeting_change",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("before_on", sa.Date(), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("untold", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_meeting_change_{name}")) for name, rule in CHANGE.items()),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_change_meeting_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["made_by_id"], ["user.id"], name=op.f("fk_meeting_change_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_change")),
    )
    op.create_index("ix_meeting_change_by_meeting", "meeting_change", ["meeting_id"])
    op.create_table(
        "meeting_notice",
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "read_by_id IS NULL OR read_at IS NOT NULL", name=op.f("ck_meeting_notice_read_by_somebody_at_some_time")
        ),
        sa.ForeignKeyConstraint(
            ["change_id"], ["meeting_change.id"], name=op.f("fk_meeting_notice_change_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_meeting_notice_organisation_id")),
        sa.ForeignKeyConstraint(["read_by_id"], ["user.id"], name=op.f("fk_meeting_notice_read_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_notice")),
        sa.UniqueConstraint("change_id", "organisation_id", name=op.f("uq_meeting_notice_change_id_organisation_id")),
    )
    op.create_index("ix_meeting_notice_unread", "meeting_notice", ["organisation_id", "id"], sqlite_where=UNREAD, postgresql_where=UNREAD)


def downgrade() -> None:
    op.drop_table("meeting_notice")
    op.drop_table("meeting_change")
    op.drop_column("meeting", "called_off_on")
