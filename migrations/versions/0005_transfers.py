"""Cases handed over between offices, and the joint meeting."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OPEN = sa.text("answer = ''")
ANSWERS = "('', 'accepted', 'refused', 'revoked', 'lapsed', 'unanswered', 'dropped')"


def upgrade() -> None:
    op.create_table(
        "case_transfer",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("track", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("asker_id", sa.Integer(), nullable=False),
        sa.Column("answerer_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answer_reason", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('sent', 'pulled')", name=op.f("ck_case_transfer_kind_known")),
        sa.CheckConstraint(f"answer IN {ANSWERS}", name=op.f("ck_case_transfer_answer_known")),
        sa.CheckConstraint("(answer = '') = (answered_on IS NULL)", name=op.f("ck_case_transfer_answered_iff_dated")),
        sa.CheckConstraint("answered_on IS NULL OR answered_on >= asked_on", name=op.f("ck_case_transfer_answered_after_asked")),
        sa.CheckConstraint("asker_id <> answerer_id", name=op.f("ck_case_transfer_between_two")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_case_transfer_has_reason")),
        sa.CheckConstraint("answer <> 'refused' OR answer_reason <> ''", name=op.f("ck_case_transfer_refused_with_reason")),
        sa.CheckConstraint(
            "(answer <> 'lapsed' OR kind = 'sent') AND (answer <> 'unanswered' OR kind = 'pulled')",
            name=op.f("ck_case_transfer_silence_fits"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_transfer_case_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["clock_id"], ["case_clock.id"], name=op.f("fk_case_transfer_clock_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["asker_id"], ["organisation.id"], name=op.f("fk_case_transfer_asker_id")),
        sa.ForeignKeyConstraint(["answerer_id"], ["organisation.id"], name=op.f("fk_case_transfer_answerer_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user.id"], name=op.f("fk_case_transfer_asked_by_id")),
        sa.ForeignKeyConstraint(["answered_by_id"], ["user.id"], name=op.f("fk_case_transfer_answered_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_transfer")),
        sa.UniqueConstraint("clock_id", name=op.f("uq_case_transfer_clock_id")),
    )
    op.create_index("uq_case_transfer_one_open", "case_transfer", ["case_id", "track"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index("ix_case_transfer_by_answerer", "case_transfer", ["answerer_id", "answer", "asked_on", "id"])
    op.create_index("ix_case_transfer_by_asker", "case_transfer", ["asker_id", "answer", "asked_on", "id"])
    op.create_index("ix_case_transfer_open", "case_transfer", ["answer", "due_on", "id"])
    op.create_index("ix_case_transfer_by_day", "case_transfer", ["asked_on"])
    op.create_index("ix_case_transfer_by_case", "case_transfer", ["case_id"])
    op.create_table(
        "meeting",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("chair", sa.String(), nullable=False),
        sa.Column("members", sa.String(), nullable=False),
        sa.Column("minutes", sa.String(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(closed_on IS NULL) = (minutes = '')", name=op.f("ck_meeting_closed_iff_minutes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("number", name=op.f("uq_meeting_number")),
    )
    op.create_index("ix_meeting_by_day", "meeting", ["held_on", "id"])
    op.create_table(
        "meeting_item",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("proposer_id", sa.Integer(), nullable=True),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=True),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("result_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("cause IN ('competence', 'late', 'campaign', 'transfer-refused')", name=op.f("ck_meeting_item_cause_known")),
        sa.CheckConstraint("(decision = '') = (decided_on IS NULL)", name=op.f("ck_meeting_item_decided_iff_dated")),
        sa.CheckConstraint(
            "decided_on IS NULL OR (meeting_id IS NOT NULL AND owner_id IS NOT NULL AND due_on IS NOT NULL)",
            name=op.f("ck_meeting_item_decision_names_owner_and_day"),
        ),
        sa.CheckConstraint("(result = '') = (result_on IS NULL)", name=op.f("ck_meeting_item_done_iff_dated")),
        sa.CheckConstraint("result_on IS NULL OR decided_on IS NOT NULL", name=op.f("ck_meeting_item_done_after_decided")),
        sa.ForeignKeyConstraint(["proposer_id"], ["organisation.id"], name=op.f("fk_meeting_item_proposer_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name=op.f("fk_meeting_item_owner_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_item_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_item")),
        sa.UniqueConstraint("number", name=op.f("uq_meeting_item_number")),
    )
    op.create_index("ix_meeting_item_list", "meeting_item", ["proposed_on", "id"])
    op.create_index("ix_meeting_item_by_owner", "meeting_item", ["owner_id", "result_on", "due_on"])
    op.create_index("ix_meeting_item_by_meeting", "meeting_item", ["meeting_id"])
    op.create_index("ix_meeting_item_by_cause", "meeting_item", ["cause", "proposed_on", "id"])
    op.create_table(
        "meeting_item_case",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("track", sa.String(), nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["meeting_item.id"], name=op.f("fk_meeting_item_case_item_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_meeting_item_case_case_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["clock_id"], ["case_clock.id"], name=op.f("fk_meeting_item_case_clock_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_item_case")),
        sa.UniqueConstraint("item_id", "case_id", "track", name=op.f("uq_meeting_item_case_item_id_case_id_track")),
        sa.UniqueConstraint("clock_id", name=op.f("uq_meeting_item_case_clock_id")),
    )
    op.create_index("ix_meeting_item_case_by_case", "meeting_item_case", ["case_id"])


def downgrade() -> None:
    for table in ("meeting_item_case", "meeting_item", "meeting", "case_transfer"):
        op.drop_table(table)
