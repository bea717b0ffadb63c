"""Pages about telling: what an organisation was told, and reminding those who must act."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from ohs.cases.cuts import cut_for
from ohs.cases.forms import NoticeForm
from ohs.cases.inbox_tabs import tabs_of_inbox
from ohs.cases.meeting_telling import mark_meetings_read, sentence_of, unread_meetings
from ohs.cases.models import Case
from ohs.cases.notice_lines import notice_line
from ohs.cases.notices import NEWEST, awaited_among, mark_read, narrowed_notices, told_organisations, unread_count
from ohs.cases.queries import find_case
from ohs.cases.reminding import addressees_of
from ohs.cases.reminding import remind as remind_organisations
from ohs.cases.views import BATCH_AT_MOST, LABELS, find
from ohs.kernel.clock import today
from ohs.kernel.database import db
from ohs.kernel.errors import DomainError
from ohs.kernel.filtering import LARGEST
from ohs.kernel.paging import capped_count, paginate
from ohs.kernel.policy import Permission, allowed, requires
from ohs.kernel.screens import with_query


@requires(Permission.INBOX_READ)
def told() -> Any:
    """What this person's organisation was told, the newest first."""
    form, session = NoticeForm(request.args), db.session()
    good = form.good()
    question = narrowed_notices(current_user, kind=good.get("kind", ""), which=good.get("which", ""))
    page = paginate(session, question, NEWEST, cursor=request.args.get("cursor", ""), size=request.args.get("rows", 50, type=int))
    if request.args.get("counted"):
        page.count = capped_count(session, question)
    else:
        page.is_countable = True
    meetings = unread_meetings(session, current_user)
    unread = unread_count(current_user) + len(meetings)
    return render_template(
        "cases/told.html", form=form, page=page, lines=[notice_line(current_user, one) for one in page.rows], unread=unread,
        to_do=awaited_among(session, current_user, page.rows), tabs=tabs_of_inbox("cases.told", unread), meetings=meetings, sentence_of=sentence_of, is_narrowed=bool(good), **LABELS,
    )  # fmt: skip


@requires(Permission.INBOX_READ)
def read() -> Any:
    """Mark as read: those chosen, or all."""
    chosen = [int(one) for one in request.form.getlist("notice") if one.isdecimal() and int(one) <= LARGEST][:BATCH_AT_MOST]
    done = mark_read(db.session(), current_user, ids=None if request.form.get("all") else chosen)
    if request.form.get("all"):
        done += mark_meetings_read(db.session(), current_user)
    db.session.commit()
    flash(_("Marked as read: %(count)s.", count=done), "success")
    return redirect(with_query("cases.told"))


@requires(Permission.CASE_REMIND, find)
def remind(case: Case) -> Any:
    """Remind those who must act on a case."""
    names = remind_organisations(db.session(), case, actor=current_user, on=today())
    db.session.commit()
    flash(_("Reminded: %(names)s.", names="、".join(names)), "success")
    return redirect(url_for("desk.case", number=case.number))


@requires(Permission.INBOX_READ)
def remind_many() -> Any:
    """Remind those who must act on the cases chosen; each succeeds or fails by itself."""
    reminded, refused = 0, []
    for number in list(dict.fromkeys(request.form.getlist("number")))[:BATCH_AT_MOST]:
        case = find_case(db.session(), number)
        if case is None or not allowed(current_user, Permission.CASE_REMIND, case):
            refused.append(number)
            continue
        try:
            with db.session.begin_nested():
                remind_organisations(db.session(), case, actor=current_user, on=today())
            reminded += 1
        except DomainError:
            db.session.expire_all()
            refused.append(number)
    db.session.commit()
    if reminded:
        flash(_("Reminders sent in %(count)s cases.", count=reminded), "success")
    elif not refused:
        flash(_("Choose the cases first."), "warning")
    if refused:
        flash(
            _("Not reminded, because nobody else must act or they were reminded lately: %(numbers)s.", numbers="、".join(refused)),
            "warning",
        )
    return redirect(with_query("cases.others"))


#: Lines about who was told and has read it.
TOLD_AT_MOST = 6


def reminding_panel(session: Session, user: Any, case: Case) -> dict[str, Any] | None:
    """Who must act and when they were reminded; for the office that answers for the case also who has read what it was told."""
    waited = addressees_of(session, case, user) if case.closed_on is None and allowed(user, Permission.CASE_REMIND, case) else []
    told = []
    if allowed(user, Permission.CASE_TOLD_LIST, case):
        cut = cut_for(user, case)
        told = [
            (notice_line(user, one), name) for one, name in told_organisations(session, case) if cut.shows(one.track, one.event, case.kind)
        ]
    return {"waited": waited, "told": told[:TOLD_AT_MOST], "case": case} if waited or told else None
