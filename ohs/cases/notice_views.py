"""Pages about telling: what an organisation was told, and reminding those who must act."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ohs.cases.forms import NoticeForm
from ohs.cases.notice_lines import notice_line
from ohs.cases.notices import NEWEST, awaited_among, mark_read, narrowed_notices, unread_count
from ohs.cases.views import BATCH_AT_MOST, LABELS, tabs_of_inbox
from ohs.kernel.database import db
from ohs.kernel.filtering import LARGEST
from ohs.kernel.paging import capped_count, paginate
from ohs.kernel.policy import Permission, requires


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
    unread = unread_count(current_user)
    return render_template(
        "cases/told.html", form=form, page=page, lines=[notice_line(current_user, one) for one in page.rows], unread=unread,
        to_do=awaited_among(session, current_user, page.rows), tabs=tabs_of_inbox("cases.told", unread), is_narrowed=bool(good), **LABELS,
    )  # fmt: skip


@requires(Permission.INBOX_READ)
def read() -> Any:
    """Mark as read: those chosen, or all."""
    chosen = [int(one) for one in request.form.getlist("notice") if one.isdecimal() and int(one) <= LARGEST][:BATCH_AT_MOST]
    done = mark_read(db.session(), current_user, ids=None if request.form.get("all") else chosen)
    db.session.commit()
    flash(_("Marked as read: %(count)s.", count=done), "success")
    return redirect(url_for("cases.told"))
