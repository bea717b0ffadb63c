"""Clocks by hand, default limits as settings, substitutes, and emergency access."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("clock_pause", sa.Column("is_by_hand", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "clock_extension",
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("before_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("document_no", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("until_on > before_on", name=op.f("ck_clock_extension_later_than_before")),
        sa.ForeignKeyConstraint(["clock_id"], ["case_clock.id"], name=op.f("fk_clock_extension_clock_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_extension")),
    )
    op.create_index(op.f("ix_clock_extension_clock_id"), "clock_extension", ["clock_id"])
    op.create_table(
        "default_clock",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_default_clock_amount_counts")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_default_clock_reason_given")),
        sa.ForeignKeyConstraint(["set_by_id"], ["user.id"], name=op.f("fk_default_clock_set_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_default_clock")),
    )
    op.create_index("ix_default_clock_by_slug", "default_clock", ["slug", "from_on", "id"])
    op.create_table(
        "substitution",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("substitute_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("user_id <> substitute_id", name=op.f("ck_substitution_another_person")),
        sa.CheckConstraint("to_on >= from_on", name=op.f("ck_substitution_ends_after_start")),
        sa.ForeignKeyConstraint(["substitute_id"], ["user.id"], name=op.f("fk_substitution_substitute_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_substitution_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitution")),
    )
    op.create_index("ix_substitution_by_user", "substitution", ["user_id", "to_on"])
    op.create_index("ix_substitution_by_substitute", "substitution", ["substitute_id", "to_on"])
    op.create_table(
        "emergency_access",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_due_on", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("review_note", sa.String(), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_at > opened_at", name=op.f("ck_emergency_access_ends_after_start")),
        sa.CheckConstraint("note <> ''", name=op.f("ck_emergency_access_reason_given")),
        sa.CheckConstraint("outcome IN ('', 'accepted', 'objected')", name=op.f("ck_emergency_access_outcome_known")),
        sa.CheckConstraint("(outcome = '') = (reviewed_by_id IS NULL)", name=op.f("ck_emergency_access_outcome_iff_reviewed")),
        sa.CheckConstraint("(reviewed_by_id IS NULL) = (reviewed_at IS NULL)", name=op.f("ck_emergency_access_reviewed_iff_dated")),
        sa.CheckConstraint("reviewed_by_id IS NULL OR reviewed_by_id <> user_id", name=op.f("ck_emergency_access_second_person")),
        sa.CheckConstraint("outcome <> 'objected' OR review_note <> ''", name=op.f("ck_emergency_access_objection_has_reason")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_emergency_access_case_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["reviewed_by_id"], ["user.id"], name=op.f("fk_emergency_access_reviewed_by_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_emergency_access_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency_access")),
    )
    op.create_index(op.f("ix_emergency_access_case_id"), "emergency_access", ["case_id"])
    op.create_index("ix_emergency_access_by_user", "emergency_access", ["user_id", "ends_at"])
    op.create_index("ix_emergency_access_pending", "emergency_access", ["outcome", "review_due_on", "id"])


def downgrade() -> None:
    for table in ("emergency_access", "substitution", "default_clock", "clock_extension"):
        op.drop_table(table)
    with op.batch_alter_table("clock_pause") as batch:
        batch.drop_column("is_by_hand")
