"""Pages about cases: the list, the inbox, and the acts that people do on a case."""

from __future__ import annotations

from functools import cache
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ohs.accounts.models import User
from ohs.accounts.substitutes import covered_by, covers_for
from ohs.accounts.views_saved import saved_views
from ohs.cases.actors import By
from ohs.cases.case_lists import ORDERS, listed_cases, listed_others
from ohs.cases.cuts import cut_for
from ohs.cases.document_proofs import fill_from, issued_for, with_proof
from ohs.cases.evidence import add_all, add_evidence, may_see, missing_for_duty, missing_kinds
from ohs.cases.forms import STANDINGS, AssignForm, CaseFilterForm, InboxForm, act_form, document_field, file_field
from ohs.cases.handling import assign_case, colleagues_of, hands_at, take_case
from ohs.cases.inbox_counts import to_do_count
from ohs.cases.inbox_tabs import tabs_of_inbox
from ohs.cases.kinds import KINDS
from ohs.cases.kinds.facts import DONE_ON, NOTE
from ohs.cases.kinds.overdue import DECIDE_PROOFS
from ohs.cases.kinds.proofs import EVIDENCE, FREE_EVIDENCE
from ohs.cases.kinds.vocabulary import MAIN, Act
from ohs.cases.labels import ACTOR_LABELS, KIND_COLOURS, basis_of, event_name, kind_name, names_article, status_name
from ohs.cases.machine import do, fulfil, in_place, possible, refuse_done, refuse_stale
from ohs.cases.models import Case, CaseDuty
from ohs.cases.moving import situation_of
from ohs.cases.next_days import next_days
from ohs.cases.queries import (
    INBOX_ORDER,
    get_for_deed,
    get_for_page,
    get_many_for_deed,
    inbox_of,
)
from ohs.cases.standing import Awaited, awaited, transfer_left, waiting_teller
from ohs.cases.told import told_in
from ohs.cases.transfer_queries import handed_to
from ohs.cases.visit_queries import answered_about
from ohs.cases.visit_questions import ANSWERS
from ohs.kernel.attached import attached_from
from ohs.kernel.clock import today
from ohs.kernel.database import db
from ohs.kernel.errors import DomainError
from ohs.kernel.i18n import say
from ohs.kernel.ledger import Ledger, View, count_page, read_ledger
from ohs.kernel.lifecycle import Step
from ohs.kernel.message import Message
from ohs.kernel.paging import paginate
from ohs.kernel.policy import Permission, allowed, requires
from ohs.kernel.screens import with_query
from ohs.registry.labels import county_name

#: So many are taken at once.
BATCH_AT_MOST = 200
LABELS: dict[str, Any] = {
    "kind_name": kind_name, "KIND_COLOURS": KIND_COLOURS, "KINDS": KINDS, "status_name": status_name, "county_name": county_name,
    "cut_for": lambda case: cut_for(current_user, case), "ACTOR_LABELS": ACTOR_LABELS, "basis_of": basis_of, "names_article": names_article,
}  # fmt: skip


def find(number: str, **_rest: Any) -> Case | None:
    """The case of an address, whole; whatever else the address names belongs to the view."""
    return get_for_deed(db.session(), number) if request.method == "POST" else get_for_page(db.session(), number)


@requires(Permission.CASE_LIST)
def index() -> Any:
    """Cases by the newest, by number, or by their next day."""
    form = CaseFilterForm(request.args)
    parts = listed_cases(db.session(), current_user, form.filters(), today())
    ledger = read_ledger(db.session(), parts, ORDERS, "-new", counted=False)
    views = [View(str(label), "" if name == "open" else f"standing={name}") for name, label in STANDINGS.items()]
    return render_template(
        "cases/index.html",
        form=form,
        ledger=ledger,
        hands=hands_at(db.session(), current_user, (case.id for case in ledger.rows)),
        days=next_days(db.session(), current_user, ledger.rows),
        views=[*views, *saved_views(db.session(), current_user, "cases.index")],
        today=today(),
        **LABELS,
    )


@requires(Permission.INBOX_READ)
def inbox() -> Any:
    """What this person's organisation must do, by the last day."""
    form, session = InboxForm(request.args), db.session()
    covered = covered_by(session, current_user, today())
    hands = [current_user.id, *(one.user_id for one in covered)]
    question = inbox_of(session, current_user, form.filters(), hands, today())
    page = paginate(session, question, INBOX_ORDER, cursor=request.args.get("cursor", ""), size=request.args.get("rows", 50, type=int))
    count_page(session, question, page, counted=False)
    return render_template(
        "cases/inbox.html", takes=any(allowed(current_user, Permission.CASE_TAKE, row.case) for row in page.rows), form=form, page=page, hands=hands_at(session, current_user, (row.case_id for row in page.rows)), ledger=Ledger(page, ""), tell=waiting_teller(session, page.rows), tabs=tabs_of_inbox("cases.inbox", to_do_count(current_user)),
        views=saved_views(session, current_user, "cases.inbox"), covered={one.user_id: one for one in covered},
        substitute=covers_for(session, current_user, today()), handed=handed_to(session, current_user), left=transfer_left(session), **LABELS,
    )  # fmt: skip


@requires(Permission.INBOX_READ)
def others() -> Any:
    """Open cases of this organisation in which somebody else must act."""
    form, session = InboxForm(request.args), db.session()
    hands = [current_user.id, *(one.user_id for one in covered_by(session, current_user, today()))]
    parts = listed_others(session, current_user, form.filters(), hands, today())
    ledger = read_ledger(session, parts, ORDERS, "due", counted=False)
    return render_template(
        "cases/others.html", form=form, ledger=ledger, tabs=tabs_of_inbox("cases.others"), views=saved_views(session, current_user, "cases.others"),
        waits=_awaited_by, **LABELS,
    )  # fmt: skip


def _awaited_by(case: Case) -> list[Awaited]:
    """What a case waits for, as far as this reader may know it."""
    cut = cut_for(current_user, case)
    return awaited(db.session(), case, cut.clocks(case), cut.without_limit(case))


@requires(Permission.CASE_ACT, find)
def act(case: Case) -> Any:
    """Do one act: the facts that it asks for, what it still lacks, and what follows from it."""
    arguments = request.view_args or {}
    track, event = arguments["track"], arguments["event"]
    is_shown = track == MAIN or cut_for(current_user, case).shows_track(track)
    found = next(
        ((step, act) for on, step, act in possible(case, By(current_user)) if is_shown and (on, step.event) == (track, event)), None
    )
    if found is None:
        refuse_stale(case, _seen(), current_user)
        return _cannot(case, track, event)
    step, act = found
    if request.method == "GET" and act.bar is not None and (barred := act.bar(situation_of(case, today()))) is not None:
        raise DomainError(barred)
    session = db.session()
    issued = issued_for(session, case, event)
    facts = tuple(fact for fact in act.facts if fact.only_in in ("", case.subtype))
    form = act_form(session, with_proof(facts, issued), missing_kinds(case, act), near=case.county_code)
    if form.validate_on_submit():
        with form.attempt(session):  # files and act together, or neither
            add_all(session, case, form.files(), actor=current_user, on=today())
            do(session, case, event, form.told(), by=By(current_user), on=today(), track=track, seen=_seen())
        if not form.errors:
            session.commit()
            flash(_("Done: %(what)s. %(next)s", what=say(act.name), next=next_line(case, track)), "success")
            return redirect(url_for("desk.case", number=case.number))
    if request.method == "GET":
        form.seen.data = str(case.version)
        fill_from(form, issued)
    page = render_template(
        "cases/act.html",
        case=case,
        act=act,
        step=step,
        form=form,
        files=[file_field(kind) for kind in form.evidence],
        kind=KINDS[case.kind],
        track=track,
        visits=answered_about(session, case) if track == MAIN and step.before in KINDS[case.kind].visited else (),
        ANSWERS=ANSWERS,
        **LABELS,
    )
    return page, form.status


def _seen() -> int | None:
    """The version of the case that this person had before them."""
    return request.form.get("seen", type=int)


def _cannot(case: Case, track: str, event: str) -> Any:
    """Why an act is not to be done here and now: the sentence of the machine."""
    kind = KINDS[case.kind]
    if track not in kind.tracks or kind.act(track, event) is None:
        raise DomainError(Message("Cases of this kind know no such act."), status=400)
    raise DomainError(
        Message(
            "“%(event)s” is not for you to do while the case is at “%(status)s”. %(next)s",
            event=event_name(kind, track, event),
            status=cut_for(current_user, case).status_on(case, track),
            next=next_line(case),
        )
    )


def next_line(case: Case, track: str = MAIN) -> str:
    """Who must act next, in a sentence: on the track where something was done, if it waits there for anybody."""
    waits = _awaited_by(case)
    if not waits:
        return _("The case is closed.") if case.closed_on else ""
    here = [one for one in waits if one.track == track] or waits
    first = next((one for one in here if not one.is_right), here[0])
    if first.is_right and first.clock is not None:
        return _(
            "Nobody must act now; %(who)s may: %(what)s, until %(day)s.", who="、".join(first.who), what=first.what, day=first.clock.due_on
        )
    if first.clock is None:
        return _("Now waiting for %(who)s: %(what)s; %(limit)s.", who="、".join(first.who), what=first.what, limit=first.open_end)
    return _("Now waiting for %(who)s: %(what)s, until %(day)s.", who="、".join(first.who), what=first.what, day=first.clock.due_on)


@requires(Permission.CASE_ACT, find)
def duty(case: Case) -> Any:
    """Do a duty that stands beside the status."""
    duty = next((one for one in case.duties if one.id == (request.view_args or {})["duty_id"]), None)
    if duty is None or not cut_for(current_user, case).shows_duty(case.kind, duty.event):
        abort(404)
    refuse_done(case, duty, current_user)
    if duty.event == DECIDE_PROOFS:
        return redirect(url_for("lines.index", case=case.number, standing="claimed"))
    if not may_do(case, duty):
        raise DomainError(Message("This duty is not yours."))
    needed = missing_for_duty(case, duty)
    takes_more = not needed and may_see(current_user, case, FREE_EVIDENCE) and case.closed_on is None
    more = {"document": document_field()} if takes_more else {}
    form = act_form(db.session(), (DONE_ON, NOTE), needed, **more)
    if form.validate_on_submit():
        with form.attempt(db.session()):
            add_all(db.session(), case, form.files(), actor=current_user, on=today())
            if more and form["document"].data:
                add_evidence(db.session(), case, FREE_EVIDENCE, attached_from(form["document"].data), actor=current_user, on=today())
            fulfil(db.session(), case, duty, form.told(), by=By(current_user), on=today())
        if not form.errors:
            db.session.commit()
            flash(
                _(
                    "Done: %(what)s. %(next)s",
                    what=say(event_name(KINDS[case.kind], "duty", duty.event)),
                    next=next_line(case, KINDS[case.kind].track_of_duty(duty.event)),
                ),
                "success",
            )
            return redirect(url_for("desk.case", number=case.number))
    asked = case.steps[duty.opened_by - 1] if duty.event in KINDS[case.kind].asked_by else None
    page = render_template(
        "cases/duty.html", case=case, duty=duty, form=form, files=[file_field(kind) for kind in form.evidence],
        name=event_name(KINDS[case.kind], "duty", duty.event),
        asked=told_in(db.session(), case, asked, cut_for(current_user, case)) if asked else [], asked_on=asked.on if asked else None, **LABELS,
    )  # fmt: skip
    return page, form.status


def may_do(case: Case, duty: CaseDuty) -> bool:
    """Whether the duty is open and this person's."""
    step = next((one.step for one in KINDS[case.kind].duties if one.event == duty.event), None)
    return (
        duty.state == "due"
        and step is not None
        and bool(in_place(case, KINDS[case.kind].track_of_duty(duty.event), By(current_user)).stands_for(step.actors))
    )


def acts_for(case: Case) -> list[tuple[str, Step, Act, list[Message], Message | None]]:
    """What this person can do next, the likeliest first, with the evidence that it still lacks and why it is too early; what they do for others comes last."""
    if not allowed(current_user, Permission.CASE_ACT, case):
        return []
    cut, by, tracks = cut_for(current_user, case), By(current_user), list(KINDS[case.kind].tracks)
    situation = cache(lambda: situation_of(case, today()))

    def likeliest(found: tuple[str, Step, Act]) -> tuple[bool, bool, int, int]:
        track, step, act = found
        is_early = act.too_early(situation()) is not None
        return is_early, by.code not in step.actors, tracks.index(track), list(KINDS[case.kind].acts[track]).index(act.event)

    return [
        (track, step, act, [EVIDENCE[kind] for kind in missing_kinds(case, act)], act.too_early(situation()))
        for track, step, act in sorted(possible(case, by), key=likeliest)
        if (cut.shows_track(track) or track == "main") and not act.is_out_of_place(situation())
    ]


@requires(Permission.CASE_TAKE, find)
def take(case: Case) -> Any:
    """Take a case in hand at one's organisation."""
    take_case(db.session(), case, actor=current_user, on=today())
    db.session.commit()
    flash(_("%(number)s is in your hands.", number=case.number), "success")
    return redirect(url_for("desk.case", number=case.number))


@requires(Permission.CASE_TAKE, find)
def assign(case: Case) -> Any:
    """Pass a case on to a colleague."""
    refuse_stale(case, _seen(), current_user)
    form, people = AssignForm(), colleagues_of(db.session(), current_user)
    held = case.handler_at(current_user.organisation_id)
    if held is not None and form.held.data not in (None, str(held.id)):
        raise DomainError(Message("%(name)s has it already.", name=held.name))
    form.assignee_id.choices = [(one.id, one.name) for one in people]
    if form.validate_on_submit():
        colleague = db.session.get_one(User, form.assignee_id.data)
        assign_case(db.session(), case, colleague, actor=current_user, on=today(), note=form.note.data or "")
        db.session.commit()
        flash(_("%(number)s is in the hands of %(name)s.", number=case.number, name=colleague.name), "success")
        return redirect(url_for("desk.case", number=case.number))
    if request.method == "GET":
        form.seen.data, form.held.data = str(case.version), str(held.id) if held else ""
    return render_template("cases/assign.html", case=case, form=form, **LABELS), 400 if form.errors else 200


@requires(Permission.INBOX_READ)
def take_many() -> Any:
    """Take those chosen in the inbox; each succeeds or fails by itself."""
    taken, refused = 0, []
    chosen = list(dict.fromkeys(request.form.getlist("number")))[:BATCH_AT_MOST]
    cases = get_many_for_deed(db.session(), chosen)
    for number in chosen:
        case = cases.get(number)
        if case is None or not allowed(current_user, Permission.CASE_TAKE, case):
            refused.append(number)
            continue
        try:
            with db.session.begin_nested():
                take_case(db.session(), case, actor=current_user, on=today())
            taken += 1
        except DomainError:
            db.session.expire_all()
            refused.append(number)
    db.session.commit()
    if taken:
        flash(_("Taken: %(count)s.", count=taken), "success")
    elif not refused:
        flash(_("Choose the cases first."), "warning")
    if refused:
        flash(_("Not taken, because they are in other hands: %(numbers)s.", numbers="、".join(refused)), "warning")
    return redirect(with_query("cases.inbox"))
