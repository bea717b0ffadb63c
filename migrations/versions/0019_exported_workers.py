"""Of which workers an export has told."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "exported_worker",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["audit_event.id"], name=op.f("fk_exported_worker_event_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_exported_worker_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exported_worker")),
        sa.UniqueConstraint("event_id", "worker_id", name=op.f("uq_exported_worker_event_id_worker_id")),
    )
    op.create_index("ix_exported_worker_by_worker", "exported_worker", ["worker_id", "event_id"])


def downgrade() -> None:
    op.drop_index("ix_exported_worker_by_worker", "exported_worker")
    op.drop_table("exported_worker")
