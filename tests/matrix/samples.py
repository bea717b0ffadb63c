"""What stands in every address with a record: one of the reader's own and a foreign one; and what a form there is filled with."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from ohs.accounts.models import User
from ohs.kernel.clock import today
from tests.matrix.world import Side, World

Arguments = dict[str, Any]
#: World, reader, things of the reader's own, things of a stranger → own arguments, and foreign ones where there are any.
Sample = Callable[[World, User, Arguments, Arguments], tuple[Arguments, Arguments | None]]


def _of_side(name: str, read: Callable[[Side], Any]) -> Sample:
    return lambda world, _user, _own, _other: ({name: read(world.own)}, {name: read(world.foreign)})


def _of_person(name: str) -> Sample:
    return lambda _world, _user, own, other: ({name: own[name]}, {name: other[name]})


def _common(**arguments: Any) -> Sample:
    """A record that belongs to everybody who may."""
    return lambda _world, _user, _own, _other: (arguments, None)


def _in_writing(**more: Any) -> Sample:
    """A version that can be written: the employer's own draft; for a town the one that it began, the employer's being foreign."""

    def sample(world: World, user: User, _own: Arguments, _other: Arguments) -> tuple[Arguments, Arguments]:
        if "town" in user.role_names:
            return {"number": world.on_behalf.number, **more}, {"number": world.own.draft.number, **more}
        return {"number": world.own.draft.number, **more}, {"number": world.foreign.draft.number, **more}

    return sample


def _attached(world: World, user: User, _own: Arguments, _other: Arguments) -> tuple[Arguments, Arguments]:
    """A file at a version that can be written."""
    if "town" in user.role_names:
        return {"attachment_id": world.attached_on_behalf.id}, {"attachment_id": world.own.attachment.id}
    return {"attachment_id": world.own.attachment.id}, {"attachment_id": world.foreign.attachment.id}


def _handed_in(world: World, user: User, _own: Arguments, _other: Arguments) -> tuple[Arguments, Arguments]:
    """A version that waits for its office."""
    if "town" in user.role_names:
        return {"number": world.handed_in_on_behalf.number}, {"number": world.own.declaration.number}
    return {"number": world.own.declaration.number}, {"number": world.foreign.declaration.number}


_declaration = _of_side("number", lambda side: side.declaration.number)
_accepted = _of_side("filing_id", lambda side: side.accepted.filing_id)
_employer = _of_side("uscc", lambda side: side.employer.uscc)
_worker = _of_side("worker_id", lambda side: side.worker.id)
_pair = _of_side("pair_id", lambda side: side.pair.id)
_examination = _of_side("examination_id", lambda side: side.examination.id)


def _upload(world: World, user: User, _own: Arguments, _other: Arguments) -> tuple[Arguments, Arguments]:
    return {"number": world.uploads[user.organisation_id].number}, {"number": world.foreign_upload.number}


def _row(world: World, user: User, own: Arguments, other: Arguments) -> tuple[Arguments, Arguments]:
    mine, foreign = _upload(world, user, own, other)
    return {**mine, "row": 2}, {**foreign, "row": 2}


def _copy(world: World, user: User, own: Arguments, other: Arguments) -> tuple[Arguments, Arguments]:
    mine, foreign = _upload(world, user, own, other)
    return {**mine, "kind": "marked"}, {**foreign, "kind": "marked"}


def of_case(**more: Any) -> Sample:
    """A case of a kind that the reader sees at all, and the same of another county."""

    def sample(world: World, user: User, _own: Arguments, _other: Arguments) -> tuple[Arguments, Arguments]:
        return {"number": world.own.case_for(user).number, **more}, {"number": world.foreign.case_for(user).number, **more}

    return sample


def _duty(world: World, user: User, _own: Arguments, _other: Arguments) -> tuple[Arguments, Arguments]:
    """A duty that the reader sees: of a clinic one that tells nothing of how the diagnosis has ended."""
    mine, foreign, place = world.own.case_for(user), world.foreign.case_for(user), 1 if "clinic" in user.role_names else 0
    return {"number": mine.number, "duty_id": mine.duties[place].id}, {"number": foreign.number, "duty_id": foreign.duties[place].id}


def _letter(world: World, user: User, _own: Arguments, _other: Arguments) -> tuple[Arguments, Arguments]:
    """A letter that the reader's organisation has issued."""
    mine, foreign = world.letters[user.organisation_id], world.foreign_letter
    return {"number": mine.case.number, "document_id": mine.id}, {"number": foreign.case.number, "document_id": foreign.id}


def _copy_of_letter(world: World, user: User, _own: Arguments, _other: Arguments) -> tuple[Arguments, Arguments]:
    mine, foreign = world.letters[user.organisation_id], world.foreign_letter
    return {"number": mine.case.number, "copy_id": mine.copies[0].id}, {"number": foreign.case.number, "copy_id": foreign.copies[0].id}


def _evidence(world: World, user: User, _own: Arguments, _other: Arguments) -> tuple[Arguments, Arguments]:
    """A file that the reader may open: of HR the decision."""
    place = 1 if "hr" in user.role_names else 0
    mine, foreign = world.own.case_for(user), world.foreign.case_for(user)
    return (
        {"number": mine.number, "evidence_id": mine.evidence[place].id},
        {"number": foreign.number, "evidence_id": foreign.evidence[place].id},
    )


def _clock(world: World, user: User, _own: Arguments, _other: Arguments) -> tuple[Arguments, Arguments]:
    """A clock that the reader sees: of HR one of work injury."""
    mine, foreign, place = world.own.case_for(user), world.foreign.case_for(user), 1 if "hr" in user.role_names else 0
    return {"number": mine.number, "clock_id": mine.clocks[place].id}, {"number": foreign.number, "clock_id": foreign.clocks[place].id}


def _transfer(world: World, user: User, _own: Arguments, _other: Arguments) -> tuple[Arguments, Arguments]:
    """A hand-over that the reader's organisation must answer, and one between strangers."""
    return {"transfer_id": world.received[user.organisation_id].id}, {"transfer_id": world.foreign_transfer.id}


def _visit(world: World, _user: User, _own: Arguments, _other: Arguments) -> tuple[Arguments, Arguments]:
    """A visit that the town must make, and one of another town."""
    return {"number": world.visit.number}, {"number": world.foreign_visit.number}


def _visit_of_case(world: World, _user: User, _own: Arguments, _other: Arguments) -> tuple[Arguments, Arguments]:
    mine, foreign = world.visit, world.foreign_visit
    return (
        {"number": mine.case.number, "visit_number": mine.number},
        {"number": foreign.case.number, "visit_number": foreign.number},
    )


def _sent(world: World, user: User, _own: Arguments, _other: Arguments) -> tuple[Arguments, Arguments]:
    return {"transfer_id": world.sent[user.organisation_id].id}, {"transfer_id": world.foreign_transfer.id}


def _request(world: World, user: User, _own: Arguments, _other: Arguments) -> tuple[Arguments, Arguments]:
    return {"request_id": world.requests[user.organisation_id].id}, {"request_id": world.foreign_request.id}


def _item(world: World, _user: User, _own: Arguments, _other: Arguments) -> tuple[Arguments, None]:
    """Every member reads the whole list."""
    return {"number": world.item.number}, None


def _owned_item(world: World, _user: User, _own: Arguments, _other: Arguments) -> tuple[Arguments, Arguments]:
    return {"number": world.item.number}, {"number": world.foreign_item.number}


def _meeting(world: World, _user: User, _own: Arguments, _other: Arguments) -> tuple[Arguments, None]:
    assert world.item.meeting is not None
    return {"number": world.item.meeting.number}, None


def _user(_world: World, _reader: User, own: Arguments, _other: Arguments) -> tuple[Arguments, None]:
    return {"user_id": own["user_id"]}, None


def _institution(world: World, _user: User, _own: Arguments, _other: Arguments) -> tuple[Arguments, None]:
    return {"organisation_id": world.stranger.organisation_id}, None


SAMPLES: dict[str, Sample] = {
    "accounts.end_session": _of_person("sign_in_id"), "views.delete": _of_person("view_id"), "approvals.decide": _of_person("approval_id"),
    "admin.edit_organisation": _institution, "institutions.scope": _institution, "admin.edit_setting": _common(name="idle_minutes"), "default_clocks.edit": _common(slug="complaint-answer"),
    "admin.remove_day": _common(day="2027-01-04"),
    **dict.fromkeys(("admin.edit_user", "admin.reset_code", "admin.reset_password", "admin.roles", "admin.user"), _user),
    **dict.fromkeys(("declarations.accept", "declarations.compare", "declarations.receipt", "declarations.send_back", "declarations.show"), _declaration),
    **dict.fromkeys(("declarations.answers", "declarations.attachments", "declarations.discard"), _in_writing()),
    **dict.fromkeys(("declarations.autosave", "declarations.edit"), _in_writing(step="unit")),
    "declarations.withdraw": _handed_in, "declarations.attachment": _of_side("attachment_id", lambda side: side.attachment_handed_in.id), "declarations.detach": _attached,
    **dict.fromkeys(("declarations.closure", "declarations.untrue"), _accepted),
    "declarations.settle_closure": _of_side("filing_id", lambda side: side.closing.filing_id),
    **dict.fromkeys(("declarations.new", "desk.employer", "employers.edit"), _employer), **dict.fromkeys(("desk.copy_worker", "desk.give_code", "desk.reveal", "desk.worker"), _worker),
    **dict.fromkeys(("employers.keep_both", "employers.pair"), _pair), "desk.revoke_code": _of_side("code_id", lambda side: side.code.id), "employers.unmerge": _of_side("merge_id", lambda side: side.merge.id),
    **dict.fromkeys(("examinations.purpose", "examinations.show"), _examination),
    **dict.fromkeys(("cases.assign", "cases.evidence", "cases.take", "desk.case", "desk.live_case", "desk.person"), of_case()), **dict.fromkeys(("cases.evidence_file", "cases.take_back_evidence"), _evidence), "cases.act": of_case(track="main", event="verified"), "cases.duty": _duty,
    **dict.fromkeys(("desk.evidence_pack", "desk.evidence_purpose", "desk.evidence_binder", "desk.evidence_archive"), of_case()),
    "cases.remind": of_case(), "lines.choose": of_case(), "lines.close": of_case(deed="examined"),
    "cases.end_employment": _of_side("period_id", lambda side: side.period.id),
    **dict.fromkeys(("cases.payers", "cases.case_grants"), of_case()), "cases.withdraw_payer": of_case(branch="uninsured"),
    "cases.issue_document": of_case(code="suspected-notice"), "cases.document": _copy_of_letter, "cases.void_document": _letter,
    **dict.fromkeys(("cases.suspend_clock", "cases.resume_clock", "cases.extend_clock"), _clock),
    "accounts.end_substitute": _of_person("substitution_id"), "emergency.end": _of_person("access_id"), "emergency.decide": lambda _world, _user, own, other: ({"access_id": other["access_id"]}, {"access_id": own["access_id"]}),
    **dict.fromkeys(("cases.visit", "cases.answer_visit"), _visit), "cases.ask_visit": of_case(), "cases.withdraw_visit": _visit_of_case,
    "cases.hand_over": of_case(), **dict.fromkeys(("cases.answer", "cases.transfer", "cases.transfer_letter"), _transfer), "cases.take_back": _sent, "cases.withdraw_request": _request,
    **dict.fromkeys(("joint_meeting.enter_decision", "joint_meeting.item"), _item), "joint_meeting.enter_result": _owned_item,
    **dict.fromkeys(("joint_meeting.add_waiting", "joint_meeting.agenda", "joint_meeting.call_off", "joint_meeting.close", "joint_meeting.meeting", "joint_meeting.move", "joint_meeting.minutes"), _meeting),
    **dict.fromkeys(("help.format_help", "uploads.template"), _common(name="examinations")),
    "uploads.row": _row, "uploads.make": _copy,
    **dict.fromkeys(
        (
            "uploads.bad_rows", "uploads.cancel", "uploads.check", "uploads.commit", "uploads.discard", "uploads.fix", "uploads.headings", "uploads.marked",
            "uploads.copies", "uploads.original", "uploads.progress", "uploads.show",
        ),
        _upload,
    ),
}  # fmt: skip
_WHY = {"reason": "supervision", "note": "现场检查"}
#: A form that does something, by address; where none stands, the bare deed is sent.
FORMS: dict[str, Callable[[], Arguments]] = {
    "admin.calendar": lambda: {"day": "2027-03-01", "is_working": "no", "note": "通知"}, "admin.edit_setting": lambda: {"value": "20"},
    "approvals.decide": lambda: {"decision": "approve"}, "views.save": lambda: {"endpoint": "employers.index", "name": "小微", "query": "size=micro"},
    "declarations.attachments": lambda: {"file": (io.BytesIO(b"%PDF-1.7"), "x.pdf")}, "declarations.send_back": lambda: {"overall": "请补充"},
    "declarations.untrue": lambda: {"record": "检2026-1"}, "declarations.closure": lambda: {"ended_on": "2026-11-01"},
    "declarations.settle_closure": lambda: {"decision": "refuse", "note": "仍在生产"}, "declarations.answers": lambda: {"commitment": "y", "signed_by": "沈佳"},
    "cases.answer_visit": lambda: {"exists": "yes", "visited_on": today().isoformat()}, "cases.ask_visit": lambda: {"questions": "exists"},
    "cases.answer": lambda: {"answer": "refuse", "reason": "不属本局"}, "cases.ask_for": lambda: {"number": "YS-330481-2026-000042", "track": "main", "reason": "正在查处"},
    "joint_meeting.propose": lambda: {"cause": "campaign", "why": "粉尘专项"}, "joint_meeting.call": lambda: {"held_on": "2026-12-01", "place": "市政府", "members": "市卫生健康委员会"},
    "joint_meeting.enter_result": lambda: {"result": "已办"}, "joint_meeting.close": lambda: {"minutes": "略"},
    "joint_meeting.move": lambda: {"held_on": (today() + timedelta(days=3)).isoformat(), "place": "市政府", "reason": "场地冲突"}, "joint_meeting.call_off": lambda: {"reason": "议题已办结"},
    "desk.give_code": lambda: {"document": "identity-card", "purpose": "own-file", "is_checked": "y"}, "desk.reveal": lambda: dict(_WHY), "examinations.purpose": lambda: dict(_WHY), "institutions.scope": lambda: {"categories": "dust", "on": "2026-11-01"},
    "cases.evidence": lambda: {"kind": "document", "file": (io.BytesIO(b"%PDF-1.7"), "x.pdf")},
    "cases.void_document": lambda: {"reason": "姓名有误"},
    "cases.suspend_clock": lambda: {"cause": "等待仲裁", "document_no": "仲1"}, "cases.extend_clock": lambda: {"cause": "x", "document_no": "1", "until_on": "2099-01-04"},
    "cases.end_employment": lambda: {"ended_on": "2026-11-24", "document_no": "减员1"},
    "emergency.index": lambda: {"number": "SUSP-330482-1", "reason": "rescue", "note": "夜间急性中毒抢救"}, "emergency.decide": lambda: {"outcome": "accepted"},
    "desk.evidence_purpose": lambda: dict(_WHY),
}  # fmt: skip


def form_for(endpoint: str) -> Arguments:
    """What is sent to an address."""
    return FORMS.get(endpoint, dict)()
