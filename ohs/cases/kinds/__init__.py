"""Every kind of case: one module for each, and what they have in common in `vocabulary`."""

from ohs.cases.kinds.contra import CONTRA
from ohs.cases.kinds.overdue import OVERDUE
from ohs.cases.kinds.overlimit import OVERLIMIT
from ohs.cases.kinds.recheck import RECHECK
from ohs.cases.kinds.short import ACUTE, CLUSTER, COMPLAINT, SHORTDUST
from ohs.cases.kinds.susp import SUSP
from ohs.cases.kinds.vocabulary import Kind

#: By code, in the order in which lists name them.
KINDS: dict[str, Kind] = {kind.code: kind for kind in (SUSP, CONTRA, RECHECK, OVERDUE, OVERLIMIT, CLUSTER, SHORTDUST, ACUTE, COMPLAINT)}
