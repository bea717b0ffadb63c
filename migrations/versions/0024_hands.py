"""Who has a case in hand at each organisation; inspections beside what was not done in time; filters of inboxes that have moved."""

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

#: Kind, status, the duty that it opens now, and who must act there: what was waited for by the health department alone.
STANDING = (("contra", "breach", "inspect-breach", ("employer",)), ("recheck", "lead", "inspect-lead", ("employer", "clinic")))
#: As lists write that there is no limit.
NO_LIMIT = date(2199, 12, 31)
AT = "c.kind = :kind AND c.status = :status AND c.closed_on IS NULL"
OPENED = (
    "INSERT INTO case_duty (case_id, event, opened_by, state, opened_on) "
    "SELECT c.id, :duty, s.position, 'due', s.\"on\" FROM case_file c JOIN case_step s ON s.case_id = c.id "
    f"WHERE {AT} AND s.position = (SELECT MAX(one.position) FROM case_step one "
    "WHERE one.case_id = c.id AND one.track = 'main' AND one.after = :status AND one.before <> :status) "
    "AND NOT EXISTS (SELECT 1 FROM case_duty d WHERE d.case_id = c.id AND d.event = :duty AND d.state = 'due')"
)
INSPECTED = (
    "UPDATE case_waiting SET what = REPLACE(what, :status, :duty) "
    f"WHERE organisation_id = (SELECT c.owner_id FROM case_file c WHERE c.id = case_waiting.case_id AND {AT}) AND what LIKE '%' || :status || '%' "
    "AND what NOT LIKE '%' || :duty || '%'"
)
PLACES = {
    "employer": "SELECT MIN(o.id) FROM organisation o WHERE o.kind = 'employer' AND o.is_active AND o.employer_id = c.employer_id",
    "clinic": "SELECT c.clinic_id",
}
AWAITED = (
    "INSERT INTO case_waiting (case_id, organisation_id, county_code, kind, due_on, what) "
    "SELECT c.id, ({place}), c.county_code, c.kind, :day, :status FROM case_file c "
    f"WHERE {AT} AND ({{place}}) IS NOT NULL "
    "AND NOT EXISTS (SELECT 1 FROM case_waiting w WHERE w.case_id = c.id AND w.organisation_id = ({place}))"
)

#: Where none of them has an account, the office that answers for the case looks.
LOOKED_AT = (
    "UPDATE case_waiting SET what = :status || ';' || what "
    f"WHERE organisation_id = (SELECT c.owner_id FROM case_file c WHERE c.id = case_waiting.case_id AND {AT} AND {{nobody}}) "
    "AND what NOT LIKE :status || ';%'"
)


def upgrade() -> None:
    op.create_table(
        "case_handler",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_handler_case_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_case_handler_organisation_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_case_handler_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_handler")),
        sa.UniqueConstraint("case_id", "organisation_id", name=op.f("uq_case_handler_case_id_organisation_id")),
    )
    op.create_index("ix_case_handler_by_user", "case_handler", ["user_id", "case_id"])
    op.execute(
        "INSERT INTO case_handler (case_id, organisation_id, user_id) "
        "SELECT id, owner_id, assignee_id FROM case_file WHERE assignee_id IS NOT NULL"
    )
    op.execute(
        "UPDATE saved_view SET query = REPLACE(query, 'whose=late', 'standing=late') "
        "WHERE endpoint IN ('cases.inbox', 'cases.others') AND query LIKE '%whose=late%'"
    )


    for kind, status, duty, actors in STANDING:
        told = {"kind": kind, "status": status, "duty": duty, "day": NO_LIMIT}
        nobody = " AND ".join(f"({PLACES[actor]}) IS NULL" for actor in actors)
        awaited = (AWAITED.format(place=PLACES[actor]) for actor in actors)
        for sentence in (OPENED, INSPECTED, *awaited, LOOKED_AT.format(nobody=nobody)):
            text = sa.text(sentence)
            given = {name: value for name, value in told.items() if f":{name}" in sentence}
            typed = [sa.bindparam(name, type_=sa.Date() if name == "day" else sa.String()) for name in given]
            op.get_bind().execute(text.bindparams(*typed), given)


def downgrade() -> None:
    op.drop_table("case_handler")
