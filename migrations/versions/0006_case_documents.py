"""Documents of cases."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("organisation", sa.Column("document_sign", sa.String(), nullable=True))
    op.create_index("ix_organisation_document_sign", "organisation", ["document_sign"], unique=True)
    op.create_table(
        "case_document",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by_id", sa.Integer(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("voided_on", sa.Date(), nullable=True),
        sa.Column("voided_by_id", sa.Integer(), nullable=True),
        sa.Column("void_reason", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(voided_on IS NULL) = (void_reason = '') AND (voided_on IS NULL) = (voided_by_id IS NULL)",
            name=op.f("ck_case_document_voided_iff_reason"),
        ),
        sa.CheckConstraint("voided_on IS NULL OR voided_on >= issued_on", name=op.f("ck_case_document_voided_after_issued")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_document_case_id_case_file"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["issued_by_id"], ["user.id"], name=op.f("fk_case_document_issued_by_id_user")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_case_document_organisation_id_organisation")),
        sa.ForeignKeyConstraint(["voided_by_id"], ["user.id"], name=op.f("fk_case_document_voided_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_document")),
        sa.UniqueConstraint("number", name=op.f("uq_case_document_number")),
    )
    op.create_index("ix_case_document_case_id", "case_document", ["case_id"])
    op.create_table(
        "case_document_copy",
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("addressee", sa.String(), nullable=False),
        sa.Column("readers", sa.String(), nullable=False),
        sa.Column("is_medical", sa.Boolean(), nullable=False),
        sa.Column("said", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_case_document_copy_not_empty")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["case_document.id"], name=op.f("fk_case_document_copy_document_id_case_document"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_document_copy")),
        sa.UniqueConstraint("document_id", "addressee", name=op.f("uq_case_document_copy_document_id_addressee")),
    )


def downgrade() -> None:
    op.drop_table("case_document_copy")
    op.drop_table("case_document")
    op.drop_index("ix_organisation_document_sign", "organisation")
    op.drop_column("organisation", "document_sign")
