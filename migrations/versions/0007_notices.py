"""Notices, and mail on its way."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

UNREAD = sa.text("read_at IS NULL")
WAITING, FAILED = sa.text("state = 'waiting'"), sa.text("state = 'failed'")


def upgrade() -> None:
    op.create_table(
        "case_notice",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("track", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("cases > 0", name=op.f("ck_case_notice_about_something")),
        sa.CheckConstraint("(case_id IS NULL) = (cases > 1)", name=op.f("ck_case_notice_one_case_or_many")),
        sa.CheckConstraint("position >= 0 AND (position = 0 OR case_id IS NOT NULL)", name=op.f("ck_case_notice_step_of_a_case")),
        sa.CheckConstraint("read_by_id IS NULL OR read_at IS NOT NULL", name=op.f("ck_case_notice_read_by_somebody_at_some_time")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_case_notice_organisation_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_notice_case_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["by_id"], ["organisation.id"], name=op.f("fk_case_notice_by_id")),
        sa.ForeignKeyConstraint(["read_by_id"], ["user.id"], name=op.f("fk_case_notice_read_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_notice")),
    )
    op.create_index(op.f("ix_case_notice_case_id"), "case_notice", ["case_id"])
    op.create_index("ix_case_notice_by_organisation", "case_notice", ["organisation_id", "at", "id"])
    op.create_index("ix_case_notice_by_kind", "case_notice", ["organisation_id", "kind", "at", "id"])
    op.create_index(
        "ix_case_notice_unread", "case_notice", ["organisation_id", "at", "id"], sqlite_where=UNREAD, postgresql_where=UNREAD
    )

    op.create_table(
        "case_reminder",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_reminder_case_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_case_reminder_organisation_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_case_reminder_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_reminder")),
        sa.UniqueConstraint("case_id", "organisation_id", "on", name=op.f("uq_case_reminder_case_id_organisation_id_on")),
    )

    op.create_table(
        "contact",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.LargeBinary(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("told", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("channel IN ('mail', 'sms', 'government')", name=op.f("ck_contact_channel_known")),
        sa.CheckConstraint("told IN ('at-once', 'daily', 'none')", name=op.f("ck_contact_told_known")),
        sa.CheckConstraint("told = 'none' OR channel <> 'mail' OR email IS NOT NULL", name=op.f("ck_contact_mail_has_address")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_contact_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sa.UniqueConstraint("user_id", name=op.f("uq_contact_user_id")),
    )

    op.create_table(
        "outgoing",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("send_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("channel IN ('mail', 'sms', 'government')", name=op.f("ck_outgoing_channel_known")),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'logged', 'failed')", name=op.f("ck_outgoing_state_known")),
        sa.CheckConstraint("(state = 'waiting') = (ended_at IS NULL)", name=op.f("ck_outgoing_waiting_iff_not_ended")),
        sa.CheckConstraint("count > 0 AND tries >= 0", name=op.f("ck_outgoing_counts")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_outgoing_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing")),
    )
    op.create_index("ix_outgoing_waiting", "outgoing", ["send_at", "id"], sqlite_where=WAITING, postgresql_where=WAITING)
    op.create_index("ix_outgoing_failed", "outgoing", ["ended_at", "id"], sqlite_where=FAILED, postgresql_where=FAILED)
    op.create_index("ix_outgoing_by_person", "outgoing", ["user_id", "channel", "state"])
    op.create_index("ix_outgoing_ended", "outgoing", ["ended_at"])


def downgrade() -> None:
    for table in ("outgoing", "contact", "case_reminder", "case_notice"):
        op.drop_table(table)
