"""Pages of the joint meeting: its list, items with decision and result, meetings with agenda and minutes."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from exports.meeting import agenda_pdf, minutes_pdf
from ohs.accounts.models import Organisation
from ohs.accounts.settings import setting
from ohs.cases.allocating import ALLOCATING, decide, refuse_undecidable
from ohs.cases.joint_meeting import close_meeting, convene, fill_agenda, list_item, refuse_ended, refuse_unreportable, report_result
from ohs.cases.kinds.vocabulary import MAIN
from ohs.cases.meeting_changes import call_off, move_meeting, refuse_held
from ohs.cases.meeting_forms import CallOffForm, CloseForm, ConveneForm, DecideForm, ItemFilterForm, MoveForm, ProposeForm, ResultForm
from ohs.cases.meeting_models import Meeting, MeetingChange, MeetingItem
from ohs.cases.meeting_papers import agenda_of, minutes_of
from ohs.cases.meeting_queries import MEETING_ORDER, ORDERS, find_item, find_meeting, held_in, items_on_list, meetings_held, undecided
from ohs.cases.meeting_telling import note_meeting_seen, sentence_of
from ohs.cases.models import Case
from ohs.cases.queries import cases_visible_to
from ohs.cases.transfer_labels import CAUSE_LABELS, PART_LABELS
from ohs.cases.transfer_queries import offices
from ohs.cases.waiting import settle
from ohs.kernel.clock import today
from ohs.kernel.database import db
from ohs.kernel.downloads import bytes_answer
from ohs.kernel.i18n import say
from ohs.kernel.ledger import read_ledger
from ohs.kernel.paging import paginate
from ohs.kernel.policy import Permission, allowed, requires

PDF = "application/pdf"
LABELS: dict[str, Any] = {"CAUSE_LABELS": CAUSE_LABELS, "PART_LABELS": PART_LABELS}
#: At least these take part (a default of this office, to be changed for each meeting).
MEMBERS = "市卫生健康委员会\n市人力资源和社会保障局\n市应急管理局\n市财政局\n市医疗保障局\n市总工会\n市经济和信息化局"


def find(number: str) -> MeetingItem | None:
    """The item of an address."""
    return find_item(db.session(), number)


def find_held(number: str) -> Meeting | None:
    """The meeting of an address."""
    return find_meeting(db.session(), number)


@requires(Permission.JOINT_MEETING_READ)
def index() -> Any:
    """What stands on the list, the newest first."""
    form = ItemFilterForm(request.args)
    ledger = read_ledger(db.session(), items_on_list(form.filters(), today()), ORDERS, "-new")
    return render_template(
        "joint_meeting/index.html",
        form=form,
        ledger=ledger,
        today=today(),
        may_read=lambda case: allowed(current_user, Permission.CASE_READ, case),
        **LABELS,
    )


@requires(Permission.JOINT_MEETING_PROPOSE)
def propose() -> Any:
    """Bring something before the meeting."""
    form, session = ProposeForm(), db.session()
    if request.method == "GET":
        form.cases.data = request.args.get("case", "")
    if form.validate_on_submit():
        seen = cases_visible_to(current_user).where(Case.id.not_in(current_user.emergency_case_ids))  # an emergency lets people read only
        found = session.scalars(seen.where(Case.number.in_(form.numbers))).unique().all()
        unknown = set(form.numbers) - {case.number for case in found}
        if unknown:
            form.cases.errors = [_("No case of that number that you may see: %(numbers)s.", numbers="、".join(sorted(unknown)))]
        else:
            about = [(case, MAIN) for case in found]
            place = current_user.organisation
            with form.attempt(session):
                item = list_item(session, form.cause.data, form.why.data or "", on=today(), proposer=place, about=about, actor=current_user)
                for case in found:
                    settle(session, case)
            if not form.errors:
                session.commit()
                flash(_("%(number)s stands on the joint meeting’s list.", number=item.number), "success")
                return redirect(url_for("joint_meeting.item", number=item.number))
    return render_template("joint_meeting/propose.html", form=form), form.status


@requires(Permission.JOINT_MEETING_READ, find)
def item(item: MeetingItem) -> Any:
    """One item: cause, cases, decision, result."""
    meeting = item.meeting
    can_decide = item.decided_on is None and meeting is not None and meeting.closed_on is None and meeting.held_on <= today()
    return render_template(
        "joint_meeting/item.html",
        item=item,
        today=today(),
        can_decide=can_decide,
        may_read=lambda case: allowed(current_user, Permission.CASE_READ, case),
        **LABELS,
    )


@requires(Permission.JOINT_MEETING_CONVENE, find)
def enter_decision(item: MeetingItem) -> Any:
    """Enter what was decided; the form does not open where nothing is to be decided."""
    refuse_undecidable(item, today())
    form, session = DecideForm(), db.session()
    form.owner_id.choices = [(0, _("Choose…")), *((place.id, place.name) for place in offices(session))]
    if form.validate_on_submit():
        owner = session.get_one(Organisation, form.owner_id.data)
        with form.attempt(session):
            decide(session, item, form.decision.data or "", owner, form.due_on.data, actor=current_user, on=today())
        if not form.errors:
            session.commit()
            flash(_("Decided: %(name)s owns it, until %(day)s.", name=owner.name, day=item.due_on), "success")
            return redirect(url_for("joint_meeting.item", number=item.number))
    page = render_template("joint_meeting/decide.html", item=item, form=form, moves=item.cause in ALLOCATING, **LABELS)
    return page, form.status


@requires(Permission.JOINT_MEETING_REPORT, find)
def enter_result(item: MeetingItem) -> Any:
    """Say what came of a decision; the form does not open before there is one, nor once that is on record."""
    refuse_unreportable(item)
    form = ResultForm()
    if form.validate_on_submit():
        with form.attempt(db.session()):
            report_result(db.session(), item, form.result.data or "", actor=current_user, on=today())
        if not form.errors:
            db.session.commit()
            flash(_("The result of %(number)s is on record.", number=item.number), "success")
            return redirect(url_for("joint_meeting.item", number=item.number))
    return render_template("joint_meeting/result.html", item=item, form=form, **LABELS), form.status


@requires(Permission.JOINT_MEETING_READ)
def meetings() -> Any:
    """Meetings, the latest first."""
    session = db.session()
    page = paginate(
        session, meetings_held(), MEETING_ORDER, cursor=request.args.get("cursor", ""), size=request.args.get("rows", 50, type=int)
    )
    return render_template(
        "joint_meeting/meetings.html", page=page, year=today().year, held=held_in(session, today().year), wanted=setting(session, "joint_meetings_a_year"), waiting=undecided(session)
    )  # fmt: skip


@requires(Permission.JOINT_MEETING_CONVENE)
def call() -> Any:
    """Call a meeting."""
    form = ConveneForm()
    if request.method == "GET":
        form.members.data = MEMBERS
    if form.validate_on_submit():
        with form.attempt(db.session()):
            meeting = convene(
                db.session(), form.held_on.data, form.place.data or "", form.members.data or "", form.chair.data or "", actor=current_user, on=today(),
            )  # fmt: skip
        if not form.errors:
            db.session.commit()
            told = _("Meeting %(number)s is called; matters on its agenda: %(count)s.", number=meeting.number, count=len(meeting.items))
            flash(told, "success")
            return redirect(url_for("joint_meeting.meeting", number=meeting.number))
    return render_template("joint_meeting/convene.html", form=form), form.status


@requires(Permission.JOINT_MEETING_READ, find_held)
def meeting(meeting: Meeting) -> Any:
    """One meeting with its agenda, and what was told of it."""
    note_meeting_seen(db.session(), current_user, meeting)
    return render_template(
        "joint_meeting/meeting.html", meeting=meeting, waiting=undecided(db.session()), today=today(), sentence_of=sentence_of, **LABELS
    )


@requires(Permission.JOINT_MEETING_CONVENE, find_held)
def move(meeting: Meeting) -> Any:
    """Put a called meeting on another day."""
    refuse_held(meeting)
    form = MoveForm()
    if request.method == "GET":
        form.place.data = meeting.place
    if form.validate_on_submit():
        with form.attempt(db.session()):
            change = move_meeting(
                db.session(), meeting, form.held_on.data, form.place.data or "", form.reason.data or "", actor=current_user, on=today()
            )
        if not form.errors:
            return _told(meeting, change)
    return render_template("joint_meeting/move.html", meeting=meeting, form=form), form.status


@requires(Permission.JOINT_MEETING_CONVENE, find_held)
def call_meeting_off(meeting: Meeting) -> Any:
    """Call a meeting off."""
    refuse_held(meeting)
    form = CallOffForm()
    if form.validate_on_submit():
        with form.attempt(db.session()):
            change = call_off(db.session(), meeting, form.reason.data or "", actor=current_user, on=today())
        if not form.errors:
            return _told(meeting, change)
    return render_template("joint_meeting/call_off.html", meeting=meeting, form=form), form.status


def _told(meeting: Meeting, change: MeetingChange) -> Any:
    db.session.commit()
    told = _("%(what)s Told: %(count)s.", what=say(sentence_of(change)), count=len(change.notices))
    flash(told, "success")
    return redirect(url_for("joint_meeting.meeting", number=meeting.number))


@requires(Permission.JOINT_MEETING_CONVENE, find_held)
def add_waiting(meeting: Meeting) -> Any:
    """Put on the agenda what has come meanwhile."""
    added = fill_agenda(db.session(), meeting, actor=current_user)
    db.session.commit()
    flash(_("Put on the agenda: %(count)s.", count=added), "success")
    return redirect(url_for("joint_meeting.meeting", number=meeting.number))


@requires(Permission.JOINT_MEETING_CONVENE, find_held)
def close(meeting: Meeting) -> Any:
    """Close with the minutes; the form does not open for what has ended."""
    refuse_ended(meeting)
    form = CloseForm()
    if form.validate_on_submit():
        with form.attempt(db.session()):
            close_meeting(db.session(), meeting, form.minutes.data or "", actor=current_user, on=today())
        if not form.errors:
            db.session.commit()
            flash(_("Meeting %(number)s is closed.", number=meeting.number), "success")
            return redirect(url_for("joint_meeting.meeting", number=meeting.number))
    return render_template("joint_meeting/close.html", meeting=meeting, form=form, **LABELS), form.status


@requires(Permission.JOINT_MEETING_READ, find_held)
def agenda(meeting: Meeting) -> Any:
    """The agenda as a document."""
    return bytes_answer(agenda_pdf(agenda_of(meeting)), f"联席会议-{meeting.number}-议程.pdf", PDF)


@requires(Permission.JOINT_MEETING_READ, find_held)
def minutes(meeting: Meeting) -> Any:
    """The minutes as a document, once the meeting is closed."""
    if meeting.closed_on is None:
        abort(404)
    return bytes_answer(minutes_pdf(minutes_of(meeting)), f"联席会议-{meeting.number}-纪要.pdf", PDF)
