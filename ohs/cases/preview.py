"""What a hand-over shows before it is accepted: what kind of case, where, how far, and why; nobody's name and no employer's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from ohs.cases.clocks import work_calendar
from ohs.cases.cuts import part_of_clock
from ohs.cases.kinds import KINDS
from ohs.cases.kinds.vocabulary import MAIN
from ohs.cases.labels import duty_name, status_name
from ohs.cases.models import Case, CaseClock
from ohs.cases.standing import left_on
from ohs.cases.transfer_rules import TRANSFER
from ohs.cases.transfers_models import Transfer
from ohs.kernel.message import Message
from ohs.registry.labels import county_name
from ohs.rulebook.hazards import CATEGORIES, CATEGORY_LABELS, category_of, hazards
from ohs.rulebook.time_left import Left

#: Ages are told in bands of so many years.
BAND = 10
#: Identity numbers and telephones, also in groups, and credit codes of employers.
_NUMBERS = re.compile(
    r"(?:[0-9] ?){15,17}[0-9Xx]?|(?<![0-9-])1[0-9](?:[ -]?[0-9]){9}(?![0-9])|\b[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}\b"
)
HIDDEN = "…"


@dataclass(frozen=True)
class Preview:
    """A case without anybody in it."""

    kind: Message
    county: str
    categories: tuple[Message, ...]
    #: First and last year of the band; none where nobody's age is known.
    ages: tuple[int, int] | None
    status: Message
    #: Of the part that is handed over.
    clocks: tuple[tuple[str, Left | None, CaseClock], ...]
    why: str


def preview_of(session: Session, transfer: Transfer, on: date) -> Preview:
    """What may be known of it before it is accepted."""
    case, kind, work = transfer.case, KINDS[transfer.case.kind], work_calendar(session)
    handed = [one for one in case.clocks if transfer.track in (MAIN, part_of_clock(case, one)) and one.track != TRANSFER]
    running = sorted((one for one in handed if one.state == "running"), key=lambda one: one.due_on)
    present = {category_of(code) for code in case.hazard_codes.split(";") if code in hazards()}
    return Preview(
        kind.name, county_name(case.county_code), tuple(CATEGORY_LABELS[name] for name in CATEGORIES if name in present), _ages(case, on),
        status_name(kind, case.status_on(transfer.track)), tuple((duty_name(one.slug, one.started_on), left_on(one, on, work), one) for one in running),
        without_names(transfer.reason, case),
    )  # fmt: skip


def _ages(case: Case, on: date) -> tuple[int, int] | None:
    born = case.worker.standing.birth_on if case.worker else None
    if born is None:
        return None
    age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    return age // BAND * BAND, age // BAND * BAND + BAND - 1


def without_names(text: str, case: Case) -> str:
    """A text with what names the worker or the employer taken out, and every number that could be a person's."""
    named = [one.name for worker in (case.worker,) if worker for one in (worker, worker.standing)]
    named += [word for employer in (case.employer,) if employer for one in (employer, employer.standing) for word in (one.name, one.uscc)]
    for name in sorted(filter(None, named), key=len, reverse=True):
        text = text.replace(name, HIDDEN)
    return _NUMBERS.sub(HIDDEN, text)


def without_names_of(text: str, cases: Iterable[Case]) -> str:
    """The same of several cases."""
    for case in cases:
        text = without_names(text, case)
    return text
