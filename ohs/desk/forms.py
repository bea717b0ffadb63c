"""Forms of the pages that show many areas."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from ohs.accounts.event_labels import CODE_DOCUMENTS, CODE_PURPOSES
from ohs.kernel.forms import PageForm
from ohs.kernel.i18n import say
from ohs.registry.own_access import LAST_CHARACTERS
from ohs.surveillance.forms import PurposeForm

#: What HR needs a name for.
PERSON_PURPOSES = {"work-injury": _l("Work-injury decision and benefits"), "own-case": _l("To act on a case of this office")}


class RevealForm(PurposeForm):
    """Why a worker's file is opened: the same question as for an examination."""


class PersonForm(PurposeForm):
    """Why an office asks whom a case is about: HR of a confirmed disease, health of a case of its own whose worker has moved."""

    def __init__(self) -> None:
        super().__init__()
        self.reason.choices = [("", _l("Choose…")), *PERSON_PURPOSES.items(), ("other", _l("Another purpose, named below"))]


class GiveCodeForm(PageForm):
    """What an officer must have done before a worker is given a code."""

    document = SelectField(_l("Document seen"), validators=[DataRequired(_l("Choose the document by which you know the worker."))])
    purpose = SelectField(_l("What the worker wants it for"), validators=[DataRequired(_l("Choose what the worker wants it for."))])
    is_checked = BooleanField(
        _l("The worker stands before me; name, picture and number of the document agree with the file."),
        validators=[InputRequired(_l("Give a code only to the worker in person, after you have checked who it is."))],
    )

    def __init__(self) -> None:
        super().__init__()
        first = ("", _l("Choose…"))
        self.document.choices = [first, *((key, say(label)) for key, label in CODE_DOCUMENTS.items())]
        self.purpose.choices = [first, *((key, say(label)) for key, label in CODE_PURPOSES.items())]


class OwnFileForm(PageForm):
    """The door to the own file."""

    code = StringField(
        _l("One-time code"),
        validators=[DataRequired(_l("Type the twelve digits of the slip.")), Length(max=40)],
        description=_l("The twelve digits on the slip from the health department"),
        render_kw={"inputmode": "numeric", "autocomplete": "one-time-code"},
    )
    last = StringField(
        _l("Last four characters of your identity number"),
        validators=[
            DataRequired(_l("Type the last four characters of your identity number.")),
            Length(min=LAST_CHARACTERS, max=LAST_CHARACTERS, message=_l("Four characters, for example 123X.")),
        ],
        description=_l("For example 1234 or 123X"),
        render_kw={"autocomplete": "off", "autocapitalize": "characters"},
    )
