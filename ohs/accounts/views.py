"""Pages about accounts: signing in and out, the first password, one's own sessions."""

from __future__ import annotations

from typing import Any

import pyotp
import segno
from flask import abort, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user
from markupsafe import Markup
from sqlalchemy import select

from ohs.accounts import services
from ohs.accounts.administration import set_second_factor
from ohs.accounts.forms import DeedForm, PasswordForm, SignInForm
from ohs.accounts.identity import TOKEN
from ohs.accounts.models import SignIn, User
from ohs.kernel.database import db
from ohs.kernel.i18n import say
from ohs.kernel.policy import Permission, public, requires


@public
def sign_in() -> Any:
    """Sign in; afterwards to where the person wanted to go."""
    form = SignInForm(next=request.args.get("next", ""))
    if form.validate_on_submit():
        opened = services.sign_in(
            db.session(), form.login.data, form.password.data, form.code.data or "",
            address=request.remote_addr or "", agent=request.user_agent.string,
        )  # fmt: skip
        db.session.commit()
        if opened is not None:
            session.clear()
            session[TOKEN] = opened[1]
            login_user(opened[0].user)
            return redirect(_inside(form.next.data))
        form.form_errors.append(say(services.WRONG))
    return render_template("accounts/sign_in.html", form=form), 400 if form.errors or form.form_errors else 200


def _inside(address: str | None) -> str:
    """The address when it lies in this system, else the desk."""
    is_inside = bool(address) and address.startswith("/") and not address.startswith(("//", "/\\"))  # type: ignore[union-attr]
    return address if is_inside and address else url_for("desk.index")


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
    """Set a password through a one-time link."""
    link = services.find_password_link(db.session(), token)
    if link is None:
        abort(404)
    user = db.session.get_one(User, link.user_id)
    form = PasswordForm()
    needs_code = bool(services.SECOND_FACTOR_ROLES & user.role_names) and user.totp_secret is None
    secret = session.setdefault(f"second-factor-{link.id}", pyotp.random_base32(32)) if needs_code else ""
    if form.validate_on_submit():
        if needs_code and not pyotp.TOTP(secret).verify((form.code.data or "").strip(), valid_window=1):
            form.code.errors = [_("The code does not fit; scan the picture anew and type the six digits that are shown now.")]
        else:
            services.set_password(db.session(), user, form.password.data, link=link)
            if needs_code:
                set_second_factor(db.session(), user, secret)
            db.session.commit()
            session.clear()
            flash(_("The password is set; sign in with it."), "success")
            return redirect(url_for("accounts.sign_in"))
    address = pyotp.TOTP(secret).provisioning_uri(name=user.login, issuer_name="OHS") if needs_code else ""
    picture = Markup(segno.make(address).svg_inline(scale=4, border=2)) if needs_code else ""
    page = render_template("accounts/first_password.html", form=form, secret=secret, picture=picture, needs_code=needs_code)
    return page, 400 if form.errors else 200


def _own_session(sign_in_id: int) -> SignIn | None:
    return db.session.get(SignIn, sign_in_id)


@requires(Permission.OWN_ACCOUNT)
def sessions() -> Any:
    """Where I am signed in."""
    mine = select(SignIn).where(SignIn.user_id == current_user.id, SignIn.ended_at.is_(None)).order_by(SignIn.seen_at.desc()).limit(50)
    here = services.digest_of(session.get(TOKEN, ""))
    return render_template("accounts/sessions.html", sessions=db.session.scalars(mine).all(), here=here, form=DeedForm())


@requires(Permission.OWN_SESSIONS, _own_session)
def end_session(opened: SignIn) -> Any:
    """End one of my sessions from elsewhere."""
    services.end_session(db.session(), opened, actor=current_user)
    db.session.commit()
    flash(_("That session is ended."), "success")
    return redirect(url_for("accounts.sessions"))
