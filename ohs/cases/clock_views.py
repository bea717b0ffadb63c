"""The clocks of a case on its page, and what the office that answers for them does with each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from ohs.cases.calendar import Amber, amber_of, level_shown
from ohs.cases.clock_deeds import (
    extend_by_hand,
    extension_for,
    extensions_of,
    may_change,
    resume_by_hand,
    suspend_by_hand,
    why_not_extended,
    why_not_resumed,
)
from ohs.cases.clock_forms import ExtendForm, ResumeForm, SuspendForm
from ohs.cases.clock_records import ClockExtension
from ohs.cases.clocks import work_calendar
from ohs.cases.cuts import cut_for
from ohs.cases.labels import CLOCK_COLOURS, CLOCK_LABELS, ESCALATION_COLOURS, ESCALATION_LABELS, TRACK_LABELS, duty_name
from ohs.cases.models import Case, CaseClock
from ohs.cases.standing import left_on, names_of
from ohs.cases.views import find
from ohs.kernel.clock import today
from ohs.kernel.database import db
from ohs.kernel.message import Message
from ohs.kernel.panels import Panel
from ohs.kernel.policy import Permission, allowed, requires
from ohs.rulebook.deadlines import find_deadline
from ohs.rulebook.documents import cited
from ohs.rulebook.time_left import Left

#: Where a clock stands in the list: what runs first, then what stands still, then what has ended.
ORDER = {"running": 0, "paused": 1, "late": 2, "met": 3, "dropped": 4}
LABELS: dict[str, Any] = {
    "CLOCK_LABELS": CLOCK_LABELS, "CLOCK_COLOURS": CLOCK_COLOURS, "ESCALATION_LABELS": ESCALATION_LABELS, "ESCALATION_COLOURS": ESCALATION_COLOURS,
    "TRACK_LABELS": TRACK_LABELS, "cited": cited,
}  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """One clock as its reader sees it."""

    clock: CaseClock
    name: str
    who: tuple[str, ...]
    #: Only while it runs.
    left: Left | None
    article: str
    extensions: list[ClockExtension]
    #: The reader's office may change it.
    is_mine: bool
    #: The step of the ladder on which it stands today.
    level: int = 0
    #: Why it is not resumed or not extended; none where it may be.
    not_resumed: Message | None = None
    not_extended: Message | None = None


def clocks_panel(session: Session, user: Any, case: Case) -> dict[str, Any] | None:
    """Every clock that this reader's cut of the case shows."""
    clocks = cut_for(user, case).clocks(case)
    if not clocks:
        return None
    may = allowed(user, Permission.CASE_CLOCK, case) and case.closed_on is None
    extensions = extensions_of(session, case)
    amber = amber_of(session)
    shown = [
        _shown(session, case, clock, extensions.get(clock.id, []), amber, is_mine=may and may_change(case, clock, user)) for clock in clocks
    ]
    shown.sort(key=lambda one: (ORDER[one.clock.state], one.clock.due_on, one.clock.id))
    return {
        "open": [one for one in shown if one.clock.ended_on is None], "ended": [one for one in shown if one.clock.ended_on is not None], **LABELS,
    }  # fmt: skip


def _shown(session: Session, case: Case, clock: CaseClock, extensions: list[ClockExtension], amber: Amber, *, is_mine: bool) -> Shown:
    row, work = find_deadline(clock.slug, clock.started_on), work_calendar(session)
    is_open = clock.ended_on is None
    return Shown(
        clock, duty_name(clock.slug, clock.started_on), names_of(case, clock), left_on(clock, today(), work) if is_open else None,
        cited(row["article"]) if row and row["article"] else "", extensions, is_mine and is_open, level_shown(clock, today(), work, amber),
        why_not_resumed(case, clock) if is_mine else None, why_not_extended(session, clock) if is_mine and clock.state == "running" else None,
    )  # fmt: skip


PANEL = Panel("case", Message("Clocks"), Permission.CASE_READ, clocks_panel, "cases/clocks.html", 10)


def _clock(case: Case) -> CaseClock:
    found = next((one for one in case.clocks if one.id == (request.view_args or {})["clock_id"]), None)
    if found is None or found not in cut_for(current_user, case).clocks(case):
        abort(404)
    return found


def _seen(form: Any) -> int | None:
    return int(form.seen.data) if str(form.seen.data or "").isdigit() else None


def _page(
    case: Case, clock: CaseClock, form: Any, *, title: str, lead: str = "", refusal: Message | None = None, latest: Any = None
) -> Any:
    if request.method == "GET":
        form.seen.data = str(case.version)
    page = render_template(
        "cases/clock.html", case=case, clock=clock, form=form, title=title, lead=lead, refusal=refusal, latest=latest,
        shown=_shown(db.session(), case, clock, [], amber_of(db.session()), is_mine=False), **LABELS,
    )  # fmt: skip
    return page, form.status


def _done(case: Case, sentence: str) -> Any:
    db.session.commit()
    flash(sentence, "success")
    return redirect(url_for("desk.case", number=case.number))


@requires(Permission.CASE_CLOCK, find)
def suspend_clock(case: Case) -> Any:
    """Suspend a clock, with its cause and document."""
    clock, form = _clock(case), SuspendForm()
    name = duty_name(clock.slug, clock.started_on)
    if form.validate_on_submit():
        with form.attempt(db.session()):
            suspend_by_hand(
                db.session(), case, clock, cause=form.cause.data, document_no=form.document_no.data, actor=current_user, on=today(), seen=_seen(form)
            )  # fmt: skip
        if not form.errors:
            return _done(case, _("“%(name)s” stands still from tomorrow on; today still counts.", name=name))
    lead = _("The days from tomorrow on do not count until it is resumed.")
    return _page(case, clock, form, title=_("Suspend a clock"), lead=lead)


@requires(Permission.CASE_CLOCK, find)
def resume_clock(case: Case) -> Any:
    """Let a clock run again."""
    clock, form = _clock(case), ResumeForm()
    if form.validate_on_submit():
        with form.attempt(db.session()):
            resume_by_hand(
                db.session(), case, clock, document_no=form.document_no.data or "", actor=current_user, on=today(), seen=_seen(form)
            )
        name = duty_name(clock.slug, clock.started_on)
        if not form.errors:
            return _done(case, _("“%(name)s” runs again; its last day is %(day)s.", name=name, day=clock.due_on))
    lead = _("The days that have run are kept; the last day moves by the days on which it stood still.")
    return _page(case, clock, form, title=_("Resume a clock"), lead=lead, refusal=why_not_resumed(case, clock))


@requires(Permission.CASE_CLOCK, find)
def extend_clock(case: Case) -> Any:
    """Set a later last day, with its cause and document."""
    clock, form, session = _clock(case), ExtendForm(), db.session()
    if form.validate_on_submit():
        with form.attempt(session):
            extend_by_hand(
                session, case, clock, form.until_on.data, cause=form.cause.data, document_no=form.document_no.data, actor=current_user, on=today(),
                seen=_seen(form),
            )  # fmt: skip
        name = duty_name(clock.slug, clock.started_on)
        if not form.errors:
            return _done(case, _("“%(name)s” now lasts until %(day)s.", name=name, day=clock.due_on))
    refusal, latest = why_not_extended(session, clock), extension_for(session, clock)
    return _page(case, clock, form, title=_("Extend a clock"), refusal=refusal, latest=latest)
