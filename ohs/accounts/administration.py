"""What administrators do: accounts, organisations, working days and settings, each with its place in the audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import column, select, table
from sqlalchemy.orm import Session

from ohs.accounts.models import Organisation, Setting, User
from ohs.accounts.services import end_sessions, roles_fit_for
from ohs.accounts.signs import is_sign_taken
from ohs.kernel.audit import audit
from ohs.kernel.clock import now
from ohs.kernel.errors import DomainError
from ohs.kernel.identity import check_uscc
from ohs.kernel.message import Message
from ohs.kernel.workdays import CalendarDay, forget_calendar
from ohs.rulebook.regions import regions

CHANGED_MEANWHILE = Message("Somebody else has changed this record meanwhile. Open it again to see what is new, then repeat your change.")
#: The register stands above this area; of an employer only its key and code are looked up.
EMPLOYER = table("employer", column("id"), column("uscc"))


def create_user(session: Session, login: str, name: str, organisation_id: int, *, actor: User) -> User:
    """Enter an account without roles and without a password."""
    _check_login_is_free(session, login, None)
    made = User(login=login.lower(), name=name.strip(), organisation_id=organisation_id)
    session.add(made)
    session.flush()
    session.refresh(made)
    session.add(audit("user:created", made, actor))
    return made


def _check_login_is_free(session: Session, login: str, own: int | None) -> None:
    taken = session.scalar(select(User.id).where(User.login == login.lower()))
    if taken is not None and taken != own:
        raise DomainError(Message("The login %(login)s is taken.", login=login.lower()))


def change_user(
    session: Session, user: User, *, version: str, login: str, name: str, organisation_id: int, is_enabled: bool, actor: User
) -> None:
    """Change an account. Blocking ends its open sessions; so does a move to another organisation, which takes its roles away."""
    if version != str(user.version):
        raise DomainError(CHANGED_MEANWHILE)
    if user.id == actor.id and not is_enabled:
        raise DomainError(Message("Nobody blocks their own account."))
    _check_login_is_free(session, login, user.id)
    before = {"login": user.login, "name": user.name, "organisation": user.organisation_id, "enabled": user.is_enabled}
    if is_moved := organisation_id != user.organisation_id:
        _take_roles(session, user, actor)
    user.login, user.name, user.organisation_id, user.is_enabled = login.lower(), name.strip(), organisation_id, is_enabled
    if is_moved or not is_enabled:
        end_sessions(session, user)
    after = {"login": user.login, "name": user.name, "organisation": user.organisation_id, "enabled": user.is_enabled}
    session.add(audit("user:changed", user, actor, before=before, after=after))


def _take_roles(session: Session, user: User, actor: User) -> None:
    session.add(audit("roles:assigned", user, actor, before={"roles": sorted(user.role_names)}, after={"roles": []}))
    user.roles = []


def reset_second_factor(session: Session, user: User, *, actor: User) -> None:
    """Forget the second factor of a person, and the password with it: both are set anew through a one-time link."""
    user.totp_secret, user.totp_last_step, user.password_hash = None, 0, None
    end_sessions(session, user)
    session.add(audit("second-factor:reset", user, actor))


def set_second_factor(session: Session, user: User, secret: str, step: int) -> None:
    """Keep the secret that the person's authenticator has proved to know by the code of `step`, which is used up."""
    user.totp_secret, user.totp_last_step = secret, step
    session.add(audit("second-factor:set", user, user))


def create_organisation(session: Session, given: Mapping[str, Any], *, actor: User) -> Organisation:
    """Enter an organisation."""
    made = Organisation(name=given["name"].strip(), kind=given["kind"], region_code=given["region_code"])
    _fill(session, made, given)
    session.add(made)
    session.flush()
    session.add(audit("organisation:created", made, actor))
    return made


def change_organisation(session: Session, organisation: Organisation, given: Mapping[str, Any], *, actor: User) -> None:
    """Change an organisation. Whoever holds a role that no longer fits it loses the role and is signed out."""
    if given["version"] != str(organisation.version):
        raise DomainError(CHANGED_MEANWHILE)
    before = _told(organisation)
    _fill(session, organisation, given)
    after = _told(organisation)
    for user in session.scalars(select(User).where(User.organisation_id == organisation.id)).unique():
        if user.role_names - roles_fit_for(organisation):
            _take_roles(session, user, actor)
            end_sessions(session, user)
    changed = [name for name in after if before[name] != after[name]]
    session.add(
        audit(
            "organisation:changed",
            organisation,
            actor,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )
    )


def _told(organisation: Organisation) -> dict[str, Any]:
    """What the trail keeps of an organisation."""
    return {
        name: getattr(organisation, name)
        for name in ("name", "kind", "department", "region_code", "uscc", "phone", "document_sign", "is_active")
    }


def _fill(session: Session, organisation: Organisation, given: Mapping[str, Any]) -> None:
    kind, region = given["kind"], regions()[given["region_code"]]
    if (kind == "department") != bool(given["department"]):
        raise DomainError(Message("Say which department it is; other organisations have none."))
    if kind == "town" and region.level != "town":
        raise DomainError(Message("The area of a town office is a town."))
    if kind == "department" and region.level == "town":
        raise DomainError(Message("The area of a department is the city, a county or a zone."))
    uscc = None
    if given["uscc"] and given["uscc"].strip():
        checked = check_uscc(given["uscc"])
        if checked.message is not None:
            raise DomainError(checked.message)
        uscc = checked.value
        with session.no_autoflush:
            taken = session.scalar(select(Organisation.id).where(Organisation.uscc == uscc))
        if taken is not None and taken != organisation.id:
            raise DomainError(Message("Another organisation has this credit code."))
    employer_id = None
    if kind == "employer":
        employer_id = session.scalar(select(EMPLOYER.c.id).where(EMPLOYER.c.uscc == uscc)) if uscc else None
        if employer_id is None:
            raise DomainError(Message("An employer’s organisation needs the credit code of an entry in the base register."))
    sign = (given.get("document_sign") or "").strip() or None
    with session.no_autoflush:
        if sign and sign != organisation.document_sign and is_sign_taken(session, sign):
            raise DomainError(Message("Another organisation numbers its letters under this sign."))
    organisation.kind, organisation.department, organisation.document_sign = kind, given["department"] or None, sign
    organisation.level = region.level if kind in ("department", "town") else None
    organisation.region_code, organisation.name, organisation.uscc = region.code, given["name"].strip(), uscc
    organisation.employer_id, organisation.phone, organisation.is_active = employer_id, given["phone"] or "", given["is_active"]


def edit_day(session: Session, day: date, *, is_working: bool, note: str, actor: User) -> None:
    """Say that a day is a working day or a day of rest, whatever the published calendar says."""
    held = session.scalar(select(CalendarDay).where(CalendarDay.day == day))
    if held is None:
        session.add(CalendarDay(day=day, is_working=is_working, note=note))
    else:
        held.is_working, held.note = is_working, note
    forget_calendar(session)
    session.add(audit("calendar:edited", day.isoformat(), actor, after={"working": is_working, "note": note}))


def forget_day(session: Session, day: date, *, actor: User) -> None:
    """Go by the published calendar again."""
    held = session.scalar(select(CalendarDay).where(CalendarDay.day == day))
    if held is not None:
        session.delete(held)
        forget_calendar(session)
        session.add(audit("calendar:edited", day.isoformat(), actor, before={"working": held.is_working}))


def set_setting(session: Session, name: str, value: int, *, actor: User) -> None:
    """Change a default of this office."""
    held = session.scalar(select(Setting).where(Setting.name == name))
    before = held.value if held else None
    if held is None:
        held = Setting(name=name, value=str(value))
        session.add(held)
    held.value, held.changed_at, held.changed_by_id = str(value), now(), actor.id
    session.add(audit("setting:changed", name, actor, before={"value": before}, after={"value": str(value)}))
