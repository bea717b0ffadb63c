"""Forms about the workers of a case: the filters of their list, and what closing some of them asks."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileRequired
from wtforms import FileField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from ohs.cases.forms import FILE_HINT, TEXT_LENGTH
from ohs.cases.kinds.overdue import OUTCOMES
from ohs.cases.lines import choices_of
from ohs.cases.models import Case
from ohs.kernel.attached import is_attachable
from ohs.kernel.fields import DayField
from ohs.kernel.filtering import FilterForm
from ohs.kernel.forms import PageForm
from ohs.kernel.i18n import say
from ohs.surveillance.line_queries import LineFilters

STANDINGS = {
    "open": _l("Not settled"),
    "claimed": _l("Proof waits for a decision"),
    "proof": _l("Examined; proof missing"),
    "closed": _l("Settled"),
    "all": _l("All"),
}


class LineFilterForm(FilterForm):
    """What the list of workers may be narrowed by; lives in the address."""

    case = StringField(_l("Case"))
    text = StringField(_l("Whole name or whole identity number"), description=_l("Whole name or whole identity number"))
    standing = SelectField(_l("Standing"), choices=list(STANDINGS.items()), default="open")

    def filters(self) -> LineFilters:
        """What was chosen; what cannot be read narrows nothing."""
        good = self.good()
        return LineFilters(str(good.get("case", "")), good.get("standing", "open"), str(good.get("text", "")))


class ExaminedForm(PageForm):
    """The examination of one worker, or those on file of several where no card is named."""

    seen = HiddenField()
    record = StringField(
        _l("Number of the card"), [Optional(), Length(max=60)], description=_l("Empty: what clinics have handed in is looked through")
    )
    examined_on = DayField(_l("Examined on"), [Optional()], description=_l("Only where the examination is not on file here"))
    report = FileField(
        _l("Report of the examination"), [Optional(), is_attachable], description=_l("Only where the examination is not on file here")
    )
    off_hazard = FileField(_l("Proof that the worker was off the hazard meanwhile"), [Optional(), is_attachable], description=FILE_HINT)


class OffHazardForm(PageForm):
    """Proof for workers who began without an examination."""

    file = FileField(
        _l("Proof that the worker was off the hazard meanwhile"), [FileRequired(_l("Choose a file.")), is_attachable], description=FILE_HINT
    )


class ProveForm(PageForm):
    """Why no examination is due, with the proof."""

    why = SelectField(_l("Why"), [DataRequired(_l("Choose why."))])
    reason = TextAreaField(_l("Reason"), [Optional(), Length(max=TEXT_LENGTH)])
    file = FileField(_l("Proof"), [FileRequired(_l("Choose a file.")), is_attachable], description=FILE_HINT)

    def offer(self, case: Case) -> None:
        """What is proof in a case of its subtype."""
        self.why.choices = [("", _("Choose…")), *((why, say(OUTCOMES[why])) for why in choices_of(case))]


class AcceptForm(PageForm):
    """Nothing but the confirmation."""


class NotAcceptForm(PageForm):
    """Why proof is not accepted."""

    reason = TextAreaField(_l("Reason"), [DataRequired(_l("Give the reason.")), Length(max=TEXT_LENGTH)])


FORMS: dict[str, Any] = {
    "examined": ExaminedForm, "off-hazard": OffHazardForm, "prove": ProveForm, "accept": AcceptForm, "not-accept": NotAcceptForm,
}  # fmt: skip
