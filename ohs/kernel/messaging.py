"""One interface to everything that carries messages out of this system: mail by SMTP; short and government messages, which so far only log."""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Protocol

from flask import Flask, current_app

from ohs.config import Smtp
from ohs.kernel.clock import now

log = logging.getLogger(__name__)
#: Seconds that a mail server may let wait.
PATIENCE = 10
#: What a connection that cannot be opened, or is lost, is called.
CUT_OFF = "connection"


class NotDelivered(Exception):
    """A message did not leave; `code` says why in one word of this system, never in the server's own."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Letter:
    """One message to one person: numbers of records, kinds of duty and last days; never a name or a finding."""

    #: Number of the person's account, for the log.
    user_id: int
    address: str
    subject: str
    text: str
    #: The same in one sentence.
    short: str
    #: What it is made of: the same for another try, so that whoever got it already gets it once.
    key: str = ""


Send = Callable[[Letter], None]


class Channel(Protocol):
    """What carries messages. `opened` gives what sends one; both raise `NotDelivered`."""

    @property
    def is_real(self) -> bool:
        """Whether anything leaves this system."""
        ...

    def opened(self) -> AbstractContextManager[Send]:
        """One connection for several letters."""
        ...


@dataclass(frozen=True)
class LogOnly:
    """No carrier is set up: what would have been sent is written to the log, which says so."""

    name: str
    is_real: bool = False

    @contextmanager
    def opened(self) -> Iterator[Send]:
        """Writes to the log."""
        yield self._note

    def _note(self, letter: Letter) -> None:
        log.warning("%s is not set up, this message is only logged (account %s): %s", self.name, letter.user_id, letter.short)


@dataclass(frozen=True)
class SmtpMail:
    """Mail through the server of the settings."""

    smtp: Smtp
    is_real: bool = True

    @contextmanager
    def opened(self) -> Iterator[Send]:
        """One connection, signed in; a server that cannot be reached is `NotDelivered`."""
        try:
            server = self._connect()
        except (smtplib.SMTPException, OSError) as failure:
            raise NotDelivered(_code(failure)) from failure
        try:
            yield lambda letter: self._send(server, letter)
        finally:
            try:
                server.quit()
            except (smtplib.SMTPException, OSError):
                server.close()

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.smtp.tls == "ssl":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.smtp.host, self.smtp.port, timeout=PATIENCE, context=context)
        else:
            server = smtplib.SMTP(self.smtp.host, self.smtp.port, timeout=PATIENCE)
        try:
            if self.smtp.tls == "starttls":
                server.starttls(context=context)
            if self.smtp.user:
                server.login(self.smtp.user, self.smtp.password)
        except (smtplib.SMTPException, OSError):
            server.close()
            raise
        return server

    def _id_of(self, letter: Letter) -> str:
        """The same for every try: a server that took it and was cut off before it said so takes it for the same."""
        domain = self.smtp.sender.rpartition("@")[2] or "localhost"
        return f"<{letter.key}@{domain}>" if letter.key else make_msgid(domain=domain)

    def _send(self, server: smtplib.SMTP, letter: Letter) -> None:
        mail = EmailMessage()
        mail["Subject"], mail["From"], mail["To"] = letter.subject, self.smtp.sender, letter.address
        mail["Date"], mail["Message-ID"] = format_datetime(now()), self._id_of(letter)
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(letter.text)
        try:
            server.send_message(mail)
        except (smtplib.SMTPException, OSError) as failure:
            raise NotDelivered(_code(failure)) from failure


def _code(failure: Exception) -> str:
    """`connection`, `sign-in`, `address`, or the number that the server gave."""
    if isinstance(failure, smtplib.SMTPAuthenticationError):
        return "sign-in"
    if isinstance(failure, smtplib.SMTPRecipientsRefused):
        return "address"
    if isinstance(failure, smtplib.SMTPResponseException) and failure.smtp_code > 0:
        return str(failure.smtp_code)
    return CUT_OFF


def channels() -> dict[str, Channel]:
    """Every channel by its name, those that only log as well."""
    found: dict[str, Channel] = current_app.extensions["channels"]
    return found


def init_app(app: Flask) -> None:
    """Set the channels up as the settings say."""
    smtp: Smtp | None = app.config["SMTP"]
    app.extensions["channels"] = {
        "mail": SmtpMail(smtp) if smtp is not None else LogOnly("mail"),
        "sms": LogOnly("sms"),
        "government": LogOnly("government messaging"),
    }
