"""Pages about the workers of cases of examinations not done: their list, and closing some of them with what proves it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from ohs.cases.actors import By
from ohs.cases.evidence import add_evidence
from ohs.cases.kinds import KINDS
from ohs.cases.kinds.overdue import NEEDS_OFF_HAZARD, OUTCOMES
from ohs.cases.kinds.proofs import FREE_MEDICAL_EVIDENCE
from ohs.cases.labels import kind_name
from ohs.cases.lines import Examined, accept, close_examined, deeds_for, hand_in_off_hazard, is_waiting_for_proof, not_accept, prove
from ohs.cases.models import Case, CaseLine
from ohs.cases.performance import FEW
from ohs.cases.queries import find_case
from ohs.cases.views import find, next_line
from ohs.kernel.attached import Attached, attached_from
from ohs.kernel.clock import today
from ohs.kernel.database import db
from ohs.kernel.errors import DomainError
from ohs.kernel.filtering import LARGEST
from ohs.kernel.forms import PageForm
from ohs.kernel.i18n import say
from ohs.kernel.ledger import View, read_ledger
from ohs.kernel.masks import mask_name
from ohs.kernel.message import Message
from ohs.kernel.panels import Panel
from ohs.kernel.policy import Permission, allowed, requires
from ohs.surveillance.line_forms import FORMS, STANDINGS, LineFilterForm
from ohs.surveillance.line_queries import ORDERS, LineFilters, counts_of, for_list, lines_visible_to, months_of
from ohs.surveillance.overdue_lines import KIND, close_by_records, counts_for, find_record

DEED_LABELS = {
    "examined": _l("Enter the examination"),
    "off-hazard": _l("Hand in proof of being off the hazard"),
    "prove": _l("Hand in proof that no examination is due"),
    "accept": _l("Accept the proof"),
    "not-accept": _l("Do not accept the proof"),
}
OUTCOME_LABELS = OUTCOMES | {"examined": Message("Examination made")}
LABELS: dict[str, Any] = {
    "DEED_LABELS": DEED_LABELS, "OUTCOME_LABELS": OUTCOME_LABELS, "KINDS": KINDS, "kind_name": kind_name, "is_waiting_for_proof": is_waiting_for_proof,
}  # fmt: skip
#: So many of those whose examination is not on file are named.
NAMED_AT_MOST = 8


@requires(Permission.CASE_LINE_LIST)
def index() -> Any:
    """Workers whose examination was not made, of one case or of all that this person may read."""
    form, session = LineFilterForm(request.args), db.session()
    filters = form.filters()
    ledger = read_ledger(session, for_list(lines_visible_to(current_user, filters)), ORDERS, "due")
    case = find_case(session, filters.case) if filters.case else None
    if case is not None and not allowed(current_user, Permission.CASE_LINE_READ, case):
        case = None
    of_case = [f"case={case.number}"] if case else []
    return render_template(
        "surveillance/lines.html", form=form, ledger=ledger, case=case, views=[View(str(label), "&".join([*of_case, *([f"standing={name}"] if name != "open" else [])])) for name, label in STANDINGS.items()],
        deeds=deeds_for(case, By(current_user)) if case and allowed(current_user, Permission.CASE_ACT, case) else [],
        is_own=bool({"clinic", "employer"} & current_user.role_names), today=today(), **LABELS,
    )  # fmt: skip


@requires(Permission.CASE_ACT, find)
def choose(case: Case) -> Any:
    """From the list to what its button asks: the choice stays in the address."""
    deed = request.args.get("deed", "")
    if deed not in DEED_LABELS:
        return redirect(url_for("lines.index", case=case.number))
    given: dict[str, Any] = {name: request.args.getlist(name) for name in ("line", "every", "standing", "text") if request.args.get(name)}
    return redirect(url_for("lines.close", number=case.number, deed=deed, **given))


@requires(Permission.CASE_ACT, find)
def close(case: Case) -> Any:
    """Do one thing with some of a case's workers."""
    deed, session = (request.view_args or {})["deed"], db.session()
    if deed not in deeds_for(case, By(current_user)):
        raise DomainError(Message("This is not for you to do with the workers of this case."))
    lines = _chosen(session, case)
    if not lines:
        raise DomainError(Message("Choose the workers first."), status=400)
    form, status = FORMS[deed](), 200
    if deed == "prove":
        form.offer(case)
    if deed == "examined" and case.subtype != NEEDS_OFF_HAZARD:
        del form.off_hazard
    if form.validate_on_submit():
        try:
            with session.begin_nested():  # files and lines together, or neither
                told = DOES[deed](session, case, lines, form)
        except DomainError as refused:
            form.form_errors.append(say(refused.message))
            status = refused.status
        else:
            session.commit()
            flash(f"{told} {next_line(case)}", "success")
            return redirect(url_for("lines.index", case=case.number))
    page = render_template("surveillance/close_lines.html", case=case, deed=deed, form=form, lines=lines, is_own=False, **LABELS)
    return page, 400 if form.errors and status == 200 else status


def _chosen(session: Session, case: Case) -> list[CaseLine]:
    """The lines that were ticked, or every one that the filters of the list find."""
    given = request.form if request.method == "POST" else request.args
    question = select(CaseLine).where(CaseLine.case_id == case.id).options(joinedload(CaseLine.worker))
    if given.get("every"):
        form = LineFilterForm(request.args)
        filters = form.filters()
        kept = lines_visible_to(current_user, LineFilters(case.number, filters.standing, filters.text)).with_only_columns(CaseLine.id)
        question = question.where(CaseLine.id.in_(kept), CaseLine.outcome == "")
    else:
        ids = [id for id in given.getlist("line", type=int) if 0 < id <= LARGEST]
        question = question.where(CaseLine.id.in_(ids))
    return list(session.scalars(question.order_by(CaseLine.id).execution_options(populate_existing=True)))


def _examined(session: Session, case: Case, lines: Sequence[CaseLine], form: Any) -> str:
    by, on, file = By(current_user), today(), _file(form, "off_hazard")
    card = (form.record.data or "").strip()
    if card:
        if len(lines) != 1:
            raise DomainError(Message("A card is of one worker: choose one, or leave the number empty."), status=400)
        closed = close_examined(session, case, [_of_card(session, case, lines[0], card, form)], by=by, on=on, off_hazard=file)
        return _told(closed, len(lines))
    closed, without = close_by_records(session, case, lines, by=by, on=on, off_hazard=file)
    if len(without) == len(lines):
        raise DomainError(Message("No examination that counts is on file for: %(names)s.", names=_named(without)))
    told = _told(closed, len(lines) - len(without))
    return f"{told} {_('No examination that counts is on file for: %(names)s.', names='、'.join(_named(without)))}" if without else told


def _of_card(session: Session, case: Case, line: CaseLine, card: str, form: Any) -> Examined:
    """The examination on file under a card; else the one that its report proves."""
    found = find_record(session, line, card)
    if found is not None:
        if not counts_for(found, case.subtype, line.due_on, case.opened_on, case.hazard_codes):
            raise DomainError(
                Message("Card %(card)s is on file, but it is not the examination that is due: its phase, hazards, day or conclusion say otherwise.", card=card)
            )  # fmt: skip
        return Examined(line, card, found.examined_on, found.id)
    report = _file(form, "report")
    if form.examined_on.data is None or report is None:
        raise DomainError(
            Message("Card %(card)s is not on file for this worker: give the day and the report of the examination.", card=card), status=400
        )
    add_evidence(session, case, FREE_MEDICAL_EVIDENCE, report, actor=current_user, on=today())
    return Examined(line, card, form.examined_on.data)


def _off_hazard(session: Session, case: Case, lines: Sequence[CaseLine], form: Any) -> str:
    closed = hand_in_off_hazard(session, case, lines, attached_from(form.file.data), by=By(current_user), on=today())
    return _("Proof is on file for %(count)s workers; %(closed)s of them are closed.", count=len(lines), closed=closed)


def _prove(session: Session, case: Case, lines: Sequence[CaseLine], form: Any) -> str:
    file = attached_from(form.file.data)
    closed = prove(session, case, lines, form.why.data, file, by=By(current_user), on=today(), reason=form.reason.data or "")
    return _told(closed, len(lines)) if closed else _("Proof is handed in for %(count)s workers; the health department decides.", count=len(lines))  # fmt: skip


def _accept(session: Session, case: Case, lines: Sequence[CaseLine], _form: PageForm) -> str:
    return _told(accept(session, case, lines, by=By(current_user), on=today()), len(lines))


def _not_accept(session: Session, case: Case, lines: Sequence[CaseLine], form: Any) -> str:
    not_accept(session, case, lines, form.reason.data or "", by=By(current_user), on=today())
    return _("Not accepted: %(count)s workers stay open.", count=len(lines))


DOES: dict[str, Callable[..., str]] = {
    "examined": _examined, "off-hazard": _off_hazard, "prove": _prove, "accept": _accept, "not-accept": _not_accept,
}  # fmt: skip


def _file(form: Any, name: str) -> Attached | None:
    return attached_from(form[name].data) if name in form and form[name].data else None


def _told(closed: int, count: int) -> str:
    if closed == count:
        return _("Closed: %(count)s workers.", count=closed)
    return _("Closed: %(count)s workers; %(others)s wait for proof that they were off the hazard.", count=closed, others=count - closed)


def _named(lines: Sequence[CaseLine]) -> list[str]:
    names = [mask_name(line.worker.standing.name) for line in lines[:NAMED_AT_MOST]]
    return [*names, "…"] if len(lines) > NAMED_AT_MOST else names


def panel_of(session: Session, user: Any, case: Case) -> dict[str, Any] | None:
    """How many workers of a case are open and closed: with the list, as counts, or as months, as much as this reader may know."""
    if case.kind != KIND:
        return None
    is_listed = allowed(user, Permission.CASE_LINE_READ, case)
    if not is_listed and allowed(user, Permission.CASE_LINE_MONTHS, case):
        return {"months": months_of(session, case), "counts": None, "is_listed": False}
    if not is_listed and not allowed(user, Permission.CASE_LINE_COUNT, case):
        return None
    counts = counts_of(session, case)
    total = sum(count for outcome, count in counts.items() if outcome != "claimed")
    if not total:
        return None
    few = 0 if is_listed else FEW
    return {"months": None, "counts": counts, "total": total, "is_listed": is_listed, "few": few, "OUTCOME_LABELS": OUTCOME_LABELS}


PANEL = Panel("case", Message("Workers of the list"), Permission.CASE_READ, panel_of, "surveillance/lines_panel.html", 10)
