"""Every export of the house: who may take it, what it holds for whom, and a second person where it holds many workers.

Areas offer theirs when the application starts; the pages of exports and the command both take them from here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ForeignKey, Index, Select, UniqueConstraint, insert, literal, select
from sqlalchemy.orm import Mapped, Session, mapped_column
from werkzeug.datastructures import MultiDict

from exports.sheet import LedgerColumn
from ohs.accounts.approvals import approved_for, needs_second_person
from ohs.accounts.models import User
from ohs.accounts.views_saved import arguments_of
from ohs.kernel.audit import AuditEvent, audit
from ohs.kernel.clock import LOCAL, now
from ohs.kernel.database import Base, writing
from ohs.kernel.errors import DomainError
from ohs.kernel.filtering import FilterForm
from ohs.kernel.i18n import say
from ohs.kernel.message import Message
from ohs.kernel.paging import capped_count
from ohs.kernel.policy import Permission, could
from ohs.kernel.screens import filters_set, query_of

#: Filters of a report by their name in the address; `sort` and `purpose` besides.
Arguments = MultiDict[str, str]
#: What every workbook says of itself in each of its rows.
MARK = LedgerColumn("mark", Message("Taken out by, when, for what"), 40)
LONGEST_PURPOSE = 80
#: Stands for a name or number of a person.
UNSAID = "…"


@dataclass(frozen=True)
class Content:
    """What a report holds for one person: its columns, what is counted (a question, or the few rows themselves), and the rows, asked for later."""

    columns: Sequence[LedgerColumn]
    counted: Select[Any] | Sequence[Any]
    rows: Callable[[], Iterator[Sequence[Any]]]
    #: The keys of the workers whom the rows are about; kept with the event, so that each of them can be told who has read of them.
    workers: Select[Any] | None = None


@dataclass(frozen=True)
class Report:
    """One export: its name in addresses and commands, and the list whose filters it has."""

    name: str
    title: Message
    permission: Permission
    #: Endpoint of the list that shows the same rows.
    page: str
    form: type[FilterForm]
    content: Callable[[Session, User, FilterForm, str], Content]
    #: The deed in the audit trail.
    event: str
    #: Whether many of its rows need a second person.
    is_about_workers: bool = False
    #: The names by which this person can have it sorted.
    orders: Callable[[User], Collection[str]] = lambda _user: ()

    @property
    def endpoint(self) -> str:
        """The address that makes it."""
        return f"reports.{self.name}"


@dataclass(frozen=True)
class Export:
    """A report that may be taken: the event to put on record first, then what is written."""

    title: str
    columns: Sequence[LedgerColumn]
    rows: Callable[[], Iterator[Sequence[Any]]]
    event: AuditEvent
    workers: Select[Any] | None = None


class ExportedWorker(Base):
    """A worker of whom an export has told: one row for each, written with the event of the export."""

    __table_args__ = (UniqueConstraint("event_id", "worker_id"), Index("ix_exported_worker_by_worker", "worker_id", "event_id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("audit_event.id"))
    #: A pointer to the register, which stands above this area.
    worker_id: Mapped[int] = mapped_column(ForeignKey("worker.id"))


class ConsentMissing(DomainError):
    """Many workers' data: a second person has to agree first."""


_reports: dict[str, Report] = {}


def add_report(report: Report) -> None:
    """Offer a report; offering it twice changes nothing."""
    _reports[report.name] = report


def find_report(name: str) -> Report | None:
    """The report of that name."""
    return _reports.get(name)


def all_reports() -> list[Report]:
    """Every report, by name."""
    return [_reports[name] for name in sorted(_reports)]


def reports_for(user: User) -> list[Report]:
    """The reports that this person may take, in the order in which they were offered."""
    return [report for report in _reports.values() if could(user, report.permission)]


def content_for(session: Session, user: User, report: Report, arguments: Arguments) -> Content:
    """What the report holds for these filters. Raises `DomainError` (400) for one that cannot be read: it must not narrow nothing here."""
    form = report.form(arguments)
    form.validate()
    content = report.content(session, user, form, arguments.get("sort", ""))
    for field in form:
        if field.errors:
            label, error = str(field.label.text), str(field.errors[0])
            raise DomainError(Message("%(label)s: %(error)s", label=label, error=error), status=400)
    return content


def count_of(session: Session, content: Content) -> int:
    """How many rows a report has, counted up to the cap."""
    return len(content.counted) if isinstance(content.counted, Sequence) else capped_count(session, content.counted)


def count_rows(session: Session, user: User, report: Report, arguments: Arguments) -> int:
    """How many rows it would have, counted up to the cap."""
    return count_of(session, content_for(session, user, report, arguments))


def prepare_export(session: Session, user: User, report: Report, arguments: Arguments) -> Export:
    """Make a report ready for a person who may take it. Raises `ConsentMissing` while a second person has not agreed."""
    content = content_for(session, user, report, arguments)
    rows, query = count_of(session, content), query_of(arguments)
    consent = None
    if report.is_about_workers and needs_second_person(session, user, rows):
        consent = approved_for(session, user, report.name, query)
        if consent is None:
            raise ConsentMissing(
                Message("More rows about workers than one person may take out alone: ask a colleague to agree."), status=403
            )
    typed = " ".join(arguments.get("purpose", "").split())[:LONGEST_PURPOSE]
    purpose = consent.reason if consent else typed or _purpose(user)  # the colleague agreed to that reason and to no other
    mark = f"{user.login} {now().astimezone(LOCAL):%Y-%m-%d %H:%M} {purpose}"
    event = audit(
        report.event, _for_the_trail(report, query), user, after={"rows": rows, "request": consent.id if consent else None}, reason=purpose
    )
    return Export(say(report.title), (*content.columns, MARK), lambda: ([*row, mark] for row in content.rows()), event, content.workers)


def note_export(session: Session, export: Export) -> None:
    """Put an export on record before anything is written: the event, and each worker of whom it tells, by one statement."""
    session.commit()
    with writing():
        session.add(export.event)
        session.flush()
        if export.workers is not None:
            whom = export.workers.order_by(None).subquery().columns
            (worker_id,) = whom
            told = select(literal(export.event.id), worker_id).where(worker_id.is_not(None)).distinct()
            session.execute(insert(ExportedWorker).from_select(["event_id", "worker_id"], told))
        session.commit()


def _for_the_trail(report: Report, query: str) -> str:
    """The filters as the trail keeps them: who was looked for by name or number is nobody's but the asker's."""
    if report.is_about_workers:
        query = query_of(MultiDict((name, UNSAID if name == "text" else value) for name, value in arguments_of(query).items(multi=True)))
    return query or "*"


def filters_in_words(report: Report, query: str) -> str:
    """Filters kept as an address carries them, as people read them; nothing where there are none."""
    arguments = arguments_of(query)
    form = report.form(arguments)
    form.validate()
    return "；".join(f"{label}：{value}" for _name, label, value in filters_set(form, arguments))


def keys_of_workers(question: Select[Any], key: Any) -> Select[Any]:
    """The workers of a report's question, by the column that names them."""
    return question.with_only_columns(key, maintain_column_froms=True).order_by(None)


def _purpose(user: User) -> str:
    return say(Message("own records") if could(user, Permission.EXPORT_ALONE) else Message("no purpose given"))
