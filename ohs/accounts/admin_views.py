"""Pages of the administrators: accounts and organisations, roles, working days, settings. Each role sees its own."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from ohs.accounts.admin_forms import (
    DEPARTMENT_LABELS,
    KIND_LABELS,
    ROLE_LABELS,
    CalendarForm,
    OrganisationFilterForm,
    OrganisationForm,
    RolesForm,
    SettingForm,
    UserFilterForm,
    UserForm,
)
from ohs.accounts.administration import (
    change_organisation,
    change_user,
    create_organisation,
    create_user,
    edit_day,
    forget_day,
    reset_second_factor,
    set_setting,
)
from ohs.accounts.forms import CHANNEL_LABELS
from ohs.accounts.models import Organisation, Setting, User
from ohs.accounts.queries import (
    ORGANISATION_ORDERS,
    USER_ORDERS,
    filtered_organisations,
    filtered_users,
    organisations_called,
    organisations_like,
)
from ohs.accounts.services import assign_roles, make_password_link, roles_fit_for
from ohs.accounts.settings import DEFAULTS, LABELS, LIMITS, setting
from ohs.kernel.clock import today
from ohs.kernel.database import db
from ohs.kernel.ledger import read_ledger
from ohs.kernel.messaging import channels
from ohs.kernel.policy import Permission, requires
from ohs.kernel.workdays import CalendarDay
from ohs.rulebook.regions import region_name

WORDS: dict[str, Any] = {
    "KIND_LABELS": KIND_LABELS,
    "ROLE_LABELS": ROLE_LABELS,
    "DEPARTMENT_LABELS": DEPARTMENT_LABELS,
    "region_name": region_name,
}


def _user(user_id: int) -> User | None:
    return db.session.get(User, user_id)


def _organisation(organisation_id: int) -> Organisation | None:
    return db.session.get(Organisation, organisation_id)


@requires(Permission.USER_LIST)
def users() -> Any:
    """Accounts."""
    form = UserFilterForm(request.args)
    ledger = read_ledger(db.session(), filtered_users(form.good()), USER_ORDERS, "login")
    return render_template("admin/users.html", form=form, ledger=ledger, **WORDS)


@requires(Permission.USER_READ, _user)
def user(found: User) -> Any:
    """One account: whose, its roles, when it was last used, and what an administrator can do."""
    return _user_page(found)


def _user_page(found: User, link: str = "") -> Any:
    form = RolesForm()
    form.roles.data = sorted(found.role_names)
    fit = roles_fit_for(found.organisation)
    form.roles.choices = [(role, ROLE_LABELS[role]) for role in sorted(fit) if role]
    return render_template(
        "admin/user.html", found=found, form=form, link=link, link_hours=setting(db.session(), "password_link_hours"), **WORDS
    )


def _organisation_of(form: UserForm, own: Organisation | None = None) -> Organisation | None:
    """The organisation whose name or credit code was typed; where it is none or several, the form says so."""
    text = form.organisation_name.data
    if own is not None and text == own.name:
        return own
    found = db.session.scalars(organisations_called(text)).all()
    if len(found) == 1:
        return found[0]
    if found:
        form.organisation_name.errors = [_("Several organisations have this name; type the credit code of the one you mean.")]
    elif like := db.session.scalars(organisations_like(text)).all():
        names = "、".join(one.name for one in like[:3])
        form.organisation_name.errors = [_("Choose one of the suggestions, for instance %(names)s.", names=names)]
    else:
        form.organisation_name.errors = [_("No open organisation is called “%(text)s”; enter it under Organisations first.", text=text)]
    return None


def _user_form_page(form: UserForm, found: User | None, **more: Any) -> str:
    suggested = db.session.scalars(organisations_like(request.values.get("organisation_name", "").strip())).all()
    return render_template("admin/edit_user.html", form=form, found=found, suggested=suggested, **WORDS, **more)


@requires(Permission.USER_CREATE)
def new_user() -> Any:
    """Enter an account; the link for its first password is shown once."""
    form = UserForm()
    if form.validate_on_submit() and (office := _organisation_of(form)):
        made = create_user(db.session(), form.login.data, form.name.data, office.id, actor=current_user)
        token = make_password_link(db.session(), made, actor=current_user)
        db.session.commit()
        return _user_page(made, url_for("accounts.first_password", token=token, _external=True))
    return _user_form_page(form, None), 400 if form.errors else 200


@requires(Permission.USER_EDIT, _user)
def edit_user(found: User) -> Any:
    """Change an account or block it."""
    own = found.organisation
    form = UserForm(obj=found, organisation_name=own.name)
    fresh = UserForm(formdata=None, obj=found, organisation_name=own.name)
    if form.validate_on_submit() and (changed := form.meanwhile(fresh, found.version)):
        return _user_form_page(form, found, changed=changed), 409
    if form.validate_on_submit() and (office := _organisation_of(form, own)):
        change_user(
            db.session(), found, version=form.version.data or "", login=form.login.data, name=form.name.data, organisation_id=office.id,
            is_enabled=form.is_enabled.data, actor=current_user,
        )  # fmt: skip
        db.session.commit()
        flash(_("Saved."), "success")
        return redirect(url_for("admin.user", user_id=found.id))
    if request.method == "GET":
        form.open_for(found.version)
    return _user_form_page(form, found), 400 if form.errors else 200


@requires(Permission.USER_EDIT, _user)
def reset_password(found: User) -> Any:
    """A new one-time link; earlier ones no longer work."""
    token = make_password_link(db.session(), found, actor=current_user)
    db.session.commit()
    return _user_page(found, url_for("accounts.first_password", token=token, _external=True))


@requires(Permission.SECOND_FACTOR_RESET, _user)
def reset_code(found: User) -> Any:
    """Forget second factor and password; the person sets both through a link that the system administrator makes."""
    reset_second_factor(db.session(), found, actor=current_user)
    db.session.commit()
    flash(_("Second factor and password are forgotten. The system administrator now makes a one-time link for this person."), "success")
    return redirect(url_for("admin.user", user_id=found.id))


@requires(Permission.ROLE_ASSIGN, _user)
def roles(found: User) -> Any:
    """Give a person exactly these roles."""
    seen = set(filter(None, request.form["seen"].split(","))) if "seen" in request.form else None
    assign_roles(db.session(), found, set(request.form.getlist("roles")), seen=seen, actor=current_user)
    db.session.commit()
    flash(_("The roles are changed."), "success")
    return redirect(url_for("admin.user", user_id=found.id))


@requires(Permission.ORGANISATION_LIST)
def organisations() -> Any:
    """Organisations whose people use the system."""
    form = OrganisationFilterForm(request.args)
    ledger = read_ledger(db.session(), filtered_organisations(form.good()), ORGANISATION_ORDERS, "name")
    return render_template("admin/organisations.html", form=form, ledger=ledger, **WORDS)


@requires(Permission.ORGANISATION_EDIT)
def new_organisation() -> Any:
    """Enter an organisation."""
    form = OrganisationForm()
    if form.validate_on_submit():
        create_organisation(db.session(), form.data, actor=current_user)
        db.session.commit()
        flash(_("Saved."), "success")
        return redirect(url_for("admin.organisations", text=form.name.data))
    return render_template("admin/edit_organisation.html", form=form, found=None), 400 if form.errors else 200


@requires(Permission.ORGANISATION_EDIT, _organisation)
def edit_organisation(found: Organisation) -> Any:
    """Change an organisation or close it."""
    form = OrganisationForm(obj=found)
    if form.validate_on_submit() and (changed := form.meanwhile(OrganisationForm(formdata=None, obj=found), found.version)):
        return render_template("admin/edit_organisation.html", form=form, found=found, changed=changed), 409
    if form.validate_on_submit():
        change_organisation(db.session(), found, form.data, actor=current_user)
        db.session.commit()
        flash(_("Saved."), "success")
        return redirect(url_for("admin.organisations", text=found.name))
    if request.method == "GET":
        form.open_for(found.version)
    return render_template("admin/edit_organisation.html", form=form, found=found), 400 if form.errors else 200


@requires(Permission.CALENDAR_EDIT)
def calendar() -> Any:
    """Days that differ from the published calendar; every deadline goes by them."""
    form = CalendarForm()
    if form.validate_on_submit():
        edit_day(db.session(), form.day.data, is_working=form.is_working.data == "yes", note=form.note.data or "", actor=current_user)
        db.session.commit()
        flash(_("Saved."), "success")
        return redirect(url_for("admin.calendar"))
    days = db.session.scalars(select(CalendarDay).order_by(CalendarDay.day)).all()
    return render_template("admin/calendar.html", form=form, days=days, today=today()), 400 if form.errors else 200


@requires(Permission.CALENDAR_EDIT)
def remove_day(day: str) -> Any:
    """Go by the published calendar again."""
    try:
        wanted = date.fromisoformat(day)
    except ValueError:
        abort(404)
    forget_day(db.session(), wanted, actor=current_user)
    db.session.commit()
    return redirect(url_for("admin.calendar"))


@requires(Permission.SETTING_EDIT)
def settings() -> Any:
    """Defaults of this office; none of them is law."""
    values = {name: setting(db.session(), name) for name in DEFAULTS}
    changed = {row.name: row for row in db.session.scalars(select(Setting))}
    return render_template(
        "admin/settings.html",
        values=values,
        defaults=DEFAULTS,
        labels=LABELS,
        changed=changed,
        carriers=channels(),
        channels=CHANNEL_LABELS,
    )


@requires(Permission.SETTING_EDIT)
def edit_setting(name: str) -> Any:
    """Change one default."""
    if name not in DEFAULTS:
        abort(404)
    value = setting(db.session(), name)
    held = db.session.scalar(select(Setting).where(Setting.name == name))
    version = held.version if held else 0
    form = SettingForm(data={"value": value}).allow(*LIMITS[name])
    words = {"name": name, "label": LABELS[name], "default": DEFAULTS[name], "limits": LIMITS[name]}
    if form.validate_on_submit() and (changed := form.meanwhile(SettingForm(formdata=None, data={"value": value}), version)):
        return render_template("admin/edit_setting.html", form=form, changed=changed, **words), 409
    if form.validate_on_submit():
        set_setting(db.session(), name, form.value.data, actor=current_user)
        db.session.commit()
        flash(_("Saved."), "success")
        return redirect(url_for("admin.settings"))
    if request.method == "GET":
        form.open_for(version)
    return render_template("admin/edit_setting.html", form=form, **words), 400 if form.errors else 200
