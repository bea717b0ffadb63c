"""Lists follow the same rules as records: a permission's two forms agree on everything, and no page of a list shows what is foreign."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import ExportApproval, SavedView, SignIn, User
from ohs.accounts.substitutes import Substitution
from ohs.cases.emergency import EmergencyAccess
from ohs.cases.models import Case
from ohs.cases.requests_models import CaseRequest
from ohs.cases.transfers_models import Transfer
from ohs.cases.visits_models import SiteVisit
from ohs.declarations.models import Declaration, Filing
from ohs.kernel.policy import Permission as P
from ohs.kernel.policy import allowed, visible
from ohs.registry.models import DuplicatePair, Employer, Worker
from ohs.surveillance.models import Examination
from ohs.uploads.models import Upload
from tests.matrix.walk import places
from tests.matrix.world import READERS, make_world, things_of

#: Every permission that is about a record, with the records it is about.
ABOUT: dict[Any, tuple[P, ...]] = {
    Employer: (P.EMPLOYER_READ, P.EMPLOYER_READ_FULL, P.EMPLOYER_EDIT, P.EMPLOYER_MERGE, P.DECLARATION_CREATE),
    Worker: (P.WORKER_READ, P.WORKER_REVEAL),
    Declaration: (
        P.DECLARATION_READ_STATUS, P.DECLARATION_READ, P.DECLARATION_READ_FULL, P.DECLARATION_READ_SECRETS, P.DECLARATION_EDIT, P.DECLARATION_SUBMIT,
        P.DECLARATION_WITHDRAW, P.DECLARATION_RETURN, P.DECLARATION_ACCEPT, P.DECLARATION_CONFIRM_CLOSURE,
    ),
    Filing: (P.DECLARATION_REPORT_CLOSURE, P.DECLARATION_FIND_UNTRUE),
    Examination: (P.EXAMINATION_READ_CONCLUSION, P.EXAMINATION_GIVE_PURPOSE),
    Upload: (P.UPLOAD_READ, P.UPLOAD_DECIDE),
    Case: (P.CASE_READ, P.CASE_READ_WAY, P.CASE_READ_DIAGNOSIS, P.CASE_READ_WORK_INJURY, P.CASE_READ_WORK_INJURY_FULL, P.CASE_READ_MEDICAL, P.CASE_ACT, P.CASE_REMIND, P.CASE_TAKE, P.CASE_TOLD_LIST, P.CASE_CLOCK, P.CASE_HAND_OVER, P.VISIT_ASK),
    Transfer: (P.TRANSFER_READ, P.TRANSFER_ANSWER, P.TRANSFER_REVOKE),
    CaseRequest: (P.REQUEST_WITHDRAW,),
    SiteVisit: (P.VISIT_READ, P.VISIT_ANSWER),
    DuplicatePair: (P.EMPLOYER_MERGE, P.WORKER_MERGE),
    ExportApproval: (P.EXPORT_APPROVE,),
    Substitution: (P.SUBSTITUTE_END,),
    EmergencyAccess: (P.EMERGENCY_END, P.EMERGENCY_READ, P.EMERGENCY_REVIEW),
    SignIn: (P.OWN_SESSIONS,),
    SavedView: (P.VIEW_DELETE,),
}  # fmt: skip


@pytest.mark.parametrize("reader", READERS)
def test_a_record_is_listed_exactly_when_it_may_be_opened(session: Session, reader: str) -> None:
    world = make_world(session)
    user = world.readers[reader]
    things_of(session, user)
    things_of(session, world.stranger)
    wrong = []
    for model, permissions in ABOUT.items():
        records = session.scalars(select(model)).unique().all()
        assert len(records) > 1, model
        for permission in permissions:
            listed = set(session.scalars(select(model.id).where(visible(user, permission, model))))
            if listed != {record.id for record in records if allowed(user, permission, record)}:
                wrong.append((model.__name__, permission))
    assert wrong == []


@pytest.mark.parametrize("reader", READERS)
def test_no_page_without_a_record_shows_what_is_foreign(
    app: Flask, session: Session, as_user: Callable[[User], FlaskClient], reader: str
) -> None:
    """Of the other county nothing, and to administrators nothing of anybody's: neither names nor numbers."""
    world = make_world(session)
    client = as_user(world.readers[reader])
    hidden = [] if reader == "city-health" else [world.foreign]
    hidden += [world.own] if reader in ("system-admin", "security-admin", "auditor") else []
    words = [word for side in hidden for word in (side.employer.name, side.employer.uscc)]
    if reader != "auditor":  # the trail names numbers of declarations and uploads, and nobody
        words += [world.foreign_upload.number, *(each.number for side in hidden for each in (side.declaration, side.accepted))]
    shown, own = [], ""
    for place in places(app, "GET"):
        if place.rule.arguments:
            continue
        g.pop("_login_user", None)
        answer = client.get(place.rule.rule)
        if answer.mimetype == "text/html":
            page = answer.get_data(as_text=True)
            own += page
            shown += [(place.endpoint, word) for word in words if word in page]
    assert shown == []
    assert (world.own.employer.name in own) == (world.own not in hidden), "a walk that met nothing proves nothing"
