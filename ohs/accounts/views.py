"""Pages about accounts: signing in and out, the first password, one's own sessions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pyotp
import segno
from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user
from markupsafe import Markup

from ohs.accounts import services
from ohs.accounts.administration import set_second_factor
from ohs.accounts.browsers import name_of_browser
from ohs.accounts.forms import ChangePasswordForm, CodeForm, PasswordForm, SignInForm
from ohs.accounts.identity import TOKEN
from ohs.accounts.models import SignIn, User
from ohs.accounts.settings import setting
from ohs.kernel.clock import now
from ohs.kernel.database import db
from ohs.kernel.errors import DomainError
from ohs.kernel.i18n import say
from ohs.kernel.policy import Permission, public, requires
from ohs.kernel.web import address_inside

#: In the cookie between the right password and the second factor that is being set up.
ENROLLING = "enrolling"
ENROLMENT_TERM = timedelta(minutes=10)


@public
def sign_in() -> Any:
    """Sign in; afterwards to where the person wanted to go, or first to the second factor where it is not set up yet."""
    form = SignInForm(next=request.args.get("next", ""))
    status = 200
    if form.validate_on_submit():
        try:
            opened = services.sign_in(
                db.session(), form.login.data, form.password.data, form.code.data or "",
                address=request.remote_addr or "", agent=request.user_agent.string,
            )  # fmt: skip
        except DomainError as throttled:
            db.session.rollback()
            form.form_errors.append(say(throttled.message))
            return render_template("accounts/sign_in.html", form=form), throttled.status
        db.session.commit()
        if isinstance(opened, services.Enrolment):
            _begin_anew()
            session[ENROLLING] = {
                "user": opened.user.id, "version": opened.user.version, "until": (now() + ENROLMENT_TERM).timestamp(), "secret": pyotp.random_base32(32),
                "next": form.next.data or "",
            }  # fmt: skip
            return redirect(url_for("accounts.second_factor"))
        if opened is not None and opened[0].user.role_names:
            return _enter(opened, form.next.data)
        if opened is not None:
            services.end_session(db.session(), opened[0], actor=opened[0].user)
            db.session.commit()
        form.form_errors.append(say(services.WRONG if opened is None else services.WITHOUT_ROLE))
    if form.errors or form.form_errors:
        status = 400
    return render_template("accounts/sign_in.html", form=form), status


def _begin_anew() -> None:
    """Keep nothing of the cookie but the language: what somebody else may have put there must not outlive a sign-in."""
    locale = session.get("locale")
    session.clear()
    if locale:
        session["locale"] = locale


def _enter(opened: tuple[SignIn, str], wanted: str | None) -> Any:
    _begin_anew()
    session[TOKEN] = opened[1]
    login_user(opened[0].user)
    return redirect(address_inside(wanted))


@public
def second_factor() -> Any:
    """Set up the second factor on the first sign-in, after the password was right."""
    kept = session.get(ENROLLING)
    user = db.session.get(User, kept["user"]) if kept and kept["until"] > now().timestamp() else None
    if kept is None or user is None or user.version != kept["version"] or not user.is_active or not services.needs_enrolment(user):
        session.pop(ENROLLING, None)
        flash(_("Sign in once more."), "warning")
        return redirect(url_for("accounts.sign_in"))
    form = CodeForm()
    if form.validate_on_submit():
        step = services.step_of_code(kept["secret"], form.code.data)
        if step is not None:
            set_second_factor(db.session(), user, kept["secret"], step)
            opened = services.open_session(db.session(), user, address=request.remote_addr or "", agent=request.user_agent.string)
            db.session.commit()
            return _enter(opened, kept["next"])
        form.code.errors = [_("The code does not fit; scan the picture anew and type the six digits that are shown now.")]
    page = render_template("accounts/second_factor.html", form=form, user=user, **_picture_of(kept["secret"], user))
    return page, 400 if form.errors else 200


def _picture_of(secret: str, user: User) -> dict[str, Any]:
    address = pyotp.TOTP(secret).provisioning_uri(name=user.login, issuer_name="OHS")
    return {"secret": secret, "picture": Markup(segno.make(address).svg_inline(scale=4, border=2, title=_("Picture to scan")))}


@requires(Permission.OWN_ACCOUNT)
def sign_out() -> Any:
    """Sign out here."""
    opened = services.find_open_session(db.session(), session.get(TOKEN, ""))
    if opened is not None:
        services.end_session(db.session(), opened, actor=current_user)
        db.session.commit()
    logout_user()
    session.clear()
    flash(_("You have signed out."), "success")
    return redirect(url_for("accounts.sign_in"))


@public
def first_password(token: str) -> Any:
    """Set a password through a one-time link, and the second factor with it where the role needs one."""
    link = services.find_password_link(db.session(), token)
    user = db.session.get_one(User, link.user_id) if link is not None else None
    if link is None or user is None or not user.is_active:
        return render_template("accounts/spent_link.html"), 404
    form = PasswordForm()
    needs_code = services.needs_enrolment(user)
    secret = session.setdefault(f"second-factor-{link.id}", pyotp.random_base32(32)) if needs_code else ""
    if form.validate_on_submit():
        weakness = services.weakness_of(db.session(), user, form.password.data)
        step = services.step_of_code(secret, form.code.data or "") if needs_code else None
        if weakness is not None:
            form.password.errors = [say(weakness)]
        if needs_code and step is None:
            form.code.errors = [_("The code does not fit; scan the picture anew and type the six digits that are shown now.")]
        if not form.errors:
            services.set_password(db.session(), user, form.password.data, link=link)
            if step is not None:
                set_second_factor(db.session(), user, secret, step)
            db.session.commit()
            _begin_anew()
            flash(_("The password is set; sign in with it."), "success")
            return redirect(url_for("accounts.sign_in"))
    picture = _picture_of(secret, user) if needs_code else {}
    page = render_template("accounts/first_password.html", form=form, user=user, needs_code=needs_code, **picture)
    return page, 400 if form.errors else 200


@requires(Permission.OWN_ACCOUNT)
def password() -> Any:
    """Change one's own password; other sessions end."""
    form = ChangePasswordForm()
    if form.validate_on_submit():
        weakness = services.weakness_of(db.session(), current_user, form.password.data)
        if weakness is not None:
            form.password.errors = [say(weakness)]
        elif form.password.data == form.old.data:
            form.password.errors = [_("This is the password that you have; choose another.")]
        else:
            is_changed = services.change_own_password(
                db.session(), current_user, form.old.data, form.password.data, opened=_here(), address=request.remote_addr or ""
            )
            db.session.commit()
            if is_changed:
                flash(_("The password is changed; you are signed out everywhere else."), "success")
                return redirect(url_for("accounts.sessions"))
            form.old.errors = [_("This is not your password.")]
    return render_template("accounts/password.html", form=form), 400 if form.errors else 200


def _here() -> SignIn | None:
    return services.find_open_session(db.session(), session.get(TOKEN, ""))


def _own_session(sign_in_id: int) -> SignIn | None:
    return db.session.get(SignIn, sign_in_id)


@requires(Permission.OWN_ACCOUNT)
def sessions() -> Any:
    """Where I am signed in."""
    mine = services.open_sessions(db.session()).where(SignIn.user_id == current_user.id).order_by(SignIn.seen_at.desc()).limit(50)
    return render_template(
        "accounts/sessions.html", sessions=db.session.scalars(mine).all(), here=services.digest_of(session.get(TOKEN, "")),
        idle=setting(db.session(), "idle_minutes"), absolute=setting(db.session(), "absolute_hours"), name_of_browser=name_of_browser,
    )  # fmt: skip


@requires(Permission.OWN_ACCOUNT)
def end_other_sessions() -> Any:
    """End all of my sessions but this one."""
    services.end_other_sessions(db.session(), current_user, _here())
    db.session.commit()
    flash(_("You are signed out everywhere but here."), "success")
    return redirect(url_for("accounts.sessions"))


@requires(Permission.OWN_SESSIONS, _own_session)
def end_session(opened: SignIn) -> Any:
    """End one of my sessions from elsewhere."""
    services.end_session(db.session(), opened, actor=current_user)
    db.session.commit()
    flash(_("That session is ended."), "success")
    return redirect(url_for("accounts.sessions"))
