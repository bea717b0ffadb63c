"""What people do with their accounts: sign in and out, set a password, name a purpose."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from ohs.accounts.models import ADMINISTRATORS, Organisation, PasswordLink, Purpose, SignIn, SignInAttempt, User, UserRole
from ohs.accounts.settings import setting
from ohs.kernel.audit import audit
from ohs.kernel.clock import now
from ohs.kernel.errors import DomainError
from ohs.kernel.message import Message

HASHER = PasswordHasher()
#: Verified when the login is unknown, so that the answer takes as long as for a known one.
NOBODY = HASHER.hash(secrets.token_urlsafe(16))
TOTP_STEP = 30
#: Roles whose people need the second factor.
SECOND_FACTOR_ROLES = frozenset({"health", "hr", "safety", "town", *ADMINISTRATORS})
ROLE_OF_KIND = {"employer": {"employer"}, "clinic": {"clinic"}, "testing": {"testing"}, "diagnosis": {"diagnosis"}, "town": {"town"}}

WRONG = Message("Login, password or code is not right.")


def digest_of(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def check_throttle(session: Session, login: str, address: str) -> None:
    """Refuse another try while too many have failed, for this account or from this address; says for how long."""
    minutes = setting(session, "throttle_minutes")
    since = now() - timedelta(minutes=minutes)
    for column, value, limit in (
        (SignInAttempt.login, login, setting(session, "failures_per_account")),
        (SignInAttempt.address, address, setting(session, "failures_per_address")),
    ):
        failed = select(func.count(), func.min(SignInAttempt.at)).where(
            column == value, SignInAttempt.at > since, SignInAttempt.is_success.is_(False)
        )
        count, first = session.execute(failed).one()
        if count >= limit:
            waited = int((now() - first).total_seconds() // 60)
            raise DomainError(
                Message("Too many failed tries; try again in %(minutes)s minutes.", minutes=max(1, minutes - waited)), status=429
            )


def sign_in(session: Session, login: str, password: str, code: str, *, address: str, agent: str) -> tuple[SignIn, str] | None:
    """Check who it is and open a session; its token goes into the cookie. `None` when anything is wrong: the try is noted.

    Raises `DomainError` (429) while the account or the address is throttled.
    """
    login = login.strip().lower()
    check_throttle(session, login, address)
    user = session.scalar(select(User).where(User.login == login))
    is_right = _password_fits(user, password) and user is not None and user.is_active and _code_fits(user, code)
    session.add(SignInAttempt(login=login, address=address, is_success=is_right))
    if not is_right or user is None:
        session.add(audit("sign-in:failed", login[:80], None))
        return None
    token = secrets.token_urlsafe(32)
    opened = SignIn(user_id=user.id, token_digest=digest_of(token), address=address, agent=agent[:200])
    user.last_sign_in_at = now()
    session.add_all([opened, audit("sign-in:opened", user, user)])
    session.flush()
    return opened, token


def _password_fits(user: User | None, password: str) -> bool:
    try:
        return HASHER.verify(user.password_hash if user and user.password_hash else NOBODY, password) and user is not None
    except VerifyMismatchError:
        return False


def _code_fits(user: User, code: str) -> bool:
    """Whether the second factor is right; a code works once, and its neighbours in time are taken as well."""
    if user.totp_secret is None:
        return not (SECOND_FACTOR_ROLES & user.role_names)
    moment = int(now().timestamp()) // TOTP_STEP
    machine = pyotp.TOTP(user.totp_secret)
    for step in (moment - 1, moment, moment + 1):
        if step > user.totp_last_step and secrets.compare_digest(machine.at(step * TOTP_STEP), code.strip()):
            user.totp_last_step = step
            return True
    return False


def find_open_session(session: Session, token: str) -> SignIn | None:
    """The sign-in of a cookie's token, unless it was ended or has outlived its limits."""
    moment = now()
    return session.scalar(
        select(SignIn).where(
            SignIn.token_digest == digest_of(token),
            SignIn.ended_at.is_(None),
            SignIn.seen_at > moment - timedelta(minutes=setting(session, "idle_minutes")),
            SignIn.started_at > moment - timedelta(hours=setting(session, "absolute_hours")),
        )
    )


def end_session(session: Session, opened: SignIn, *, actor: User) -> None:
    """Sign out, here or from elsewhere."""
    if opened.ended_at is None:
        opened.ended_at = now()
        session.add(audit("sign-in:ended", actor, actor, after={"session": opened.id}))


def make_password_link(session: Session, user: User, *, actor: User | None) -> str:
    """A one-time token with which the person sets a password; earlier ones no longer work."""
    session.execute(update(PasswordLink).where(PasswordLink.user_id == user.id, PasswordLink.used_at.is_(None)).values(used_at=now()))
    token = secrets.token_urlsafe(32)
    ends_at = now() + timedelta(hours=setting(session, "password_link_hours"))
    session.add(PasswordLink(user_id=user.id, token_digest=digest_of(token), ends_at=ends_at, made_by_id=actor.id if actor else None))
    session.add(audit("password-link:made", user, actor))
    return token


def find_password_link(session: Session, token: str) -> PasswordLink | None:
    """The link of that token while it can be used."""
    return session.scalar(
        select(PasswordLink).where(
            PasswordLink.token_digest == digest_of(token), PasswordLink.used_at.is_(None), PasswordLink.ends_at > now()
        )
    )


def set_password(session: Session, user: User, password: str, *, link: PasswordLink | None = None) -> None:
    """Set a password, use up the link, and end every open session of the person. Raises `DomainError` for a weak one."""
    shortest = setting(session, "password_length")
    kinds = sum(any(test(character) for character in password) for test in (str.isalpha, str.isdigit, lambda c: not c.isalnum()))
    if len(password) < shortest or kinds < 2 or user.login in password.lower():
        raise DomainError(
            Message("Use at least %(count)s characters of two kinds (letters, digits, signs), without your login.", count=shortest),
            status=400,
        )
    user.password_hash, user.password_set_at = HASHER.hash(password), now()
    if link is not None:
        link.used_at = now()
    session.execute(update(SignIn).where(SignIn.user_id == user.id, SignIn.ended_at.is_(None)).values(ended_at=now()))
    session.add(audit("password:set", user, user))


def assign_roles(session: Session, user: User, roles: set[str], *, actor: User | None) -> None:
    """Give a person exactly these roles. The three administrators exclude each other and everything else."""
    if actor is not None and actor.id == user.id:
        raise DomainError(Message("Nobody changes their own roles."))
    administrative = roles & set(ADMINISTRATORS)
    if len(administrative) > 1 or (administrative and roles != administrative):
        raise DomainError(Message("System administrator, security administrator and auditor exclude each other and every other role."))
    if unfit := roles - roles_fit_for(user.organisation):
        raise DomainError(Message("The role %(role)s does not fit this organisation.", role=sorted(unfit)[0]))
    before = sorted(user.role_names)
    user.roles = [UserRole(role=role, is_administrator=role in ADMINISTRATORS) for role in sorted(roles)]
    session.add(audit("roles:assigned", user, actor, before={"roles": before}, after={"roles": sorted(roles)}))


def roles_fit_for(organisation: Organisation) -> set[str]:
    """The roles that people of an organisation can hold."""
    if organisation.kind == "department":
        return {organisation.department or ""}
    return set(ADMINISTRATORS) if organisation.kind == "operator" else ROLE_OF_KIND[organisation.kind]


def give_purpose(session: Session, user: User, worker_id: int, reason: str) -> Purpose:
    """Name why a worker's file is opened; it is then open to this person for the term of a purpose."""
    given = Purpose(user_id=user.id, worker_id=worker_id, reason=reason, ends_at=now() + Purpose.TERM)
    session.add_all([given, audit("purpose:given", f"worker {worker_id}", user, reason=reason)])
    return given
