"""What people do with their accounts: sign in and out, set a password, name a purpose."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from flask import current_app
from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from ohs.accounts.known import demonstration_password
from ohs.accounts.models import ADMINISTRATORS, Organisation, PasswordLink, Purpose, SignIn, SignInAttempt, User, UserRole
from ohs.accounts.settings import setting
from ohs.kernel.audit import audit
from ohs.kernel.clock import LOCAL, now
from ohs.kernel.errors import DomainError
from ohs.kernel.message import Message

HASHER = PasswordHasher()
#: Verified when the login is unknown, so that the answer takes as long as for a known one.
NOBODY = HASHER.hash(secrets.token_urlsafe(16))
TOTP_STEP = 30
DIFFERENT_CHARACTERS = 5
#: Roles whose people need the second factor.
SECOND_FACTOR_ROLES = frozenset({"health", "hr", "safety", "town", *ADMINISTRATORS})
ROLE_OF_KIND = {"employer": {"employer"}, "clinic": {"clinic"}, "testing": {"testing"}, "diagnosis": {"diagnosis"}, "town": {"town"}}

WRONG = Message("Login, password or code is not right.")
WITHOUT_ROLE = Message("Your account has no role yet. The security administrator assigns it; then sign in again.")


def digest_of(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def check_throttle(session: Session, login: str, address: str) -> None:
    """Refuse another try while too many have failed, for this account since it last got in, or from this address; says until when."""
    minutes = setting(session, "throttle_minutes")
    since = now() - timedelta(minutes=minutes)
    got_in = session.scalar(select(func.max(SignInAttempt.at)).where(SignInAttempt.login == login, SignInAttempt.is_success))
    for column, value, limit, start in (
        (SignInAttempt.login, login, setting(session, "failures_per_account"), max(since, got_in) if got_in else since),
        (SignInAttempt.address, address, setting(session, "failures_per_address"), since),
    ):
        failed = (
            select(SignInAttempt.at)
            .where(column == value, SignInAttempt.at > start, SignInAttempt.is_success.is_(False))
            .order_by(SignInAttempt.at.desc())
            .limit(limit)
        )
        moments = session.scalars(failed).all()
        if len(moments) == limit:
            ends_at = moments[-1] + timedelta(minutes=minutes)
            raise DomainError(
                Message(
                    "Too many failed tries. Try again at %(time)s, in %(minutes)s minutes; nothing you type before then is looked at.",
                    time=ends_at.astimezone(LOCAL).strftime("%H:%M"), minutes=max(1, ceil((ends_at - now()).total_seconds() / 60)),
                ),
                status=429,
            )  # fmt: skip


@dataclass(frozen=True)
class Enrolment:
    """The password is right, and the second factor that this person needs is not set up yet: that comes first."""

    user: User


def sign_in(session: Session, login: str, password: str, code: str, *, address: str, agent: str) -> tuple[SignIn, str] | Enrolment | None:
    """Check who it is and open a session; its token goes into the cookie. `None` when anything is wrong: the try is noted.

    Raises `DomainError` (429) while the account or the address is throttled. Tries for one account wait for one another, so
    that many at once are not more tries than allowed.
    """
    login = login.strip().lower()
    user = session.scalar(select(User).where(User.login == login).with_for_update(of=User).execution_options(populate_existing=True))
    check_throttle(session, login, address)
    is_right = _password_fits(user, password) and user is not None and user.is_active
    if is_right and user is not None and needs_enrolment(user):
        session.add_all([SignInAttempt(login=login, address=address, is_success=True), audit("sign-in:second-factor-asked", user, user)])
        return Enrolment(user)
    is_right = is_right and user is not None and _code_fits(user, code)
    session.add(SignInAttempt(login=login, address=address, is_success=is_right))
    if not is_right or user is None:
        session.add(audit("sign-in:failed", login[:80], None))
        return None
    return open_session(session, user, address=address, agent=agent)


def open_session(session: Session, user: User, *, address: str, agent: str) -> tuple[SignIn, str]:
    """A session of a person whose identity was checked, with the token for the cookie."""
    token = secrets.token_urlsafe(32)
    opened = SignIn(user_id=user.id, token_digest=digest_of(token), address=address, agent=agent[:200])
    user.last_sign_in_at = now()
    session.add_all([opened, audit("sign-in:opened", user, user)])
    session.flush()
    return opened, token


def needs_enrolment(user: User) -> bool:
    """Whether the second factor must be set up before this person gets in."""
    return user.totp_secret is None and bool(SECOND_FACTOR_ROLES & user.role_names)


def _password_fits(user: User | None, password: str) -> bool:
    """Takes as long for a login that nobody has. What everybody can read never opens a real system."""
    try:
        fits = HASHER.verify(user.password_hash if user and user.password_hash else NOBODY, password)
    except VerifyMismatchError:
        return False
    is_printed = user is not None and password == demonstration_password(user.login) and not current_app.config["DEMO"]
    return fits and user is not None and not is_printed


def _code_fits(user: User, code: str) -> bool:
    """Whether the second factor is right where there is one; a code works once."""
    if user.totp_secret is None:
        return True
    step = step_of_code(user.totp_secret, code)
    if step is None or step <= user.totp_last_step:
        return False
    user.totp_last_step = step
    return True


def step_of_code(secret: str, code: str) -> int | None:
    """The time step whose code this is: now, or one of its neighbours."""
    moment, machine = int(now().timestamp()) // TOTP_STEP, pyotp.TOTP(secret)
    typed = code.strip().replace(" ", "").encode()
    return next(
        (step for step in (moment - 1, moment, moment + 1) if secrets.compare_digest(machine.at(step * TOTP_STEP).encode(), typed)), None
    )


def open_sessions(session: Session) -> Select[SignIn]:
    """Sign-ins that were neither ended nor have outlived their limits."""
    moment = now()
    return select(SignIn).where(
        SignIn.ended_at.is_(None),
        SignIn.seen_at > moment - timedelta(minutes=setting(session, "idle_minutes")),
        SignIn.started_at > moment - timedelta(hours=setting(session, "absolute_hours")),
    )


def find_open_session(session: Session, token: str) -> SignIn | None:
    """The open sign-in of a cookie's token."""
    return session.scalar(open_sessions(session).where(SignIn.token_digest == digest_of(token)))


def end_other_sessions(session: Session, user: User, here: SignIn | None) -> None:
    """Sign out everywhere but here."""
    end_sessions(session, user, keep=here)
    session.add(audit("sign-in:others-ended", user, user))


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
    """The link of that token while it can be used; two who use it at once wait for each other."""
    return session.scalar(
        select(PasswordLink)
        .where(PasswordLink.token_digest == digest_of(token), PasswordLink.used_at.is_(None), PasswordLink.ends_at > now())
        .with_for_update()
    )


def weakness_of(session: Session, user: User, password: str) -> Message | None:
    """What is wrong with a password; nothing for a good one."""
    shortest = setting(session, "password_length")
    kinds = sum(any(test(character) for character in password) for test in (str.isalpha, str.isdigit, lambda c: not c.isalnum()))
    if len(password) < shortest or kinds < 2 or user.login in password.lower():
        return Message("Use at least %(count)s characters of two kinds (letters, digits, signs), without your login.", count=shortest)
    if len(set(password)) < DIFFERENT_CHARACTERS:
        return Message("Use at least %(count)s different characters.", count=DIFFERENT_CHARACTERS)
    if password == demonstration_password(user.login):
        return Message("This password is printed for demonstrations; choose another.")
    return None


def set_password(session: Session, user: User, password: str, *, link: PasswordLink | None = None, keep: SignIn | None = None) -> None:
    """Set a password, use up the link, and end every open session of the person but `keep`. Raises `DomainError` for a weak one."""
    if (weakness := weakness_of(session, user, password)) is not None:
        raise DomainError(weakness, status=400)
    user.password_hash, user.password_set_at = HASHER.hash(password), now()
    if link is not None:
        link.used_at = now()
    end_sessions(session, user, keep=keep)
    session.add(audit("password:set", user, user))


def end_sessions(session: Session, user: User, *, keep: SignIn | None = None) -> None:
    """End every open session of a person, but one."""
    own = update(SignIn).where(SignIn.user_id == user.id, SignIn.ended_at.is_(None))
    session.execute((own.where(SignIn.id != keep.id) if keep is not None else own).values(ended_at=now()))


def change_own_password(session: Session, user: User, old: str, password: str, *, opened: SignIn | None, address: str) -> bool:
    """Set a new password after the old one was given; a wrong old one counts as a failed try. Other sessions end."""
    session.scalar(select(User.id).where(User.id == user.id).with_for_update())
    check_throttle(session, user.login, address)
    if not _password_fits(user, old):
        session.add_all([SignInAttempt(login=user.login, address=address, is_success=False), audit("password:refused", user, user)])
        return False
    set_password(session, user, password, keep=opened)
    return True


def assign_roles(session: Session, user: User, roles: set[str], *, actor: User | None, seen: set[str] | None = None) -> None:
    """Give a person exactly these roles. The three administrators exclude each other and everything else.

    `seen` are the roles that the actor decided upon; refused when somebody else has changed them since. Who is left without
    any is signed out.
    """
    if actor is not None and actor.id == user.id:
        raise DomainError(Message("Nobody changes their own roles."))
    administrative = roles & set(ADMINISTRATORS)
    if len(administrative) > 1 or (administrative and roles != administrative):
        raise DomainError(Message("System administrator, security administrator and auditor exclude each other and every other role."))
    if unfit := roles - roles_fit_for(user.organisation):
        raise DomainError(Message("The role %(role)s does not fit this organisation.", role=sorted(unfit)[0]))
    if seen is not None and seen != user.role_names:
        raise DomainError(
            Message(
                "Somebody else has changed these roles meanwhile; they are now: %(roles)s.", roles="、".join(sorted(user.role_names)) or "—"
            )
        )
    before = sorted(user.role_names)
    if not roles:
        end_sessions(session, user)
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
    session.add_all([given, audit("purpose:given", str(worker_id), user, after={"worker": worker_id}, reason=reason)])
    return given
