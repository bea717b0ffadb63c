"""Pages about messages outside of the system: where one wants to be told, and for administrators what waits and what failed."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ohs.accounts.forms import CHANNEL_LABELS, ContactForm
from ohs.accounts.outbox import choose_contact, contact_of, counts_by_state, failed_messages, late_messages, try_again
from ohs.accounts.outbox_models import CHANNELS, Outgoing
from ohs.accounts.settings import setting
from ohs.kernel.clock import now
from ohs.kernel.database import db
from ohs.kernel.messaging import channels
from ohs.kernel.paging import Key, paginate
from ohs.kernel.policy import Permission, requires

#: Lines of messages that will be tried again.
LATE_AT_MOST = 50


@requires(Permission.OWN_ACCOUNT)
def contact() -> Any:
    """Where and when I want to be told."""
    session = db.session()
    held = contact_of(session, current_user)
    version = held.version if held else 0
    data = {
        "email": (held.email if held else "") or "", "phone": current_user.phone or "", "channel": held.channel if held else "mail",
        "told": held.told if held else "none",
    }  # fmt: skip
    form = ContactForm(data=data)
    words = {"carriers": channels(), "channels": CHANNEL_LABELS, "hours": {name: setting(session, name) for name in HOURS}}
    if form.validate_on_submit() and (changed := form.meanwhile(ContactForm(formdata=None, data=data), version)):
        return render_template("accounts/contact.html", form=form, changed=changed, **words), 409
    if form.validate_on_submit():
        choose_contact(session, current_user, email=form.email.data, phone=form.phone.data, channel=form.channel.data, told=form.told.data)
        session.commit()
        flash(_("Saved."), "success")
        return redirect(url_for("accounts.contact"))
    if request.method == "GET":
        form.open_for(version)
    return render_template("accounts/contact.html", form=form, **words), 400 if form.errors else 200


HOURS = ("quiet_from_hour", "quiet_to_hour", "digest_hour")


@requires(Permission.MESSAGE_LIST)
def messages() -> Any:
    """What waits, what has left, what only was logged, and what was given up."""
    session = db.session()
    page = paginate(
        session, failed_messages(), (Key(Outgoing.ended_at, descending=True), Key(Outgoing.id, descending=True)), cursor=request.args.get("cursor", "")
    )  # fmt: skip
    late = session.scalars(late_messages().order_by(Outgoing.send_at, Outgoing.id).limit(LATE_AT_MOST)).all()
    return render_template(
        "admin/messages.html", page=page, late=late, counts=counts_by_state(session), channels={name: CHANNEL_LABELS[name] for name in CHANNELS},
        carriers=channels(), tries=setting(session, "message_tries"), ERRORS=ERROR_LABELS,
    )  # fmt: skip


#: What the last try met.
ERROR_LABELS = {
    "connection": lambda: _("the server could not be reached"),
    "sign-in": lambda: _("the server refused the account"),
    "address": lambda: _("the server refused the address"),
    "no-address": lambda: _("the person has no address, or no account any more"),
}


@requires(Permission.MESSAGE_LIST)
def retry() -> Any:
    """Try once more what was given up."""
    count = try_again(db.session(), actor=current_user, at=now())
    db.session.commit()
    flash(_("On their way again: %(count)s.", count=count), "success")
    return redirect(url_for("admin.messages"))
