"""The desks of those who work for employers, and of employers themselves: their own figures, clients and what they have on file."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ohs.declarations.labels import DECLARING, IN_ORDER
from ohs.declarations.models import Declaration, Filing
from ohs.declarations.queries import declarations_visible_to
from ohs.desk.figures import Tile, declarations_at, examinations_at
from ohs.desk.months import day_span, last_months, month_name
from ohs.kernel.charts import Series, bars_and_line
from ohs.kernel.clock import today
from ohs.kernel.i18n import say
from ohs.kernel.paging import capped_count
from ohs.kernel.policy import Permission, could
from ohs.kernel.screens import show_capped, show_share
from ohs.registry.models import Employer
from ohs.registry.queries import count_workers, employers_visible_to, scopes_of
from ohs.rulebook.hazards import CATEGORY_LABELS
from ohs.surveillance.models import Examination
from ohs.surveillance.queries import examinations_visible_to
from ohs.uploads.models import SenderQuality, Upload
from ohs.uploads.queries import uploads_visible_to

SHOWN = 8


def _examinations(session: Session, user: Any) -> Tile:
    since = day_span(last_months(today())[0])[0]
    counted = capped_count(session, examinations_visible_to(user).where(Examination.examined_on >= since))
    return Tile(_("Examinations"), show_capped(counted), _("in twelve months"), examinations_at(examined_from=since.isoformat()))


def _workers(session: Session, user: Any) -> Tile:
    return Tile(_("Workers"), show_capped(count_workers(session, user)), _("with a file of their own"), url_for("workers.index"))


def _clients(session: Session, user: Any) -> Tile:
    return Tile(
        _("Employers served"),
        show_capped(capped_count(session, employers_visible_to(user))),
        _("as results were handed in"),
        url_for("employers.index"),
    )


def employer_tiles(session: Session, user: Any, _subject: Any) -> dict[str, Any] | None:
    """An employer's own figures."""
    if user.organisation.kind != "employer":
        return None
    accepted = declarations_visible_to(user).join(Declaration.filing).where(Declaration.status == "accepted")
    declaring = accepted.where(Filing.status.in_(DECLARING))
    count = capped_count(session, declaring)
    in_order = capped_count(session, accepted.where(Filing.status.in_(IN_ORDER)))
    exposed = session.scalar(declaring.with_only_columns(func.coalesce(func.sum(Declaration.exposed), 0))) or 0
    made = [
        Tile(_("Workplaces that declare"), f"{count:,}", _("with a filing that is not cancelled"), declarations_at(standing="declaring")),
        Tile(_("In order"), f"{in_order:,}", show_share(in_order, count), declarations_at(standing="in-order")),
        Tile(_("Exposed people"), f"{exposed:,}", _("as declared"), declarations_at(standing="declaring", sort="-exposed")),
        _examinations(session, user),
        _workers(session, user),
    ]
    return {"tiles": made}


def institution_tiles(session: Session, user: Any, _subject: Any) -> dict[str, Any] | None:
    """A clinic's or another institution's own figures."""
    if user.organisation.kind not in ("clinic", "diagnosis", "testing"):
        return None
    made = [_clients(session, user)]
    if could(user, Permission.EXAMINATION_LIST):
        made += [_examinations(session, user), _workers(session, user)]
    if could(user, Permission.UPLOAD_DECIDE):
        question = uploads_visible_to(user).where(Upload.state == "checked", Upload.is_dry_run.is_(False))
        made.append(
            Tile(
                _("Files to be decided"),
                show_capped(capped_count(session, question)),
                _("checked, not committed"),
                url_for("uploads.index", state="checked"),
            )
        )
    if could(user, Permission.SENDER_QUALITY_READ):
        rows, right, late = _quality(session, user)
        made.append(
            Tile(
                _("Right first time"),
                show_share(right, rows),
                _("of %(count)s rows in twelve months", count=f"{rows:,}"),
                url_for("uploads.quality"),
            )
        )
        made.append(Tile(_("Handed in late"), f"{late:,}", _("rows in twelve months"), url_for("uploads.quality"), "late" if late else ""))
    if could(user, Permission.DECLARATION_LIST):
        counted = capped_count(session, declarations_visible_to(user).where(Declaration.status == "accepted"))
        made.append(Tile(_("Declarations of clients"), show_capped(counted), _("accepted"), declarations_at(status="accepted")))
    return {"tiles": made}


def _quality(session: Session, user: Any) -> tuple[int, int, int]:
    sums = select(func.sum(SenderQuality.rows), func.sum(SenderQuality.right_first_time), func.sum(SenderQuality.late)).where(
        SenderQuality.organisation_id == user.organisation_id, SenderQuality.month.in_(last_months(today()))
    )
    rows, right, late = session.execute(sums).one()
    return int(rows or 0), int(right or 0), int(late or 0)


def quality_panel(session: Session, user: Any, _subject: Any) -> dict[str, Any] | None:
    """A sender's months: rows handed in and how many were right at once."""
    if user.organisation.kind != "clinic":
        return None
    question = (
        select(SenderQuality.month, func.sum(SenderQuality.rows), func.sum(SenderQuality.right_first_time))
        .where(SenderQuality.organisation_id == user.organisation_id)
        .group_by(SenderQuality.month)
    )
    found = {month: (int(rows), int(right)) for month, rows, right in session.execute(question)}
    months = [(month, *found.get(month, (0, 0))) for month in last_months(today())]
    rows = Series(_("Rows handed in"), [count for _month, count, _right in months])
    right = Series(_("Right first time (%)"), [round(100 * good / count, 1) if count else None for _month, count, good in months])
    chart = bars_and_line(
        [month_name(month) for month, *_counts in months],
        rows,
        right,
        _("Rows handed in and how many were right first time, month by month"),
    )
    return {"chart": chart, "months": months}


def clients_panel(session: Session, user: Any, _subject: Any) -> dict[str, Any] | None:
    """The employers for which an institution works."""
    if user.organisation.kind not in ("clinic", "diagnosis", "testing"):
        return None
    question = employers_visible_to(user)
    rows = session.scalars(question.order_by(Employer.changed_at.desc(), Employer.id).limit(SHOWN)).all()
    return {"employers": rows, "count": capped_count(session, question)}


def scope_panel(session: Session, user: Any, _subject: Any) -> dict[str, Any] | None:
    """What the institution has on file, and since when."""
    if user.organisation.kind not in ("clinic", "diagnosis", "testing"):
        return None
    day = today()
    standing = [
        (say(CATEGORY_LABELS[scope.category]), scope.filed_on)
        for scope in session.scalars(scopes_of([user.organisation_id]))
        if scope.filed_on <= day and (scope.ends_on is None or scope.ends_on >= day)
    ]
    return {"standing": standing}
