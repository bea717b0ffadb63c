"""Two counties with a record of every kind in each: one that is the reader's own, one that is foreign to everybody who asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exports.template import blank_workbook
from ohs.accounts.models import ExportApproval, Organisation, SavedView, SignIn, User
from ohs.accounts.substitutes import Substitution
from ohs.cases.actors import office
from ohs.cases.document_models import CaseDocument, CaseDocumentCopy
from ohs.cases.emergency import EmergencyAccess
from ohs.cases.evidence import PURPOSE
from ohs.cases.meeting_models import Meeting, MeetingItem
from ohs.cases.models import Case, CaseClock, CaseDuty, CaseEvidence, CaseStep, CaseTrack
from ohs.cases.protection import ProtectedPeriod
from ohs.cases.requests_models import CaseRequest
from ohs.cases.transfers_models import Transfer
from ohs.cases.visits_models import SiteVisit
from ohs.declarations.models import Attachment, Declaration
from ohs.declarations.services import accept_declaration, report_closure, submit_declaration
from ohs.kernel.crypto import keyring
from ohs.kernel.i18n import say
from ohs.registry.models import Client, DuplicatePair, Employer, Merge, Worker, WorkerClinic
from ohs.registry.worker_codes import WorkerCode
from ohs.surveillance.loading import SEALED_PURPOSE
from ohs.surveillance.models import Examination, HazardSet
from ohs.uploads.formats import find_format
from ohs.uploads.models import Upload
from ohs.uploads.services import CONTENT_PURPOSE
from tests.factories.accounts import PLACES, make_organisation, make_user
from tests.factories.codes import make_code
from tests.factories.declarations import make_draft, make_workplace
from tests.factories.registry import make_employer

ON = date(2026, 11, 2)
#: When an emergency access has ended.
ENDED = datetime(2026, 11, 2, 9, tzinfo=UTC)
#: Everybody who asks: each role in 海宁, and health of the city, who reaches every county.
READERS = (
    "employer", "clinic", "testing", "diagnosis", "health", "city-health", "hr", "safety", "town", "system-admin", "security-admin", "auditor",
)  # fmt: skip


@dataclass
class Side:
    """The records of one county: of one employer in every standing that an address asks for."""

    employer: Employer
    draft: Declaration
    declaration: Declaration
    accepted: Declaration
    closing: Declaration
    attachment: Attachment
    #: Of a version that was handed in.
    attachment_handed_in: Attachment
    worker: Worker
    examination: Examination
    pair: DuplicatePair
    merge: Merge
    #: A code given to the worker.
    code: WorkerCode
    #: A suspected disease that was confirmed, one point above its limit, and a complaint.
    cases: dict[str, Case] = field(default_factory=dict)
    #: In which the worker with that disease may not be dismissed.
    period: ProtectedPeriod = field(default_factory=ProtectedPeriod)

    def case_for(self, user: User) -> Case:
        """A case of the kind that a reader of this role sees at all."""
        kinds = {"testing": "overlimit", "safety": "overlimit", "town": "complaint"}
        return self.cases[next((kinds[role] for role in user.role_names if role in kinds), "susp")]


@dataclass
class World:
    """Both sides, one reader of each kind, and what exists once."""

    own: Side
    foreign: Side
    readers: dict[str, User]
    stranger: User
    on_behalf: Declaration
    attached_on_behalf: Attachment
    handed_in_on_behalf: Declaration
    foreign_upload: Upload
    foreign_letter: CaseDocument
    uploads: dict[int, Upload] = field(default_factory=dict)
    #: A letter that each reader's organisation has issued.
    letters: dict[int, CaseDocument] = field(default_factory=dict)
    #: By organisation: a hand-over that it must answer, and one that it has sent.
    received: dict[int, Transfer] = field(default_factory=dict)
    sent: dict[int, Transfer] = field(default_factory=dict)
    foreign_transfer: Transfer = field(init=False)
    requests: dict[int, CaseRequest] = field(default_factory=dict)
    foreign_request: CaseRequest = field(init=False)
    #: That the town must make, that another town must make, and that each health office may withdraw.
    visit: SiteVisit = field(init=False)
    foreign_visit: SiteVisit = field(init=False)
    #: Of the joint meeting, decided and owned by health of the county.
    item: MeetingItem = field(init=False)
    foreign_item: MeetingItem = field(init=False)


def make_world(session: Session) -> World:
    """Readers sit in 海宁, the city's in 嘉兴; the foreign side is in 平湖, and no reader works for it."""
    own_employer = make_employer(session, industry_code="1922", sector="19")
    foreign_employer = make_employer(session, county_code="330482", region_code="330482101", industry_code="1922", sector="19")
    readers = {name: _reader(session, name, own_employer) for name in READERS}
    far = make_organisation(session, kind="clinic", region_code="330482")
    stranger = make_user(session, "clinic", far)
    place = make_organisation(session, kind="employer", region_code="330482", employer_id=foreign_employer.id)
    office = make_organisation(session, region_code="330482")
    own = _side(session, own_employer, readers["clinic"], readers["employer"], readers["health"])
    foreign = _side(session, foreign_employer, stranger, make_user(session, "employer", place), make_user(session, "health", office))
    for role in ("clinic", "testing", "diagnosis"):
        session.merge(Client(organisation_id=readers[role].organisation_id, employer_id=own_employer.id, since=ON))
    town = readers["town"]
    on_behalf, handed_in = (
        make_draft(
            session, own_employer, town, on=ON, consent="已签字", workplace=make_workplace(session, own_employer, address=f"代填{number}号")
        )
        for number in (1, 2)
    )
    submit_declaration(session, handed_in, signed_by="沈佳", actor=town, on=ON)
    for side, clinic, institutions in ((own, readers["clinic"], readers), (foreign, stranger, {})):
        side.cases = make_cases(session, side, clinic, institutions)
        side.period = _period(session, side.cases["susp"])
    world = World(
        own,
        foreign,
        readers,
        stranger,
        on_behalf,
        _attachment(session, on_behalf, town),
        handed_in,
        _upload(session, stranger, "foreign"),
        _letter(session, foreign.cases["susp"], stranger),
    )
    add_transfers(session, world)
    far_town = make_organisation(session, kind="town", level="town", region_code="330482101")
    world.visit, world.foreign_visit = _visit(session, own, town.organisation), _visit(session, foreign, far_town)
    for name, reader in readers.items():
        world.uploads[reader.organisation_id] = _upload(session, reader, name)
        world.letters[reader.organisation_id] = _letter(session, own.case_for(reader), reader)
    session.flush()
    return world


def _reader(session: Session, name: str, employer: Employer) -> User:
    role = name.removeprefix("city-")
    place: dict[str, Any] = (
        dict(PLACES[role]) if role in PLACES else {"kind": "employer", "region_code": "330481", "employer_id": employer.id}
    )
    if name != role:
        place |= {"level": "city", "region_code": "330400"}
    return make_user(session, role, make_organisation(session, **place))


def _upload(session: Session, user: User, name: str) -> Upload:
    format = find_format("examinations")
    assert format is not None
    content = keyring().seal(CONTENT_PURPOSE, blank_workbook(format.contract, say))
    upload = Upload(
        number=f"SC-2026-{name}", format="examinations", organisation_id=user.organisation_id, user_id=user.id, filename="x.xlsx", size=len(content),
        sha256=name, content=content,
    )  # fmt: skip
    session.add(upload)
    session.flush()
    return upload


def _letter(session: Session, case: Case, user: User) -> CaseDocument:
    """A letter with a copy that is meant for everybody who may be meant."""
    content = keyring().seal("case_document_copy.content", b"%PDF")
    made = CaseDocument(
        case_id=case.id, kind="transfer-letter", number=f"{case.number}-{user.id}", organisation_id=user.organisation_id, issued_on=ON, issued_by_id=user.id,
        copies=[CaseDocumentCopy(addressee="EMP", readers=";CLIN;DIAG;EMP;HRSS;SAFE;", said="{}", sha256="x", size=4, content=content)],
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def _attachment(session: Session, declaration: Declaration, user: User) -> Attachment:
    attachment = Attachment(
        declaration_id=declaration.id, filename="x.pdf", content_type="", size=1, sha256="x", content=b"x", added_by_id=user.id
    )
    session.add(attachment)
    session.flush()
    return attachment


def _side(session: Session, employer: Employer, nurse: User, filer: User, officer: User) -> Side:
    drafts = [make_draft(session, employer, filer, on=ON, workplace=make_workplace(session, employer, address=f"{n}号")) for n in range(4)]
    draft, submitted, accepted, closing = drafts
    for declaration in drafts[1:]:
        submit_declaration(session, declaration, signed_by="沈佳", actor=filer, on=ON)
    for declaration in (accepted, closing):
        accept_declaration(session, declaration, actor=officer, on=ON)
    report_closure(session, closing.filing, ended_on=ON, text="停产", actor=filer, on=ON)
    worker = Worker(
        id_index=str(employer.id).encode(), id_type="护照", id_number="E1", name="张敏", employer_id=employer.id, county_code=employer.county_code,
        region_code=employer.region_code,
    )  # fmt: skip
    hazards = HazardSet(codes=f"P01;{employer.id}")
    session.add_all([worker, hazards])
    session.flush()
    upload = _upload(session, nurse, f"of-{employer.id}")
    examination = Examination(
        clinic_id=nurse.organisation_id, card_no="T1", worker_id=worker.id, employer_id=employer.id, county_code=employer.county_code, region_code=employer.region_code,
        phase="in-service", post="打磨", examined_on=ON, reported_on=ON, received_on=ON, edition="GBZ188-2025", exposed_set_id=hazards.id,
        examined_set_id=hazards.id, conclusions="N", sealed=keyring().seal(SEALED_PURPOSE, b"{}"), upload_id=upload.id, row=2,
    )  # fmt: skip
    twin, other = (make_employer(session, county_code=employer.county_code, region_code=employer.region_code) for _ in range(2))
    pair, settled = (
        DuplicatePair(
            kind="employer", left_id=employer.id, right_id=right.id, evidence=[["same-name", "甲", "乙"]], score=60, county_code=employer.county_code,
            region_code=employer.region_code,
        )
        for right in (twin, other)
    )  # fmt: skip
    session.add_all([examination, pair, settled, WorkerClinic(organisation_id=nurse.organisation_id, worker_id=worker.id)])
    session.flush()
    merge = Merge(kind="employer", kept_id=employer.id, merged_id=other.id, pair_id=settled.id, fields="{}", merged_by_id=officer.id)
    code = make_code(session, worker, officer)[0]
    session.add(merge)
    session.flush()
    return Side(
        employer,
        draft,
        submitted,
        accepted,
        closing,
        _attachment(session, draft, filer),
        _attachment(session, submitted, filer),
        worker,
        examination,
        pair,
        merge,
        code,
    )


def make_cases(session: Session, side: Side, clinic: User, readers: dict[str, User]) -> dict[str, Case]:
    """One case of each kind that somebody reads."""
    place = side.employer
    far = {
        kind: make_organisation(session, kind=kind, region_code=place.county_code).id
        for kind in ("diagnosis", "testing")
        if kind not in readers
    }
    institutions = far | {kind: readers[kind].organisation_id for kind in ("diagnosis", "testing") if kind in readers}
    owners = {"health": office(session, "health", place.county_code)}
    owners["hr"] = readers["hr"].organisation if readers else make_organisation(session, department="hr", region_code=place.county_code)
    made = {}
    for kind, status, event, institution in (
        ("susp", "diagnosed_yes", "suspected-found", "diagnosis"), ("overlimit", "exceeded", "over-limit-reported", "testing"),
        ("complaint", "received", "complaint-received", ""),
    ):  # fmt: skip
        case = Case(
            number=f"{kind.upper()}-{place.county_code}-1", kind=kind, status=status, subject=f"{kind}:{place.id}", employer_id=place.id, clinic_id=clinic.organisation_id,
            worker_id=side.worker.id if kind == "susp" else None, institution_id=institutions.get(institution), county_code=place.county_code, region_code=place.region_code,
            hazard_codes="P01", opened_on=ON, owner=owners["health"],
        )  # fmt: skip
        case.steps.append(CaseStep(position=1, on=ON, track="main", event=event, before="", after=status, actor="system"))
        case.clocks.append(
            CaseClock(track="main", status=status, slug="diagnosis-service", actors="DIAG", started_on=ON, due_on=ON, is_statutory=True)
        )
        case.duties += [CaseDuty(event=what, opened_by=1, opened_on=ON) for what in ("report-confirmed", "report-to-health")]
        for proves in ("document", "decision"):
            sealed = keyring().seal(PURPOSE, b"%PDF-")
            case.evidence.append(
                CaseEvidence(kind=proves, filename="x.pdf", content_type="", size=5, sha256=proves, content=sealed, added_by_id=clinic.id)
            )
        if kind == "susp":
            case.tracks.append(CaseTrack(kind=kind, track="work_injury", status="wi_due", owner=owners["hr"]))
            case.give_track("work_injury", owners["hr"])
            case.clocks.append(
                CaseClock(
                    track="work_injury",
                    status="wi_due",
                    slug="work-injury-apply-employer",
                    actors="EMP",
                    started_on=ON,
                    due_on=ON,
                    is_statutory=True,
                )
            )
        session.add(case)
        made[kind] = case
    session.flush()
    return made


def _period(session: Session, case: Case) -> ProtectedPeriod:
    period = ProtectedPeriod(
        case_id=case.id, worker_id=case.worker_id, employer_id=case.employer_id, county_code=case.county_code, region_code=case.region_code, started_on=ON,
    )  # fmt: skip
    session.add(period)
    session.flush()
    return period


def add_transfers(session: Session, world: World) -> None:
    """Hand-overs to and from every reader, one between strangers, and an item that the joint meeting has decided."""
    health, far = world.readers["health"], office(session, "health", "330482")
    for user in world.readers.values():
        place = user.organisation
        other = far if place.id == health.organisation_id else health.organisation
        world.received[place.id] = _transfer(session, world.own, other, place, user)
        world.sent[place.id] = _transfer(session, world.own, place, other, user)
        world.requests[place.id] = _request(session, user)
    beyond = make_organisation(session, region_code="330483")
    world.foreign_transfer = _transfer(session, world.foreign, far, beyond, world.stranger)
    world.foreign_request = _request(session, world.stranger)
    meeting = Meeting(number="2026-99", held_on=ON, place="市政府", members="市卫生健康委员会")
    world.item, world.foreign_item = (
        MeetingItem(
            number=f"LX-2026-99999{number}", cause="competence", proposed_on=ON, why="两局均称有管辖权", meeting=meeting, decision="由卫生部门办理", decided_on=ON,
            owner_id=owner_id, due_on=ON,
        )
        for number, owner_id in enumerate((health.organisation_id, beyond.id))
    )  # fmt: skip
    session.add_all([world.item, world.foreign_item])
    session.flush()


def _request(session: Session, user: User) -> CaseRequest:
    request = CaseRequest(
        organisation_id=user.organisation_id,
        asked_by_id=user.id,
        number="YS-1",
        track="main",
        reason="属地管理",
        asked_on=ON,
        due_on=ON,
    )
    session.add(request)
    session.flush()
    return request


def _visit(session: Session, side: Side, town: Organisation) -> SiteVisit:
    case = side.cases["susp"]
    visit = SiteVisit(
        number=f"HC-{case.county_code}-2026-999999", case=case, organisation=town, employer_id=side.employer.id, asked_on=ON, due_on=ON, questions="exists",
    )  # fmt: skip
    session.add(visit)
    session.flush()
    return visit


def _transfer(session: Session, side: Side, sender: Organisation, receiver: Organisation, user: User) -> Transfer:
    """Of a case of its own, which is its sender's."""
    place = side.employer
    number = f"{sender.id}-{receiver.id}"
    case = Case(
        number=f"OVERLIMIT-{number}", kind="overlimit", status="exceeded", subject=f"transfer:{number}", employer_id=place.id, county_code=place.county_code,
        region_code=place.region_code, hazard_codes="P01", opened_on=ON, owner=sender,
    )  # fmt: skip
    clock = CaseClock(track="transfer", slug="transfer-refuse", actors="HLTH", started_on=ON, due_on=ON, is_statutory=False)
    case.clocks.append(clock)
    transfer = Transfer(
        case=case, track="main", kind="sent", asker_id=sender.id, answerer_id=receiver.id, asked_by_id=user.id, reason="属地管理", asked_on=ON, due_on=ON, clock=clock
    )  # fmt: skip
    session.add(transfer)
    session.flush()
    return transfer


def things_of(session: Session, user: User) -> dict[str, Any]:
    """A session, a kept view and a colleague's export request of one person's organisation."""
    colleague = User(login=f"colleague-{user.id}", name="李丽", organisation_id=user.organisation_id)
    opened = SignIn(user_id=user.id, token_digest=f"d{user.id}", address="127.0.0.1")
    view = SavedView(user_id=user.id, endpoint="employers.index", name="我的", query="size=small")
    session.add_all([colleague, opened, view])
    session.flush()
    approval = ExportApproval(
        organisation_id=user.organisation_id, asked_by_id=colleague.id, report="examinations", query="", row_count=200, reason=""
    )
    access = EmergencyAccess(
        case_id=session.scalars(select(Case.id).where(Case.kind == "complaint").order_by(Case.id)).first(), user_id=user.id, reason="rescue",
        note="夜间抢救", opened_at=ENDED - timedelta(hours=3), ends_at=ENDED, review_due_on=ON,
    )  # fmt: skip
    away = Substitution(user_id=user.id, substitute_id=colleague.id, from_on=ON, to_on=ON)
    session.add_all([approval, access, away])
    session.flush()
    return {
        "sign_in_id": opened.id,
        "view_id": view.id,
        "approval_id": approval.id,
        "access_id": access.id,
        "substitution_id": away.id,
        "user_id": colleague.id,
    }
