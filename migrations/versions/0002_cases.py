"""cases"""

import sqlalchemy as sa
from alembic import op


revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "case_file",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subtype", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=True),
        sa.Column("employer_id", sa.Integer(), nullable=True),
        sa.Column("clinic_id", sa.Integer(), nullable=True),
        sa.Column("institution_id", sa.Integer(), nullable=True),
        sa.Column("county_code", sa.String(), nullable=False),
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("hazard_codes", sa.String(), nullable=False),
        sa.Column("disease_code", sa.String(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("came_from", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind || ':' || 'main' || ':' || status IN ('susp:main:detected', 'susp:main:notified', 'susp:main:arranged', 'susp:main:declined', 'susp:main:accepted', 'susp:main:material', 'susp:main:complete', 'susp:main:urged', 'susp:main:suspended', 'susp:main:diagnosed_yes', 'susp:main:diagnosed_no', 'susp:main:closed_neg', 'susp:main:closed', 'contra:main:detected', 'contra:main:notified', 'contra:main:not_assigned', 'contra:main:verify', 'contra:main:removed', 'contra:main:review', 'contra:main:closed_lifted', 'contra:main:closed', 'contra:main:breach', 'contra:main:reopened', 'recheck:main:due', 'recheck:main:informed', 'recheck:main:booked', 'recheck:main:done', 'recheck:main:closed', 'recheck:main:reminded', 'recheck:main:lead', 'recheck:main:closed_undone', 'overdue:main:open', 'overdue:main:notified', 'overdue:main:committed', 'overdue:main:contest', 'overdue:main:closed_na', 'overdue:main:examined', 'overdue:main:closed', 'overdue:main:ordered', 'overdue:main:penalty', 'overlimit:main:exceeded', 'overlimit:main:controlling', 'overlimit:main:planned', 'overlimit:main:ordered', 'overlimit:main:retest', 'overlimit:main:verify', 'overlimit:main:closed', 'overlimit:main:stop_required', 'overlimit:main:stopped', 'overlimit:main:penalty', 'cluster:main:found', 'cluster:main:visited', 'cluster:main:closed', 'shortdust:main:found', 'shortdust:main:closed', 'acute:main:reported', 'acute:main:controlled', 'acute:main:closed', 'complaint:main:received', 'complaint:main:handling', 'complaint:main:closed')",
            name=op.f("ck_case_file_status_known"),
        ),
        sa.CheckConstraint("closed_on IS NULL OR closed_on >= opened_on", name=op.f("ck_case_file_closed_after_opened")),
        sa.ForeignKeyConstraint(["assignee_id"], ["user.id"], name=op.f("fk_case_file_assignee_id")),
        sa.ForeignKeyConstraint(["clinic_id"], ["organisation.id"], name=op.f("fk_case_file_clinic_id")),
        sa.ForeignKeyConstraint(["employer_id"], ["employer.id"], name=op.f("fk_case_file_employer_id")),
        sa.ForeignKeyConstraint(["institution_id"], ["organisation.id"], name=op.f("fk_case_file_institution_id")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["user.id"], name=op.f("fk_case_file_opened_by_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name=op.f("fk_case_file_owner_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_case_file_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_file")),
        sa.UniqueConstraint("number", name=op.f("uq_case_file_number")),
    )
    with op.batch_alter_table("case_file", schema=None) as batch_op:
        batch_op.create_index("ix_case_by_clinic", ["clinic_id", "closed_on", "due_on", "id"], unique=False)
        batch_op.create_index("ix_case_by_county", ["county_code", "closed_on", "due_on", "id"], unique=False)
        batch_op.create_index("ix_case_by_employer", ["employer_id", "closed_on", "due_on", "id"], unique=False)
        batch_op.create_index("ix_case_by_institution", ["institution_id", "closed_on", "due_on", "id"], unique=False)
        batch_op.create_index("ix_case_by_kind", ["kind", "closed_on", "due_on", "id"], unique=False)
        batch_op.create_index("ix_case_by_owner", ["owner_id", "closed_on", "due_on", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_file_assignee_id"), ["assignee_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_file_worker_id"), ["worker_id"], unique=False)
        batch_op.create_index(
            "uq_case_one_open",
            ["kind", "subject"],
            unique=True,
            sqlite_where=sa.text("closed_on IS NULL"),
            postgresql_where=sa.text("closed_on IS NULL"),
        )

    op.create_table(
        "case_duty",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(done_on IS NULL) = (state = 'due')", name=op.f("ck_case_duty_done_iff_dated")),
        sa.CheckConstraint("state IN ('due', 'done', 'dropped')", name=op.f("ck_case_duty_state_known")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_duty_case_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_duty")),
        sa.UniqueConstraint("case_id", "event", "opened_by", name=op.f("uq_case_duty_case_id_event_opened_by")),
    )
    with op.batch_alter_table("case_duty", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_duty_case_id"), ["case_id"], unique=False)

    op.create_table(
        "case_evidence",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("content_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["added_by_id"], ["user.id"], name=op.f("fk_case_evidence_added_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_evidence_case_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_evidence")),
    )
    with op.batch_alter_table("case_evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_evidence_case_id"), ["case_id"], unique=False)

    op.create_table(
        "case_line",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(closed_on IS NULL) = (outcome = '')", name=op.f("ck_case_line_closed_iff_outcome")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_line_case_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_case_line_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_line")),
        sa.UniqueConstraint("case_id", "worker_id", name=op.f("uq_case_line_case_id_worker_id")),
    )
    with op.batch_alter_table("case_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_line_worker_id"), ["worker_id"], unique=False)

    op.create_table(
        "case_step",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("track", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("medical", sa.LargeBinary(), nullable=True),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("position > 0", name=op.f("ck_case_step_position_counts")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_step_case_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_case_step_organisation_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_case_step_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_step")),
        sa.UniqueConstraint("case_id", "position", name=op.f("uq_case_step_case_id_position")),
    )
    op.create_table(
        "case_track",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("track", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind || ':' || track || ':' || status IN ('susp:appraisal:to_serve', 'susp:appraisal:served', 'susp:appraisal:appr1', 'susp:appraisal:final_yes', 'susp:appraisal:final_no', 'susp:appraisal:appr1_open', 'susp:appraisal:appr1_done', 'susp:appraisal:appr2', 'susp:work_injury:wi_due', 'susp:work_injury:wi_applied', 'susp:work_injury:wi_not_applied', 'susp:work_injury:wi_accepted', 'susp:work_injury:wi_not_accepted', 'susp:work_injury:wi_yes', 'susp:work_injury:wi_no', 'susp:work_injury:wi_disputed', 'susp:work_injury:lc_applied', 'susp:work_injury:benefit', 'susp:work_injury:lc_done', 'susp:work_injury:lc_re', 'susp:work_injury:followup', 'susp:work_injury:wi_closed')",
            name=op.f("ck_case_track_status_known"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_track_case_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name=op.f("fk_case_track_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_track")),
        sa.UniqueConstraint("case_id", "track", name=op.f("uq_case_track_case_id_track")),
    )
    with op.batch_alter_table("case_track", schema=None) as batch_op:
        batch_op.create_index("ix_case_track_by_owner", ["owner_id", "status"], unique=False)

    op.create_table(
        "case_clock",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("track", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("duty_id", sa.Integer(), nullable=True),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("actors", sa.String(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("is_statutory", sa.Boolean(), nullable=False),
        sa.Column("is_provisional", sa.Boolean(), nullable=False),
        sa.Column("is_set", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("escalation", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state IN ('running', 'paused')) = (ended_on IS NULL)", name=op.f("ck_case_clock_open_iff_not_ended")),
        sa.CheckConstraint("state IN ('running', 'paused', 'met', 'late', 'dropped')", name=op.f("ck_case_clock_state_known")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_clock_case_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["duty_id"], ["case_duty.id"], name=op.f("fk_case_clock_duty_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_clock")),
    )
    with op.batch_alter_table("case_clock", schema=None) as batch_op:
        batch_op.create_index("ix_case_clock_by_case", ["case_id"], unique=False)
        batch_op.create_index("ix_case_clock_open", ["state", "due_on", "id"], unique=False)

    op.create_table(
        "clock_pause",
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("document_no", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("to_on IS NULL OR to_on >= from_on", name=op.f("ck_clock_pause_ends_after_start")),
        sa.ForeignKeyConstraint(["clock_id"], ["case_clock.id"], name=op.f("fk_clock_pause_clock_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_pause")),
    )
    with op.batch_alter_table("clock_pause", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_clock_pause_clock_id"), ["clock_id"], unique=False)


def downgrade() -> None:

    with op.batch_alter_table("clock_pause", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_clock_pause_clock_id"))

    op.drop_table("clock_pause")
    with op.batch_alter_table("case_clock", schema=None) as batch_op:
        batch_op.drop_index("ix_case_clock_open")
        batch_op.drop_index("ix_case_clock_by_case")

    op.drop_table("case_clock")
    with op.batch_alter_table("case_track", schema=None) as batch_op:
        batch_op.drop_index("ix_case_track_by_owner")

    op.drop_table("case_track")
    op.drop_table("case_step")
    with op.batch_alter_table("case_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_line_worker_id"))

    op.drop_table("case_line")
    with op.batch_alter_table("case_evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_evidence_case_id"))

    op.drop_table("case_evidence")
    with op.batch_alter_table("case_duty", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_duty_case_id"))

    op.drop_table("case_duty")
    with op.batch_alter_table("case_file", schema=None) as batch_op:
        batch_op.drop_index("uq_case_one_open", sqlite_where=sa.text("closed_on IS NULL"), postgresql_where=sa.text("closed_on IS NULL"))
        batch_op.drop_index(batch_op.f("ix_case_file_worker_id"))
        batch_op.drop_index(batch_op.f("ix_case_file_assignee_id"))
        batch_op.drop_index("ix_case_by_owner")
        batch_op.drop_index("ix_case_by_kind")
        batch_op.drop_index("ix_case_by_institution")
        batch_op.drop_index("ix_case_by_employer")
        batch_op.drop_index("ix_case_by_county")
        batch_op.drop_index("ix_case_by_clinic")

    op.drop_table("case_file")
