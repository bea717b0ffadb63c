"""The first plan of the database: every table, and the triggers that keep the audit trail."""

import sqlalchemy as sa
from alembic import op

from migrations.triggers import POSTGRESQL, SQLITE

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_event",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("subject_type", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("link", sa.String(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
        sa.UniqueConstraint("sequence", name=op.f("uq_audit_event_sequence")),
    )
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_event_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_event_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_event_event"), ["event"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_event_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "audit_head",
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("proof", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_working", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_day")),
        sa.UniqueConstraint("day", name=op.f("uq_calendar_day_day")),
    )
    op.create_table(
        "counter",
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter")),
        sa.UniqueConstraint("series", name=op.f("uq_counter_series")),
    )
    op.create_table(
        "declaration_count",
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("area_code", sa.String(), nullable=False),
        sa.Column("dimension", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("declarations", sa.Integer(), nullable=False),
        sa.Column("exposed", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declaration_count")),
        sa.UniqueConstraint(
            "area_code",
            "measure",
            "status",
            "month",
            "dimension",
            "value",
            name=op.f("uq_declaration_count_area_code_measure_status_month_dimension_value"),
        ),
    )
    op.create_table(
        "employer",
        sa.Column("uscc", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("initials", sa.String(), nullable=False),
        sa.Column("is_registered", sa.Boolean(), nullable=False),
        sa.Column("registered_address", sa.String(), nullable=False),
        sa.Column("work_address", sa.String(), nullable=False),
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("county_code", sa.String(), nullable=False),
        sa.Column("industry_code", sa.String(), nullable=False),
        sa.Column("sector", sa.String(), nullable=False),
        sa.Column("economic_type_standard", sa.String(), nullable=False),
        sa.Column("economic_type", sa.String(), nullable=False),
        sa.Column("employees", sa.Integer(), nullable=False),
        sa.Column("revenue_10k_cny", sa.Double(), nullable=True),
        sa.Column("size", sa.String(), nullable=False),
        sa.Column("risk_class", sa.String(), nullable=False),
        sa.Column("legal_representative", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("contact_phone", sa.LargeBinary(), nullable=True),
        sa.Column("is_above_size", sa.Boolean(), nullable=True),
        sa.Column("has_explosive_dust", sa.Boolean(), nullable=True),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("risk_class IN ('serious', 'general', 'ask', 'not-listed')", name=op.f("ck_employer_risk_class_known")),
        sa.CheckConstraint("size IN ('large', 'medium', 'small', 'micro', 'unknown')", name=op.f("ck_employer_size_known")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["employer.id"], name=op.f("fk_employer_merged_into_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employer")),
        sa.UniqueConstraint("uscc", name=op.f("uq_employer_uscc")),
    )
    with op.batch_alter_table("employer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_employer_industry_code"), ["industry_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_employer_initials"), ["initials"], unique=False)
        batch_op.create_index(batch_op.f("ix_employer_is_registered"), ["is_registered"], unique=False)
        batch_op.create_index(batch_op.f("ix_employer_merged_into_id"), ["merged_into_id"], unique=False)
        batch_op.create_index("ix_employer_name_order", ["name", "id"], unique=False)
        batch_op.create_index("ix_employer_place", ["county_code", "region_code", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_employer_region_code"), ["region_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_employer_risk_class"), ["risk_class"], unique=False)
        batch_op.create_index(batch_op.f("ix_employer_sector"), ["sector"], unique=False)
        batch_op.create_index(batch_op.f("ix_employer_size"), ["size"], unique=False)

    op.create_table(
        "hazard_set",
        sa.Column("codes", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hazard_set")),
        sa.UniqueConstraint("codes", name=op.f("uq_hazard_set_codes")),
    )
    op.create_table(
        "job",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("worker", sa.String(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("done_units", sa.Integer(), nullable=False),
        sa.Column("total_units", sa.Integer(), nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("is_cancel_asked", sa.Boolean(), nullable=False),
        sa.Column("error", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'running') = (worker IS NOT NULL)", name=op.f("ck_job_running_iff_worker")),
        sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'failed', 'cancelled')", name=op.f("ck_job_state_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_state"), ["state"], unique=False)

    op.create_table(
        "sign_in_attempt",
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_success", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    with op.batch_alter_table("sign_in_attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_attempt_address"), ["address"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_in_attempt_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_in_attempt_login"), ["login"], unique=False)

    op.create_table(
        "touched",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_touched")),
    )
    with op.batch_alter_table("touched", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_touched_kind"), ["kind"], unique=False)

    op.create_table(
        "hazard_set_member",
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("hazard_code", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["set_id"], ["hazard_set.id"], name=op.f("fk_hazard_set_member_set_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hazard_set_member")),
        sa.UniqueConstraint("hazard_code", "set_id", name=op.f("uq_hazard_set_member_hazard_code_set_id")),
    )
    with op.batch_alter_table("hazard_set_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hazard_set_member_set_id"), ["set_id"], unique=False)

    op.create_table(
        "organisation",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=True),
        sa.Column("level", sa.String(), nullable=True),
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("uscc", sa.String(), nullable=True),
        sa.Column("employer_id", sa.Integer(), nullable=True),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(kind = 'department') = (department IS NOT NULL)", name=op.f("ck_organisation_department_iff_named")),
        sa.CheckConstraint("(kind = 'employer') = (employer_id IS NOT NULL)", name=op.f("ck_organisation_employer_iff_linked")),
        sa.CheckConstraint("(kind IN ('department', 'town')) = (level IS NOT NULL)", name=op.f("ck_organisation_level_iff_government")),
        sa.CheckConstraint(
            "department IS NULL OR department IN ('health', 'hr', 'safety')",
            name=op.f("ck_organisation_department_known"),
        ),
        sa.CheckConstraint(
            "kind IN ('department', 'town', 'employer', 'clinic', 'diagnosis', 'testing', 'operator')",
            name=op.f("ck_organisation_kind_known"),
        ),
        sa.CheckConstraint("level IS NULL OR level IN ('city', 'county', 'zone', 'town')", name=op.f("ck_organisation_level_known")),
        sa.ForeignKeyConstraint(["employer_id"], ["employer.id"], name=op.f("fk_organisation_employer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("employer_id", name=op.f("uq_organisation_employer_id")),
        sa.UniqueConstraint("uscc", name=op.f("uq_organisation_uscc")),
    )
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_organisation_kind"), ["kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_organisation_name"), ["name"], unique=False)
        batch_op.create_index(batch_op.f("ix_organisation_region_code"), ["region_code"], unique=False)

    op.create_table(
        "worker",
        sa.Column("id_index", sa.LargeBinary(), nullable=False),
        sa.Column("id_type", sa.String(), nullable=False),
        sa.Column("id_number", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sex", sa.String(), nullable=False),
        sa.Column("birth_on", sa.Date(), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("employer_id", sa.Integer(), nullable=True),
        sa.Column("county_code", sa.String(), nullable=False),
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["employer_id"], ["employer.id"], name=op.f("fk_worker_employer_id")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["worker.id"], name=op.f("fk_worker_merged_into_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker")),
        sa.UniqueConstraint("id_index", name=op.f("uq_worker_id_index")),
    )
    with op.batch_alter_table("worker", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_worker_county_code"), ["county_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_worker_employer_id"), ["employer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_worker_merged_into_id"), ["merged_into_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_worker_name"), ["name"], unique=False)

    op.create_table(
        "workplace",
        sa.Column("employer_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("county_code", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["employer_id"], ["employer.id"], name=op.f("fk_workplace_employer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workplace")),
        sa.UniqueConstraint("employer_id", "region_code", "address", name=op.f("uq_workplace_employer_id_region_code_address")),
    )
    with op.batch_alter_table("workplace", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_workplace_county_code"), ["county_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_workplace_employer_id"), ["employer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_workplace_region_code"), ["region_code"], unique=False)

    op.create_table(
        "client",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("employer_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["employer_id"], ["employer.id"], name=op.f("fk_client_employer_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_client_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client")),
        sa.UniqueConstraint("organisation_id", "employer_id", name=op.f("uq_client_organisation_id_employer_id")),
    )
    with op.batch_alter_table("client", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_client_employer_id"), ["employer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_client_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "employment",
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("employer_id", sa.Integer(), nullable=False),
        sa.Column("host_employer_id", sa.Integer(), nullable=True),
        sa.Column("workshop", sa.String(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_employment_in_order")),
        sa.ForeignKeyConstraint(["employer_id"], ["employer.id"], name=op.f("fk_employment_employer_id")),
        sa.ForeignKeyConstraint(["host_employer_id"], ["employer.id"], name=op.f("fk_employment_host_employer_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_employment_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employment")),
        sa.UniqueConstraint(
            "worker_id",
            "employer_id",
            "post",
            "starts_on",
            name=op.f("uq_employment_worker_id_employer_id_post_starts_on"),
        ),
    )
    with op.batch_alter_table("employment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_employment_employer_id"), ["employer_id"], unique=False)

    op.create_table(
        "examination_count",
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("area_code", sa.String(), nullable=False),
        sa.Column("dimension", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("examinations", sa.Integer(), nullable=False),
        sa.Column("normal", sa.Integer(), nullable=False),
        sa.Column("rechecks", sa.Integer(), nullable=False),
        sa.Column("contraindications", sa.Integer(), nullable=False),
        sa.Column("suspected", sa.Integer(), nullable=False),
        sa.Column("other", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_examination_count")),
        sa.UniqueConstraint("area_code", "month", "dimension", "value", name=op.f("uq_examination_count_area_code_month_dimension_value")),
    )
    op.create_table(
        "exposure",
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("employer_id", sa.Integer(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("hazard_code", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_exposure_in_order")),
        sa.ForeignKeyConstraint(["employer_id"], ["employer.id"], name=op.f("fk_exposure_employer_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_exposure_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exposure")),
        sa.UniqueConstraint(
            "worker_id",
            "employer_id",
            "post",
            "hazard_code",
            name=op.f("uq_exposure_worker_id_employer_id_post_hazard_code"),
        ),
    )
    with op.batch_alter_table("exposure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exposure_employer_id"), ["employer_id"], unique=False)

    op.create_table(
        "filing",
        sa.Column("workplace_id", sa.Integer(), nullable=False),
        sa.Column("employer_id", sa.Integer(), nullable=False),
        sa.Column("county_code", sa.String(), nullable=False),
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("update_opens_on", sa.Date(), nullable=True),
        sa.Column("update_closes_on", sa.Date(), nullable=True),
        sa.Column("change_due_on", sa.Date(), nullable=True),
        sa.Column("change_reason", sa.String(), nullable=True),
        sa.Column("correction_due_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(status = 'change_due') = (change_due_on IS NOT NULL)", name=op.f("ck_filing_change_due_iff_dated")),
        sa.CheckConstraint("(status = 'none') = (accepted_on IS NULL)", name=op.f("ck_filing_accepted_iff_dated")),
        sa.CheckConstraint(
            "status IN ('none', 'live', 'change_due', 'update_due', 'lapsed', 'untrue', 'cancel_pending', 'cancelled')",
            name=op.f("ck_filing_status_known"),
        ),
        sa.ForeignKeyConstraint(["employer_id"], ["employer.id"], name=op.f("fk_filing_employer_id")),
        sa.ForeignKeyConstraint(["workplace_id"], ["workplace.id"], name=op.f("fk_filing_workplace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing")),
    )
    with op.batch_alter_table("filing", schema=None) as batch_op:
        batch_op.create_index("ix_filing_by_status", ["status", "county_code", "update_closes_on", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_filing_county_code"), ["county_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_filing_employer_id"), ["employer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_filing_region_code"), ["region_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_filing_workplace_id"), ["workplace_id"], unique=False)
        batch_op.create_index(
            "uq_filing_one_standing",
            ["workplace_id"],
            unique=True,
            sqlite_where=sa.text("status <> 'cancelled'"),
            postgresql_where=sa.text("status <> 'cancelled'"),
        )

    op.create_table(
        "institution_scope",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_institution_scope_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_institution_scope")),
        sa.UniqueConstraint(
            "organisation_id",
            "category",
            "filed_on",
            name=op.f("uq_institution_scope_organisation_id_category_filed_on"),
        ),
    )
    with op.batch_alter_table("institution_scope", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_institution_scope_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "sender_quality",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("uploads", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("right_first_time", sa.Integer(), nullable=False),
        sa.Column("committed", sa.Integer(), nullable=False),
        sa.Column("corrected", sa.Integer(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_sender_quality_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sender_quality")),
        sa.UniqueConstraint("organisation_id", "format", "month", name=op.f("uq_sender_quality_organisation_id_format_month")),
    )
    with op.batch_alter_table("sender_quality", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sender_quality_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "site_hazard",
        sa.Column("workplace_id", sa.Integer(), nullable=False),
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("hazard_code", sa.String(), nullable=False),
        sa.Column("exposed", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["workplace_id"], ["workplace.id"], name=op.f("fk_site_hazard_workplace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_hazard")),
    )
    with op.batch_alter_table("site_hazard", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_site_hazard_hazard_code"), ["hazard_code"], unique=False)
        batch_op.create_index("ix_site_hazard_lookup", ["workplace_id", "hazard_code", "ends_on"], unique=False)

    op.create_table(
        "user",
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("password_set_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_secret", sa.LargeBinary(), nullable=True),
        sa.Column("totp_last_step", sa.Integer(), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("locale", sa.String(), nullable=True),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_sign_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_user_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("login", name=op.f("uq_user_login")),
    )
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "worker_clinic",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_worker_clinic_organisation_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_worker_clinic_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker_clinic")),
        sa.UniqueConstraint("organisation_id", "worker_id", name=op.f("uq_worker_clinic_organisation_id_worker_id")),
    )
    with op.batch_alter_table("worker_clinic", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_worker_clinic_worker_id"), ["worker_id"], unique=False)

    op.create_table(
        "duplicate_pair",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("left_id", sa.Integer(), nullable=False),
        sa.Column("right_id", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("county_code", sa.String(), nullable=False),
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('employer', 'worker')", name=op.f("ck_duplicate_pair_kind_known")),
        sa.CheckConstraint("state IN ('open', 'merged', 'distinct')", name=op.f("ck_duplicate_pair_state_known")),
        sa.CheckConstraint("left_id < right_id", name=op.f("ck_duplicate_pair_in_order")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name=op.f("fk_duplicate_pair_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_pair")),
        sa.UniqueConstraint("kind", "left_id", "right_id", name=op.f("uq_duplicate_pair_kind_left_id_right_id")),
    )
    with op.batch_alter_table("duplicate_pair", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_duplicate_pair_county_code"), ["county_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_duplicate_pair_state"), ["state"], unique=False)

    op.create_table(
        "employer_version",
        sa.Column("employer_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("upload_id", sa.Integer(), nullable=True),
        sa.Column("row", sa.Integer(), nullable=True),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["employer_id"], ["employer.id"], name=op.f("fk_employer_version_employer_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_employer_version_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employer_version")),
    )
    with op.batch_alter_table("employer_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_employer_version_employer_id"), ["employer_id"], unique=False)

    op.create_table(
        "export_approval",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("report", sa.String(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'waiting') = (decided_by_id IS NULL)", name=op.f("ck_export_approval_decided_iff_by")),
        sa.CheckConstraint("state IN ('waiting', 'approved', 'refused')", name=op.f("ck_export_approval_state_known")),
        sa.CheckConstraint("decided_by_id IS NULL OR decided_by_id <> asked_by_id", name=op.f("ck_export_approval_second_person")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user.id"], name=op.f("fk_export_approval_asked_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name=op.f("fk_export_approval_decided_by_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_export_approval_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_approval")),
    )
    with op.batch_alter_table("export_approval", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_export_approval_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "heading_map",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("heading", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_heading_map_organisation_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_heading_map_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heading_map")),
        sa.UniqueConstraint("organisation_id", "format", "heading", name=op.f("uq_heading_map_organisation_id_format_heading")),
    )
    with op.batch_alter_table("heading_map", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_heading_map_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "password_link",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_digest", sa.String(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["made_by_id"], ["user.id"], name=op.f("fk_password_link_made_by_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_password_link_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_link")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_password_link_token_digest")),
    )
    with op.batch_alter_table("password_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_password_link_user_id"), ["user_id"], unique=False)

    op.create_table(
        "purpose",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_purpose_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purpose")),
    )
    with op.batch_alter_table("purpose", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_purpose_user_id"), ["user_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_purpose_worker_id"), ["worker_id"], unique=False)

    op.create_table(
        "saved_view",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("endpoint", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_saved_view_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("user_id", "endpoint", "name", name=op.f("uq_saved_view_user_id_endpoint_name")),
    )
    with op.batch_alter_table("saved_view", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_saved_view_user_id"), ["user_id"], unique=False)

    op.create_table(
        "setting",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["changed_by_id"], ["user.id"], name=op.f("fk_setting_changed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setting")),
        sa.UniqueConstraint("name", name=op.f("uq_setting_name")),
    )
    op.create_table(
        "sign_in",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_digest", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_sign_in_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_sign_in_token_digest")),
    )
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_user_id"), ["user_id"], unique=False)

    op.create_table(
        "upload",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("is_dry_run", sa.Boolean(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("committed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("committed_by_id", sa.Integer(), nullable=True),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("problem_count", sa.Integer(), nullable=False),
        sa.Column("notice_count", sa.Integer(), nullable=False),
        sa.Column("finding_count", sa.Integer(), nullable=False),
        sa.Column("committed_rows", sa.Integer(), nullable=False),
        sa.Column("corrected_rows", sa.Integer(), nullable=False),
        sa.Column("remarks", sa.LargeBinary(), nullable=True),
        sa.Column("layout", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("preview", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("seconds", sa.JSON(), nullable=False),
        sa.Column("rows_digest", sa.String(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'committed') = (committed_at IS NOT NULL)", name=op.f("ck_upload_committed_iff_dated")),
        sa.CheckConstraint("state IN ('received', 'checked', 'failed', 'committed', 'discarded')", name=op.f("ck_upload_state_known")),
        sa.ForeignKeyConstraint(["committed_by_id"], ["user.id"], name=op.f("fk_upload_committed_by_id")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_upload_job_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_upload_organisation_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_upload_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
        sa.UniqueConstraint("number", name=op.f("uq_upload_number")),
    )
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.create_index("ix_upload_by_organisation", ["organisation_id", "received_at", "id"], unique=False)
        batch_op.create_index("ix_upload_same_bytes", ["organisation_id", "format", "sha256"], unique=False)
        batch_op.create_index(batch_op.f("ix_upload_state"), ["state"], unique=False)

    op.create_table(
        "user_role",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("is_administrator", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "is_administrator = (role IN ('system-admin', 'security-admin', 'auditor'))",
            name=op.f("ck_user_role_administrator_iff_role"),
        ),
        sa.CheckConstraint(
            "role IN ('employer', 'clinic', 'testing', 'diagnosis', 'health', 'hr', 'safety', 'town', 'system-admin', 'security-admin', 'auditor')",
            name=op.f("ck_user_role_role_known"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_user_role_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_role")),
        sa.UniqueConstraint("user_id", "role", name=op.f("uq_user_role_user_id_role")),
    )
    with op.batch_alter_table("user_role", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_role_user_id"), ["user_id"], unique=False)
        batch_op.create_index(
            "uq_user_role_one_administrator",
            ["user_id"],
            unique=True,
            sqlite_where=sa.text("is_administrator"),
            postgresql_where=sa.text("is_administrator"),
        )

    op.create_table(
        "declaration",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("filing_id", sa.Integer(), nullable=False),
        sa.Column("employer_id", sa.Integer(), nullable=False),
        sa.Column("county_code", sa.String(), nullable=False),
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("acceptor_department", sa.String(), nullable=False),
        sa.Column("acceptor_region", sa.String(), nullable=False),
        sa.Column("form", sa.JSON(), nullable=False),
        sa.Column("phones", sa.LargeBinary(), nullable=True),
        sa.Column("employees", sa.Integer(), nullable=False),
        sa.Column("exposed", sa.Integer(), nullable=False),
        sa.Column("size", sa.String(), nullable=False),
        sa.Column("sector", sa.String(), nullable=False),
        sa.Column("risk_class", sa.String(), nullable=False),
        sa.Column("change_reason", sa.String(), nullable=True),
        sa.Column("changed_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("consent", sa.String(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_by", sa.String(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("accepted_by_id", sa.Integer(), nullable=True),
        sa.Column("upload_id", sa.Integer(), nullable=True),
        sa.Column("row", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(status IN ('accepted', 'superseded')) = (accepted_on IS NOT NULL)",
            name=op.f("ck_declaration_accepted_iff_dated"),
        ),
        sa.CheckConstraint("kind IN ('initial', 'change', 'update')", name=op.f("ck_declaration_kind_known")),
        sa.CheckConstraint(
            "status IN ('draft', 'returned') OR submitted_at IS NOT NULL",
            name=op.f("ck_declaration_submitted_iff_dated"),
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'submitted', 'returned', 'accepted', 'superseded')",
            name=op.f("ck_declaration_status_known"),
        ),
        sa.ForeignKeyConstraint(["accepted_by_id"], ["user.id"], name=op.f("fk_declaration_accepted_by_id")),
        sa.ForeignKeyConstraint(["changed_by_id"], ["user.id"], name=op.f("fk_declaration_changed_by_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name=op.f("fk_declaration_created_by_id")),
        sa.ForeignKeyConstraint(["employer_id"], ["employer.id"], name=op.f("fk_declaration_employer_id")),
        sa.ForeignKeyConstraint(["filing_id"], ["filing.id"], name=op.f("fk_declaration_filing_id")),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("fk_declaration_upload_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declaration")),
        sa.UniqueConstraint("number", name=op.f("uq_declaration_number")),
    )
    with op.batch_alter_table("declaration", schema=None) as batch_op:
        batch_op.create_index(
            "ix_declaration_by_acceptor",
            ["acceptor_department", "acceptor_region", "status", "due_on", "id"],
            unique=False,
        )
        batch_op.create_index("ix_declaration_by_county", ["county_code", "changed_at", "id"], unique=False)
        batch_op.create_index("ix_declaration_by_status", ["status", "county_code", "due_on", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_declaration_county_code"), ["county_code"], unique=False)
        batch_op.create_index(
            "uq_declaration_one_open",
            ["filing_id"],
            unique=True,
            sqlite_where=sa.text("status IN ('draft', 'submitted', 'returned')"),
            postgresql_where=sa.text("status IN ('draft', 'submitted', 'returned')"),
        )
        batch_op.create_index(batch_op.f("ix_declaration_employer_id"), ["employer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_declaration_filing_id"), ["filing_id"], unique=False)

    op.create_table(
        "examination",
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("card_no", sa.String(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("employer_id", sa.Integer(), nullable=False),
        sa.Column("host_employer_id", sa.Integer(), nullable=True),
        sa.Column("county_code", sa.String(), nullable=False),
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("sector", sa.String(), nullable=False),
        sa.Column("size", sa.String(), nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("is_recheck", sa.Boolean(), nullable=False),
        sa.Column("previous_card_no", sa.String(), nullable=True),
        sa.Column("workshop", sa.String(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("examined_on", sa.Date(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("exposed_set_id", sa.Integer(), nullable=False),
        sa.Column("examined_set_id", sa.Integer(), nullable=False),
        sa.Column("conclusions", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("upload_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "phase IN ('pre-placement', 'in-service', 'leaving', 'emergency', 'follow-up')",
            name=op.f("ck_examination_phase_known"),
        ),
        sa.CheckConstraint("reported_on >= examined_on", name=op.f("ck_examination_reported_after_examined")),
        sa.ForeignKeyConstraint(["clinic_id"], ["organisation.id"], name=op.f("fk_examination_clinic_id")),
        sa.ForeignKeyConstraint(["employer_id"], ["employer.id"], name=op.f("fk_examination_employer_id")),
        sa.ForeignKeyConstraint(["examined_set_id"], ["hazard_set.id"], name=op.f("fk_examination_examined_set_id")),
        sa.ForeignKeyConstraint(["exposed_set_id"], ["hazard_set.id"], name=op.f("fk_examination_exposed_set_id")),
        sa.ForeignKeyConstraint(["host_employer_id"], ["employer.id"], name=op.f("fk_examination_host_employer_id")),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("fk_examination_upload_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_examination_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_examination")),
        sa.UniqueConstraint("clinic_id", "card_no", name=op.f("uq_examination_clinic_id_card_no")),
    )
    with op.batch_alter_table("examination", schema=None) as batch_op:
        batch_op.create_index(
            "ix_examination_by_clinic",
            ["clinic_id", "examined_on", "id", "county_code", "region_code", "sector", "phase", "size"],
            unique=False,
        )
        batch_op.create_index(
            "ix_examination_by_county",
            ["county_code", "examined_on", "id", "examined_set_id", "employer_id", "host_employer_id"],
            unique=False,
        )
        batch_op.create_index(
            "ix_examination_by_day",
            ["examined_on", "id", "county_code", "employer_id", "host_employer_id", "examined_set_id"],
            unique=False,
        )
        batch_op.create_index("ix_examination_by_employer", ["employer_id", "examined_on", "id"], unique=False)
        batch_op.create_index("ix_examination_by_hazards", ["examined_set_id", "examined_on", "id", "county_code"], unique=False)
        batch_op.create_index("ix_examination_by_phase", ["phase", "examined_on", "id", "county_code", "size"], unique=False)
        batch_op.create_index("ix_examination_by_sector", ["sector", "examined_on", "id", "county_code", "size", "phase"], unique=False)
        batch_op.create_index("ix_examination_by_size", ["size", "examined_on", "id", "county_code"], unique=False)
        batch_op.create_index("ix_examination_by_town", ["region_code", "examined_on", "id"], unique=False)
        batch_op.create_index("ix_examination_by_upload", ["upload_id", "examined_on", "id"], unique=False)
        batch_op.create_index("ix_examination_by_worker", ["worker_id", "examined_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_examination_host_employer_id"), ["host_employer_id"], unique=False)
        batch_op.create_index(
            "ix_examination_pending",
            ["examined_on", "id"],
            unique=False,
            sqlite_where=sa.text("conclusions LIKE '%P%'"),
            postgresql_where=sa.text("conclusions LIKE '%P%'"),
        )

    op.create_table(
        "merge",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("kept_id", sa.Integer(), nullable=False),
        sa.Column("merged_id", sa.Integer(), nullable=False),
        sa.Column("pair_id", sa.Integer(), nullable=True),
        sa.Column("fields", sa.LargeBinary(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("merged_by_id", sa.Integer(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["merged_by_id"], ["user.id"], name=op.f("fk_merge_merged_by_id")),
        sa.ForeignKeyConstraint(["pair_id"], ["duplicate_pair.id"], name=op.f("fk_merge_pair_id")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["user.id"], name=op.f("fk_merge_undone_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge")),
    )
    op.create_table(
        "upload_fix",
        sa.Column("upload_id", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.String(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("fk_upload_fix_upload_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_upload_fix_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload_fix")),
        sa.UniqueConstraint("upload_id", "sheet", "row", "key", name=op.f("uq_upload_fix_upload_id_sheet_row_key")),
    )
    with op.batch_alter_table("upload_fix", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_upload_fix_upload_id"), ["upload_id"], unique=False)

    op.create_table(
        "upload_copy",
        sa.Column("upload_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(content IS NULL) = (made_at IS NULL)", name=op.f("ck_upload_copy_made_iff_content")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_upload_copy_job_id")),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("fk_upload_copy_upload_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload_copy")),
        sa.UniqueConstraint("upload_id", "kind", "language", name=op.f("uq_upload_copy_upload_id_kind_language")),
    )
    with op.batch_alter_table("upload_copy", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_upload_copy_job_id"), ["job_id"], unique=False)

    op.create_table(
        "attachment",
        sa.Column("declaration_id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("content_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["added_by_id"], ["user.id"], name=op.f("fk_attachment_added_by_id")),
        sa.ForeignKeyConstraint(["declaration_id"], ["declaration.id"], name=op.f("fk_attachment_declaration_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachment_declaration_id"), ["declaration_id"], unique=False)

    op.create_table(
        "declaration_event",
        sa.Column("filing_id", sa.Integer(), nullable=False),
        sa.Column("declaration_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("defects", sa.JSON(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=True),
        sa.Column("deadline", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["declaration_id"], ["declaration.id"], name=op.f("fk_declaration_event_declaration_id")),
        sa.ForeignKeyConstraint(["filing_id"], ["filing.id"], name=op.f("fk_declaration_event_filing_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_declaration_event_organisation_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_declaration_event_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declaration_event")),
    )
    with op.batch_alter_table("declaration_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_declaration_event_declaration_id"), ["declaration_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_declaration_event_filing_id"), ["filing_id"], unique=False)

    op.create_table(
        "declared_hazard",
        sa.Column("declaration_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("hazard_code", sa.String(), nullable=False),
        sa.Column("exposed", sa.Integer(), nullable=True),
        sa.Column("points_tested", sa.Integer(), nullable=True),
        sa.Column("points_over", sa.Integer(), nullable=True),
        sa.Column("due_for_exam", sa.Integer(), nullable=True),
        sa.Column("examined", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["declaration_id"], ["declaration.id"], name=op.f("fk_declared_hazard_declaration_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declared_hazard")),
    )
    with op.batch_alter_table("declared_hazard", schema=None) as batch_op:
        batch_op.create_index("ix_declared_hazard_code", ["hazard_code", "declaration_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_declared_hazard_declaration_id"), ["declaration_id"], unique=False)

    op.create_table(
        "declared_material",
        sa.Column("declaration_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("yearly", sa.Double(), nullable=True),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["declaration_id"], ["declaration.id"], name=op.f("fk_declared_material_declaration_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declared_material")),
    )
    with op.batch_alter_table("declared_material", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_declared_material_declaration_id"), ["declaration_id"], unique=False)

    op.create_table(
        "declared_product",
        sa.Column("declaration_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("yearly", sa.Double(), nullable=True),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["declaration_id"], ["declaration.id"], name=op.f("fk_declared_product_declaration_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declared_product")),
    )
    with op.batch_alter_table("declared_product", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_declared_product_declaration_id"), ["declaration_id"], unique=False)

    op.create_table(
        "declared_site",
        sa.Column("declaration_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("hazard_code", sa.String(), nullable=False),
        sa.Column("exposed_repeated", sa.Integer(), nullable=True),
        sa.Column("exposed_distinct", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["declaration_id"], ["declaration.id"], name=op.f("fk_declared_site_declaration_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declared_site")),
    )
    with op.batch_alter_table("declared_site", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_declared_site_declaration_id"), ["declaration_id"], unique=False)

    op.create_table(
        "examination_revision",
        sa.Column("examination_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("plain", sa.JSON(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("upload_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["examination_id"], ["examination.id"], name=op.f("fk_examination_revision_examination_id")),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("fk_examination_revision_upload_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_examination_revision")),
        sa.UniqueConstraint("examination_id", "revision", name=op.f("uq_examination_revision_examination_id_revision")),
    )
    op.create_table(
        "finding",
        sa.Column("examination_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("employer_id", sa.Integer(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("county_code", sa.String(), nullable=False),
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("examined_on", sa.Date(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("hazard_codes", sa.String(), nullable=False),
        sa.Column("disease_code", sa.String(), nullable=True),
        sa.Column("due", sa.JSON(), nullable=False),
        sa.Column("next_due_on", sa.Date(), nullable=True),
        sa.Column("last_due_on", sa.Date(), nullable=True),
        sa.Column("is_withdrawn", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('R', 'C', 'S')", name=op.f("ck_finding_kind_known")),
        sa.ForeignKeyConstraint(["clinic_id"], ["organisation.id"], name=op.f("fk_finding_clinic_id")),
        sa.ForeignKeyConstraint(["employer_id"], ["employer.id"], name=op.f("fk_finding_employer_id")),
        sa.ForeignKeyConstraint(["examination_id"], ["examination.id"], name=op.f("fk_finding_examination_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_finding_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
    )
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.create_index("ix_finding_by_clinic", ["kind", "clinic_id", "examined_on", "examination_id"], unique=False)
        batch_op.create_index("ix_finding_by_county", ["kind", "county_code", "examined_on", "examination_id"], unique=False)
        batch_op.create_index("ix_finding_by_day", ["kind", "examined_on", "examination_id"], unique=False)
        batch_op.create_index("ix_finding_by_employer", ["employer_id", "kind", "examined_on"], unique=False)
        batch_op.create_index("ix_finding_by_examination", ["examination_id"], unique=False)
        batch_op.create_index("ix_finding_by_report", ["reported_on", "id"], unique=False)
        batch_op.create_index("ix_finding_by_last_day", ["kind", "last_due_on", "county_code", "is_withdrawn"], unique=False)
        batch_op.create_index("ix_finding_by_next_day", ["kind", "next_due_on", "county_code", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_finding_worker_id"), ["worker_id"], unique=False)

    op.create_table(
        "receipt",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("declaration_id", sa.Integer(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acceptor_name", sa.String(), nullable=False),
        sa.Column("employer_name", sa.String(), nullable=False),
        sa.Column("uscc", sa.String(), nullable=False),
        sa.Column("exposed", sa.Integer(), nullable=False),
        sa.Column("hazard_classes", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["declaration_id"], ["declaration.id"], name=op.f("fk_receipt_declaration_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("code", name=op.f("uq_receipt_code")),
        sa.UniqueConstraint("declaration_id", name=op.f("uq_receipt_declaration_id")),
        sa.UniqueConstraint("number", name=op.f("uq_receipt_number")),
    )
    guard_audit()


def guard_audit() -> None:
    statements = SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL
    for statement in statements:
        op.execute(sa.DDL(statement.replace("%", "%%")))


def downgrade() -> None:
    op.drop_table("receipt")
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_finding_worker_id"))
        batch_op.drop_index("ix_finding_by_next_day")
        batch_op.drop_index("ix_finding_by_last_day")
        batch_op.drop_index("ix_finding_by_report")
        batch_op.drop_index("ix_finding_by_examination")
        batch_op.drop_index("ix_finding_by_employer")
        batch_op.drop_index("ix_finding_by_day")
        batch_op.drop_index("ix_finding_by_county")
        batch_op.drop_index("ix_finding_by_clinic")

    op.drop_table("finding")
    op.drop_table("examination_revision")
    with op.batch_alter_table("declared_site", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_declared_site_declaration_id"))

    op.drop_table("declared_site")
    with op.batch_alter_table("declared_product", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_declared_product_declaration_id"))

    op.drop_table("declared_product")
    with op.batch_alter_table("declared_material", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_declared_material_declaration_id"))

    op.drop_table("declared_material")
    with op.batch_alter_table("declared_hazard", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_declared_hazard_declaration_id"))
        batch_op.drop_index("ix_declared_hazard_code")

    op.drop_table("declared_hazard")
    with op.batch_alter_table("declaration_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_declaration_event_filing_id"))
        batch_op.drop_index(batch_op.f("ix_declaration_event_declaration_id"))

    op.drop_table("declaration_event")
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attachment_declaration_id"))

    op.drop_table("attachment")
    with op.batch_alter_table("upload_copy", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_upload_copy_job_id"))

    op.drop_table("upload_copy")
    with op.batch_alter_table("upload_fix", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_upload_fix_upload_id"))

    op.drop_table("upload_fix")
    op.drop_table("merge")
    with op.batch_alter_table("examination", schema=None) as batch_op:
        batch_op.drop_index("ix_examination_pending")
        batch_op.drop_index(batch_op.f("ix_examination_host_employer_id"))
        batch_op.drop_index("ix_examination_by_worker")
        batch_op.drop_index("ix_examination_by_upload")
        batch_op.drop_index("ix_examination_by_town")
        batch_op.drop_index("ix_examination_by_size")
        batch_op.drop_index("ix_examination_by_sector")
        batch_op.drop_index("ix_examination_by_phase")
        batch_op.drop_index("ix_examination_by_hazards")
        batch_op.drop_index("ix_examination_by_employer")
        batch_op.drop_index("ix_examination_by_day")
        batch_op.drop_index("ix_examination_by_county")
        batch_op.drop_index("ix_examination_by_clinic")

    op.drop_table("examination")
    with op.batch_alter_table("declaration", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_declaration_filing_id"))
        batch_op.drop_index(batch_op.f("ix_declaration_employer_id"))
        batch_op.drop_index(
            "uq_declaration_one_open",
            sqlite_where=sa.text("status IN ('draft', 'submitted', 'returned')"),
            postgresql_where=sa.text("status IN ('draft', 'submitted', 'returned')"),
        )
        batch_op.drop_index(batch_op.f("ix_declaration_county_code"))
        batch_op.drop_index("ix_declaration_by_status")
        batch_op.drop_index("ix_declaration_by_county")
        batch_op.drop_index("ix_declaration_by_acceptor")

    op.drop_table("declaration")
    with op.batch_alter_table("user_role", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_user_role_one_administrator",
            sqlite_where=sa.text("is_administrator"),
            postgresql_where=sa.text("is_administrator"),
        )
        batch_op.drop_index(batch_op.f("ix_user_role_user_id"))

    op.drop_table("user_role")
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_upload_state"))
        batch_op.drop_index("ix_upload_same_bytes")
        batch_op.drop_index("ix_upload_by_organisation")

    op.drop_table("upload")
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_user_id"))

    op.drop_table("sign_in")
    op.drop_table("setting")
    with op.batch_alter_table("saved_view", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_saved_view_user_id"))

    op.drop_table("saved_view")
    with op.batch_alter_table("purpose", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_purpose_worker_id"))
        batch_op.drop_index(batch_op.f("ix_purpose_user_id"))

    op.drop_table("purpose")
    with op.batch_alter_table("password_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_password_link_user_id"))

    op.drop_table("password_link")
    with op.batch_alter_table("heading_map", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_heading_map_organisation_id"))

    op.drop_table("heading_map")
    with op.batch_alter_table("export_approval", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_export_approval_organisation_id"))

    op.drop_table("export_approval")
    with op.batch_alter_table("employer_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_employer_version_employer_id"))

    op.drop_table("employer_version")
    with op.batch_alter_table("duplicate_pair", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_duplicate_pair_state"))
        batch_op.drop_index(batch_op.f("ix_duplicate_pair_county_code"))

    op.drop_table("duplicate_pair")
    with op.batch_alter_table("worker_clinic", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_worker_clinic_worker_id"))

    op.drop_table("worker_clinic")
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_organisation_id"))

    op.drop_table("user")
    with op.batch_alter_table("site_hazard", schema=None) as batch_op:
        batch_op.drop_index("ix_site_hazard_lookup")
        batch_op.drop_index(batch_op.f("ix_site_hazard_hazard_code"))

    op.drop_table("site_hazard")
    with op.batch_alter_table("sender_quality", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sender_quality_organisation_id"))

    op.drop_table("sender_quality")
    with op.batch_alter_table("institution_scope", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_institution_scope_organisation_id"))

    op.drop_table("institution_scope")
    with op.batch_alter_table("filing", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_filing_one_standing",
            sqlite_where=sa.text("status <> 'cancelled'"),
            postgresql_where=sa.text("status <> 'cancelled'"),
        )
        batch_op.drop_index(batch_op.f("ix_filing_workplace_id"))
        batch_op.drop_index(batch_op.f("ix_filing_region_code"))
        batch_op.drop_index(batch_op.f("ix_filing_employer_id"))
        batch_op.drop_index(batch_op.f("ix_filing_county_code"))
        batch_op.drop_index("ix_filing_by_status")

    op.drop_table("filing")
    with op.batch_alter_table("exposure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_exposure_employer_id"))

    op.drop_table("exposure")
    op.drop_table("examination_count")
    with op.batch_alter_table("employment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_employment_employer_id"))

    op.drop_table("employment")
    with op.batch_alter_table("client", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_client_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_client_employer_id"))

    op.drop_table("client")
    with op.batch_alter_table("workplace", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_workplace_region_code"))
        batch_op.drop_index(batch_op.f("ix_workplace_employer_id"))
        batch_op.drop_index(batch_op.f("ix_workplace_county_code"))

    op.drop_table("workplace")
    with op.batch_alter_table("worker", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_worker_name"))
        batch_op.drop_index(batch_op.f("ix_worker_merged_into_id"))
        batch_op.drop_index(batch_op.f("ix_worker_employer_id"))
        batch_op.drop_index(batch_op.f("ix_worker_county_code"))

    op.drop_table("worker")
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organisation_region_code"))
        batch_op.drop_index(batch_op.f("ix_organisation_name"))
        batch_op.drop_index(batch_op.f("ix_organisation_kind"))

    op.drop_table("organisation")
    with op.batch_alter_table("hazard_set_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hazard_set_member_set_id"))

    op.drop_table("hazard_set_member")
    with op.batch_alter_table("touched", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_touched_kind"))

    op.drop_table("touched")
    with op.batch_alter_table("sign_in_attempt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_attempt_login"))
        batch_op.drop_index(batch_op.f("ix_sign_in_attempt_at"))
        batch_op.drop_index(batch_op.f("ix_sign_in_attempt_address"))

    op.drop_table("sign_in_attempt")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_job_state"))

    op.drop_table("job")
    op.drop_table("hazard_set")
    with op.batch_alter_table("employer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_employer_size"))
        batch_op.drop_index(batch_op.f("ix_employer_sector"))
        batch_op.drop_index(batch_op.f("ix_employer_risk_class"))
        batch_op.drop_index(batch_op.f("ix_employer_region_code"))
        batch_op.drop_index("ix_employer_place")
        batch_op.drop_index("ix_employer_name_order")
        batch_op.drop_index(batch_op.f("ix_employer_merged_into_id"))
        batch_op.drop_index(batch_op.f("ix_employer_is_registered"))
        batch_op.drop_index(batch_op.f("ix_employer_initials"))
        batch_op.drop_index(batch_op.f("ix_employer_industry_code"))

    op.drop_table("employer")
    op.drop_table("declaration_count")
    op.drop_table("counter")
    op.drop_table("calendar_day")
    op.drop_table("audit_head")
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_event_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_audit_event_event"))
        batch_op.drop_index(batch_op.f("ix_audit_event_at"))
        batch_op.drop_index(batch_op.f("ix_audit_event_actor_id"))

    op.drop_table("audit_event")
