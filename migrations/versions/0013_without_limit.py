"""What is to be done on a case without a limit stands in the inbox of whoever must do it."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

EMPLOYER = "(SELECT o.id FROM organisation o WHERE o.kind = 'employer' AND o.is_active AND o.employer_id = c.employer_id)"
#: Kind, track and status without a limit, and who must act; the office that answers for the track where that is nobody with an account.
TO_DO = (
    ("susp", "main", "urged", "c.institution_id"),
    ("susp", "work_injury", "wi_applied", "NULL"),
    ("susp", "work_injury", "wi_accepted", "NULL"),
    ("susp", "work_injury", "wi_disputed", "NULL"),
    ("susp", "work_injury", "benefit", EMPLOYER),
    ("susp", "work_injury", "followup", "c.owner_id"),
    ("contra", "main", "not_assigned", EMPLOYER),
    ("contra", "main", "breach", "NULL"),
    ("recheck", "main", "done", "c.clinic_id"),
    ("recheck", "main", "lead", "NULL"),
    ("overdue", "main", "examined", "NULL"),
    ("overlimit", "main", "retest", "c.institution_id"),
    ("cluster", "main", "found", "NULL"),
    ("cluster", "main", "visited", "NULL"),
    ("shortdust", "main", "found", "NULL"),
    ("acute", "main", "controlled", "NULL"),
)
#: Who must do it, case by case.
WHO = """
SELECT c.id AS case_id, COALESCE({who}, {office}) AS organisation_id FROM case_file c {join}
WHERE c.closed_on IS NULL AND c.kind = :kind AND {at} = :status
AND NOT EXISTS (SELECT 1 FROM case_clock k WHERE k.case_id = c.id AND k.track = :track AND k.state = 'running')
"""
#: Whoever has a line for the case already is told on it; everybody else gets one.
ADD = """
UPDATE case_waiting SET what = CASE what WHEN '' THEN :status ELSE what || ';' || :status END
WHERE EXISTS (SELECT 1 FROM ({who}) s WHERE s.case_id = case_waiting.case_id AND s.organisation_id = case_waiting.organisation_id)
"""
ENTER = """
INSERT INTO case_waiting (case_id, organisation_id, clock_id, due_on, what)
SELECT s.case_id, s.organisation_id, NULL, '2199-12-31', :status FROM ({who}) s
WHERE NOT EXISTS (SELECT 1 FROM case_waiting w WHERE w.case_id = s.case_id AND w.organisation_id = s.organisation_id)
"""
TIDY = """
DELETE FROM case_waiting WHERE clock_id IS NULL AND what = '' AND EXISTS (
  SELECT 1 FROM case_waiting w WHERE w.case_id = case_waiting.case_id AND w.what <> ''
)
"""


def upgrade() -> None:
    op.add_column("case_waiting", sa.Column("what", sa.String(), nullable=False, server_default=""))
    for kind, track, status, who in TO_DO:
        is_main = track == "main"
        join = "" if is_main else "JOIN case_track t ON t.case_id = c.id AND t.track = :track"
        office, at = ("c.owner_id", "c.status") if is_main else ("t.owner_id", "t.status")
        wanted = WHO.format(who=who, office=office, join=join, at=at)
        for deed in (ADD, ENTER):
            op.get_bind().execute(sa.text(deed.format(who=wanted)), {"kind": kind, "track": track, "status": status})
    op.execute(TIDY)


def downgrade() -> None:
    op.execute("DELETE FROM case_waiting WHERE what <> '' AND clock_id IS NULL")
    op.drop_column("case_waiting", "what")
