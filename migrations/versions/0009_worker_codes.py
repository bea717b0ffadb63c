"""Codes with which workers read their own file."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "worker_code",
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("code_index", sa.LargeBinary(), nullable=False),
        sa.Column("county_code", sa.String(), nullable=False),
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("given_by_id", sa.Integer(), nullable=False),
        sa.Column("given_at", moment, nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("ends_at", moment, nullable=False),
        sa.Column("failed_tries", sa.Integer(), nullable=False),
        sa.Column("used_at", moment, nullable=True),
        sa.Column("token_digest", sa.String(), nullable=True),
        sa.Column("reading_ends_at", moment, nullable=True),
        sa.Column("left_at", moment, nullable=True),
        sa.Column("revoked_at", moment, nullable=True),
        sa.Column("revoked_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("purpose IN ('own-file', 'leaving', 'objection', 'work-injury', 'other')", name=op.f("ck_worker_code_purpose_known")),
        sa.CheckConstraint("document IN ('identity-card', 'residence-permit', 'passport', 'other')", name=op.f("ck_worker_code_document_known")),
        sa.CheckConstraint("ends_at > given_at", name=op.f("ck_worker_code_ends_after_given")),
        sa.CheckConstraint("failed_tries >= 0", name=op.f("ck_worker_code_tries_count")),
        sa.CheckConstraint("(used_at IS NULL) = (token_digest IS NULL)", name=op.f("ck_worker_code_token_iff_used")),
        sa.CheckConstraint("(used_at IS NULL) = (reading_ends_at IS NULL)", name=op.f("ck_worker_code_reading_iff_used")),
        sa.CheckConstraint("left_at IS NULL OR used_at IS NOT NULL", name=op.f("ck_worker_code_left_after_used")),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_by_id IS NULL)", name=op.f("ck_worker_code_revoked_iff_by")),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_worker_code_worker_id_worker")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_worker_code_organisation_id_organisation")),
        sa.ForeignKeyConstraint(["given_by_id"], ["user.id"], name=op.f("fk_worker_code_given_by_id_user")),
        sa.ForeignKeyConstraint(["revoked_by_id"], ["user.id"], name=op.f("fk_worker_code_revoked_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker_code")),
        sa.UniqueConstraint("code_index", name=op.f("uq_worker_code_code_index")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_worker_code_token_digest")),
    )
    op.create_index(op.f("ix_worker_code_worker_id"), "worker_code", ["worker_id"])
    op.create_index("ix_worker_code_by_county", "worker_code", ["county_code", "given_at", "id"])
    op.create_index("ix_worker_code_by_day", "worker_code", ["given_at", "id"])
    op.create_index("ix_audit_event_by_subject", "audit_event", ["subject_type", "subject_id", "id"])


def downgrade() -> None:
    op.drop_index("ix_audit_event_by_subject", "audit_event")
    op.drop_table("worker_code")
