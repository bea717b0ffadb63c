"""Pages of performance: medians, shares in time and ages by step, office, county or month, and the rows behind each figure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy.orm import Session
from wtforms import IntegerField, SelectField

from exports.sheet import LedgerColumn
from ohs.accounts.reports import Content, Report
from ohs.accounts.views_saved import saved_views
from ohs.cases.durations import END_TO_END, NOBODY, CaseDuration
from ohs.cases.forms import kind_choices
from ohs.cases.kinds import KINDS
from ohs.cases.labels import ACTOR_LABELS, KIND_COLOURS, actor_labels, duty_name, kind_name
from ohs.cases.performance import (
    AGES,
    COUNTY,
    FEW,
    MONTH,
    OFFICE,
    STEP,
    Figures,
    Narrowed,
    figures_by,
    names_of,
)
from ohs.cases.performance_rows import OPEN_ORDERS, ROW_ORDERS, ended_rows, ended_steps, open_steps
from ohs.kernel.charts import Series, bars_and_line
from ohs.kernel.clock import today
from ohs.kernel.database import db
from ohs.kernel.filtering import FilterForm
from ohs.kernel.i18n import say
from ohs.kernel.ledger import in_order, keys_of, read_ledger
from ohs.kernel.message import Message
from ohs.kernel.policy import Permission, requires
from ohs.registry.labels import county_choices, county_name

PERIODS = {"12": _l("The last twelve months"), "3": _l("The last three months"), "36": _l("The last three years"), "all": _l("All")}
GROUPS = {STEP: _l("By step"), OFFICE: _l("By office and institution"), COUNTY: _l("By county and zone"), MONTH: _l("By month")}
AGE_LABELS = {"week": _l("Up to 7 days"), "month": _l("8 to 30 days"), "quarter": _l("31 to 90 days"), "older": _l("Over 90 days")}
WHOLE_WAY, NO_OFFICE = Message("From the finding to the first benefit"), Message("Employers, workers and bodies without an account")
HEADS = {STEP: Message("Step"), OFFICE: Message("Office or institution"), COUNTY: Message("County or zone"), MONTH: Message("Month")}


class PerformanceForm(FilterForm):
    """What the figures are narrowed by, and what their lines stand for."""

    by = SelectField(_l("Lines"), choices=list(GROUPS.items()), default=STEP)
    period = SelectField(_l("Period"), choices=list(PERIODS.items()), default="12")
    kind = SelectField(_l("Kind of case"))
    actor = SelectField(_l("Whose step"))
    step = SelectField(_l("Step"))
    county = SelectField(_l("County or zone"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everything = ("", _("All"))
        self.kind.choices = [everything, *kind_choices()]
        self.actor.choices = [everything, *((key, str(label)) for key, label in ACTOR_LABELS.items() if key != "system")]
        self.step.choices = [everything, (END_TO_END, say(WHOLE_WAY)), *_step_choices()]
        self.county.choices = [everything, *county_choices()]

    def narrowed(self) -> Narrowed:
        """What was chosen."""
        good = self.good()
        return Narrowed(
            months_back(good.get("period", "12"), today()), good.get("kind", ""), good.get("actor", ""), good.get("step", ""), good.get("county", "")
        )  # fmt: skip

    @property
    def grouped_by(self) -> str:
        """What a line stands for."""
        return str(self.good().get("by", STEP))


class RowsForm(PerformanceForm):
    """The same, with what one figure counts."""

    month = SelectField(_l("Month"))
    office = IntegerField(_l("Office or institution"))
    late = SelectField(_l("In time"), choices=[("", _l("All")), ("yes", _l("Late only"))])
    age = SelectField(_l("Age"), choices=[("", _l("All")), *AGE_LABELS.items()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.month.choices = [("", _("All")), *((month, month) for month in reversed(months_back("120", today())))]

    def narrowed(self) -> Narrowed:
        """What the figure was narrowed by, and the figure itself."""
        found, month, office = super().narrowed(), self.good().get("month", ""), self.office.data
        return replace(
            found, months=(month,) if month else found.months, office="" if office is None or self.office.errors else str(office)
        )


def months_back(period: str, on: date) -> tuple[str, ...]:
    """The months of a period, the last one included; none for everything."""
    if not period.isdigit():
        return ()
    count = on.year * 12 + on.month - 1
    return tuple(f"{(count - back) // 12:04d}-{(count - back) % 12 + 1:02d}" for back in reversed(range(int(period))))


def _step_choices() -> list[tuple[str, str]]:
    steps = [step for kind in KINDS.values() for lifecycle in kind.tracks.values() for step in lifecycle.steps if step.deadline]
    slugs = dict.fromkeys([*(step.deadline for step in steps), *(duty.step.deadline for kind in KINDS.values() for duty in kind.duties)])
    return [(slug, duty_name(slug, today())) for slug in slugs if slug]


def step_name(slug: str) -> str:
    """What a step, or the whole way, is called."""
    return say(WHOLE_WAY) if slug == END_TO_END else duty_name(slug, today())


def _label(by: str, key: Any, names: Any) -> str:
    if by == STEP:
        return step_name(str(key))
    if by == COUNTY:
        return county_name(str(key))
    return str(key) if by == MONTH else say(NO_OFFICE) if key == NOBODY else str(names.get(key, "—"))


def _lines(session: Session, user: Any, form: PerformanceForm) -> list[tuple[str, Figures]]:
    by, wanted = form.grouped_by, form.narrowed()
    found = figures_by(session, user, by, wanted, today())
    names = names_of(session, (line.key for line in found)) if by == OFFICE else {}
    lines = [(_label(by, line.key, names), line) for line in found]
    if by == MONTH:
        return sorted(lines, key=lambda line: str(line[1].key))
    return sorted(lines, key=lambda line: (line[1].key != END_TO_END, -line[1].count, -line[1].open_count, line[0]))


def _own(by: str, key: Any) -> dict[str, Any]:
    """The filter that leaves only one line."""
    return {{STEP: "step", OFFICE: "office", COUNTY: "county", MONTH: "month"}[by]: key}


@requires(Permission.PERFORMANCE_LIST)
def index() -> Any:
    """The figures, the months as a chart, and the way to the rows behind each."""
    form, session = PerformanceForm(request.args), db.session()
    by = form.grouped_by
    lines = _lines(session, current_user, form)
    months = sorted(figures_by(session, current_user, MONTH, form.narrowed(), today()), key=lambda line: str(line.key))
    asked = {name: value for name, value in request.args.items() if name in ("period", "kind", "actor", "step", "county")}

    def rows_at(endpoint: str, grouped: str, line: Figures, **more: str) -> str:
        return url_for(endpoint, **(asked | {"by": grouped} | _own(grouped, line.key) | more))

    return render_template(
        "cases/performance.html", form=form, by=by, lines=lines, months=months, chart=_chart(months, form), head=HEADS[by], rows_at=rows_at,
        views=saved_views(session, current_user, "cases.performance"), FEW=FEW, AGES=[name for name, _from, _to in AGES], AGE_LABELS=AGE_LABELS, MONTH=MONTH, title=step_name(form.narrowed().step) if form.narrowed().step else _("all steps"),
    )  # fmt: skip


def _chart(months: list[Figures], form: PerformanceForm) -> Any:
    step = form.narrowed().step
    name = step_name(step) if step else _("all steps")
    labels = [str(line.key)[2:] for line in months][-12:]
    bars = Series(_("Median days"), [line.median for line in months][-12:])
    shares = [None if line.share is None else round(100 * line.share, 1) for line in months][-12:]
    line = Series(_("In time, per cent"), shares) if step != END_TO_END else None
    return bars_and_line(labels, bars, line, _("Median days and share in time, month by month: %(step)s", step=name)) if months else ""


@requires(Permission.PERFORMANCE_LIST)
def steps() -> Any:
    """The steps that a figure counts."""
    form, session = RowsForm(request.args), db.session()
    by, wanted, only_late = form.grouped_by, form.narrowed(), form.good().get("late") == "yes"
    count, rows = ended_steps(session, current_user, by, wanted, only_late=only_late)
    ledger = read_ledger(session, rows, ROW_ORDERS, "-ended", count=count)
    return _rows_page(form, ledger, {row.organisation_id for row in ledger.rows}, is_open=False)


@requires(Permission.PERFORMANCE_LIST)
def waiting() -> Any:
    """What waits, behind a figure of ages."""
    form, session = RowsForm(request.args), db.session()
    wanted, age = form.narrowed(), str(form.good().get("age", ""))
    count, rows = open_steps(session, current_user, wanted, age, today())
    ledger = read_ledger(session, rows, OPEN_ORDERS, "due", count=count)
    return _rows_page(form, ledger, {row.organisation_id for row in ledger.rows}, is_open=True)


def _rows_page(form: RowsForm, ledger: Any, offices: set[int], *, is_open: bool) -> Any:
    return render_template(
        "cases/performance_rows.html", form=form, ledger=ledger, names=names_of(db.session(), offices), is_open=is_open, step_name=step_name, today=today(),
        kind_name=kind_name, KIND_COLOURS=KIND_COLOURS, ACTOR_LABELS=ACTOR_LABELS, actor_labels=actor_labels, county_name=county_name, NO_OFFICE=NO_OFFICE,
    )  # fmt: skip


COLUMNS = (
    LedgerColumn("count", Message("Done"), 10, "number"), LedgerColumn("share", Message("In time"), 10, "share"),
    LedgerColumn("median", Message("Median days"), 10, "number"), LedgerColumn("ninetieth", Message("90 in 100 within, days"), 12, "number"), LedgerColumn("open", Message("Open"), 10, "number"),
    *(LedgerColumn(name, Message(str(label)), 12, "number") for name, label in (("week", "Up to 7 days"), ("month", "8 to 30 days"), ("quarter", "31 to 90 days"), ("older", "Over 90 days"))),
)  # fmt: skip
ROW_COLUMNS = (
    LedgerColumn("number", Message("Number"), 26), LedgerColumn("kind", Message("Kind of case"), 18), LedgerColumn("step", Message("Step"), 40),
    LedgerColumn("actor", Message("Whose step"), 16), LedgerColumn("office", Message("Office or institution"), 34), LedgerColumn("county", Message("County or zone"), 16),
    LedgerColumn("started_on", Message("Began"), 12, "day"), LedgerColumn("due_on", Message("Last day"), 12, "day"), LedgerColumn("ended_on", Message("Day of ending"), 12, "day"),
    LedgerColumn("days", Message("Days taken"), 8, "number"), LedgerColumn("in_time", Message("In time"), 10),
)  # fmt: skip


def shown(count: int, is_hidden: bool) -> int | str:
    """A count, or that it is small."""
    return f"< {FEW}" if is_hidden else count


def _figures(session: Session, user: Any, form: PerformanceForm, _sort: str) -> Content:
    lines = _lines(session, user, form)

    def rows() -> Iterator[list[Any]]:
        for label, line in lines:
            ages = [None if line.are_ages_hidden else line.open[name] for name, _from, _to in AGES]
            yield [
                label, shown(line.count, line.is_hidden), line.share if line.key != END_TO_END else None, line.median, line.ninetieth,
                shown(line.open_count, line.is_open_hidden), *ages,
            ]  # fmt: skip

    return Content((LedgerColumn("line", HEADS[form.grouped_by], 40), *COLUMNS), lines, rows)


def _steps(session: Session, user: Any, form: RowsForm, sort: str) -> Content:
    question = ended_rows(user, form.grouped_by, form.narrowed(), only_late=form.good().get("late") == "yes")

    def rows() -> Iterator[list[Any]]:
        names = names_of(session, session.scalars(question.with_only_columns(CaseDuration.organisation_id).distinct()))
        for row in session.scalars(in_order(question, keys_of(ROW_ORDERS, sort, "-ended")).execution_options(yield_per=1000)):
            in_time = "" if row.due_on is None else say(Message("No") if row.is_late else Message("Yes"))
            yield [
                row.case.number, say(kind_name(row.kind)), step_name(row.slug), str(ACTOR_LABELS.get(row.actor, "—")), names.get(row.organisation_id, "—"),
                county_name(row.county_code), row.started_on, row.due_on, row.ended_on, row.days, in_time,
            ]  # fmt: skip

    return Content(ROW_COLUMNS, question, rows)


REPORTS = (
    Report("performance", Message("Performance"), Permission.PERFORMANCE_LIST, "cases.performance", PerformanceForm, _figures, "performance:exported"),
    Report("performance-steps", Message("Steps behind the figures"), Permission.PERFORMANCE_LIST, "cases.performance_steps", RowsForm, _steps, "performance:exported"),
)  # fmt: skip
