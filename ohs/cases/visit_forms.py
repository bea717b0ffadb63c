"""Forms of visits on the spot: what the town is asked, what it has found, and the filters of its list."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import MultipleFileField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from ohs.cases.forms import Several
from ohs.cases.models import Case
from ohs.cases.visit_queries import VisitFilters
from ohs.cases.visit_questions import ANSWERS, QUESTIONS
from ohs.cases.visits import said_too_much
from ohs.cases.visits_models import SiteVisit
from ohs.kernel.attached import Attached, attached_from, fault_of, type_of
from ohs.kernel.clock import today
from ohs.kernel.fields import DayField, DayRequired
from ohs.kernel.filtering import FilterForm
from ohs.kernel.forms import PageForm
from ohs.kernel.i18n import say

NOTE_LENGTH, POST_LENGTH, FOUND_LENGTH = 300, 60, 1_000
#: So many photographs go with one answer.
PHOTOGRAPHS_AT_MOST = 6
PICTURES = frozenset({"jpg", "png"})
STANDINGS = {
    "open": _l("Waiting"),
    "late": _l("Past the last day"),
    "answered": _l("Answered"),
    "withdrawn": _l("Withdrawn"),
    "all": _l("All"),
}


class VisitFilterForm(FilterForm):
    """What the list of visits may be narrowed by."""

    text = StringField(_l("Number or employer"), description=_l("Whole number, or name of the employer"))
    standing = SelectField(_l("Standing"), choices=list(STANDINGS.items()), default="open")
    due_to = DayField(_l("Last day until"))

    def filters(self) -> VisitFilters:
        """What was chosen; what cannot be read narrows nothing."""
        good = self.good()
        until = good.get("due_to")
        return VisitFilters(str(good.get("text", "")), good.get("standing", "open"), until if isinstance(until, date) else None)


class AskVisitForm(PageForm):
    """What the town is to look at, in words that tell nothing about the case."""

    questions = Several(_l("What is to be looked at"), [InputRequired(_l("Choose what is to be looked at."))])
    new_post = StringField(
        _l("New post"), [Length(max=POST_LENGTH)], description=_l("Needed where the town looks whether the worker works there")
    )
    note = TextAreaField(
        _l("Note"), [Length(max=NOTE_LENGTH)],
        description=_l("The town reads it and does not see the case: no number of the case, no name, no hazard, nothing about health."),
    )  # fmt: skip

    def __init__(self, case: Case, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._case = case
        asked = [one for one in QUESTIONS.values() if case.worker is not None or not one.names_worker]
        self.questions.choices = [(one.code, say(one.text)) for one in asked]

    def validate_new_post(self, field: Any) -> None:
        """A question about a post names it."""
        asks = any(QUESTIONS[code].names_post for code in self.questions.data or () if code in QUESTIONS)
        if asks and not (field.data or "").strip():
            raise ValidationError(_("Name the post where the worker is to be found."))
        self._refuse_telling(field)

    def validate_note(self, field: Any) -> None:
        """Nothing that the town must not read."""
        self._refuse_telling(field)

    def _refuse_telling(self, field: Any) -> None:
        if words := said_too_much(self._case, field.data or ""):
            raise ValidationError(_("The town must not read this: %(words)s. Say it without.", words="、".join(words)))


class AnswerVisitForm(PageForm):
    """What was found; one field for each question, named after it."""

    visited_on = DayField(_l("Seen on"), [DayRequired(_l("Name the day."))], description=_l("For example 2026-11-24"))
    found = TextAreaField(_l("What was seen"), [Length(max=FOUND_LENGTH)], description=_l("In short; not needed where the answers say it"))
    photographs = MultipleFileField(
        _l("Photographs"), description=_l("JPG or PNG; at most 6, each at most 10 MB"), render_kw={"accept": "image/jpeg,image/png"}
    )  # fmt: skip
    visit: SiteVisit

    def validate_visited_on(self, field: Any) -> None:
        """Between the day of asking and today."""
        if isinstance(field.data, date) and field.data > today():
            raise ValidationError(_("This day lies in the future."))
        if isinstance(field.data, date) and field.data < self.visit.asked_on:
            raise ValidationError(_("The visit was asked for on %(day)s; it was not before.", day=self.visit.asked_on))

    def validate_photographs(self, field: Any) -> None:
        """Pictures only, and not too many."""
        files = self._files()
        if len(files) > PHOTOGRAPHS_AT_MOST:
            raise ValidationError(_("At most %(count)s photographs go with one answer.", count=PHOTOGRAPHS_AT_MOST))
        for file in files:
            content = file.stream.read()
            file.stream.seek(0)
            if (fault := fault_of(file.filename or "", content)) is not None:
                raise ValidationError(say(fault))
            if type_of(content) not in PICTURES:
                raise ValidationError(_("“%(name)s” is no photograph: JPG or PNG.", name=file.filename))

    def told(self) -> dict[str, str]:
        """The answers by question."""
        return {one.code: self[one.code].data for one in self.visit.asks}

    def pictures(self) -> list[Attached]:
        """The photographs that came with it, each once."""
        taken = {one.sha256: one for one in map(attached_from, self._files())}
        return list(taken.values())

    def _files(self) -> list[Any]:
        return [file for file in self.photographs.data or () if getattr(file, "filename", "")]


def answer_form(visit: SiteVisit) -> AnswerVisitForm:
    """The form of an answer, filled from the request where it was sent."""
    choices = [(code, say(name)) for code, name in ANSWERS.items()]
    needed = [InputRequired(_("Answer each question."))]
    fields = {one.code: RadioField(say(one.text), needed, choices=choices) for one in visit.asks}
    form: type[AnswerVisitForm] = type("VisitAnswer", (AnswerVisitForm,), {**fields, "visit": visit})
    return form()
