"""The auditor's pages: searching the trail, reading one event, taking it away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from flask import render_template, request
from flask_login import current_user
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from exports.sheet import LedgerColumn
from ohs.accounts.admin_forms import AuditFilterForm
from ohs.accounts.audit_words import about, after, before
from ohs.accounts.event_labels import event_name, events_named
from ohs.accounts.models import User
from ohs.kernel.audit import AuditEvent, audit, note_reading
from ohs.kernel.clock import LOCAL
from ohs.kernel.database import db
from ohs.kernel.ledger import read_ledger
from ohs.kernel.message import Message
from ohs.kernel.paging import Key
from ohs.kernel.policy import Permission, requires
from ohs.kernel.screens import query_of

ORDERS = {"new": (Key(AuditEvent.id),)}
COLUMNS = (
    LedgerColumn("sequence", Message("Place in the chain"), 12, "number"),
    LedgerColumn("at", Message("Moment"), 18),
    LedgerColumn("event", Message("Event"), 26),
    LedgerColumn("code", Message("Code of the event"), 26),
    LedgerColumn("actor", Message("Login"), 20),
    LedgerColumn("address", Message("Address of the browser"), 18),
    LedgerColumn("subject", Message("About"), 30),
    LedgerColumn("before", Message("Before"), 40),
    LedgerColumn("after", Message("Now"), 40),
    LedgerColumn("reason", Message("Reason"), 30),
    LedgerColumn("link", Message("Link of the chain"), 30),
)


def trail(form: AuditFilterForm) -> Select[AuditEvent]:
    """What a search finds."""
    chosen, question = form.good(), select(AuditEvent)
    if chosen.get("event"):
        question = question.where(AuditEvent.event.in_(events_named(chosen["event"])))
    if chosen.get("actor"):
        text = chosen["actor"].strip()
        named = select(User.id).where(User.name == text)
        question = question.where(or_(AuditEvent.actor == text.lower(), AuditEvent.actor_id.in_(named)))
    if chosen.get("subject"):
        text = chosen["subject"].strip()
        about = AuditEvent.subject == text
        question = question.where(or_(about, AuditEvent.subject_id == int(text)) if text.isdecimal() and len(text) < 10 else about)
    if chosen.get("address"):
        question = question.where(AuditEvent.address == chosen["address"].strip())
    if chosen.get("from_on"):
        question = question.where(AuditEvent.at >= datetime.combine(chosen["from_on"], time(), tzinfo=LOCAL))
    if chosen.get("to_on"):
        question = question.where(AuditEvent.at < datetime.combine(chosen["to_on"] + timedelta(days=1), time(), tzinfo=LOCAL))
    return question


@requires(Permission.AUDIT_SEARCH)
def index() -> Any:
    """The trail, the latest first; looking at it is part of it."""
    form = AuditFilterForm(request.args)
    ledger = read_ledger(db.session(), trail(form), ORDERS, "-new")
    note_reading(db.session(), audit("audit:searched", query_of(request.args)[:200] or "*", current_user))
    return render_template("admin/audit.html", form=form, ledger=ledger, event_name=event_name, about=about, before=before, after=after)


def trail_rows(session: Session, question: Select[AuditEvent]) -> Iterator[list[Any]]:
    """One row an event, in the order of the trail."""
    told = lambda lines: "；".join(f"{name}：{value}" for name, value in lines)  # noqa: E731
    for event in session.scalars(question.order_by(AuditEvent.id).execution_options(yield_per=1000)):
        yield [
            event.sequence,
            event.at.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M:%S"),
            event_name(event.event),
            event.event,
            event.actor,
            event.address,
            about(event),
            told(before(event)),
            told(after(event)),
            event.reason or "",
            event.link or "",
        ]
