"""How much of its unit a clock had when it began."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("case_clock", sa.Column("amount", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("case_clock", "amount")
