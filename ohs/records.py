"""Every record of the house in one place, so that the database's plan is whole wherever it is needed."""

import ohs.accounts.models
import ohs.accounts.outbox_models
import ohs.accounts.substitutes
import ohs.cases.branches
import ohs.cases.clock_records
import ohs.cases.document_models
import ohs.cases.durations
import ohs.cases.emergency
import ohs.cases.meeting_models
import ohs.cases.models
import ohs.cases.notices_models
import ohs.cases.protection
import ohs.cases.transfers_models
import ohs.cases.visits_models
import ohs.declarations.models
import ohs.kernel.audit
import ohs.kernel.chain
import ohs.kernel.default_clocks
import ohs.kernel.jobs
import ohs.kernel.numbering
import ohs.kernel.touched
import ohs.kernel.workdays
import ohs.registry.models
import ohs.registry.worker_codes
import ohs.surveillance.models
import ohs.uploads.models  # noqa: F401
from ohs.kernel.database import Base

METADATA = Base.metadata
