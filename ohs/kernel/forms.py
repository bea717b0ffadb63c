"""What every form of a page reads from a request: typed text, and files where it asks for files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import Field, FileField, Form
from wtforms.meta import DefaultMeta
from wtforms.widgets import Select

from ohs.kernel.errors import DomainError
from ohs.kernel.fields import QuickSelect
from ohs.kernel.i18n import form_sentences, say


class PageForm(FlaskForm):
    """A form of a page. A file sent under the name of a text field, or a body that is no form, is not there for it."""

    #: The status of the refusal of the deed, where it was refused.
    refused_with = 0

    @contextmanager
    def attempt(self, session: Session) -> Iterator[None]:
        """What the deed refuses is said above the form: nothing typed is lost, nothing is changed."""
        try:
            with session.begin_nested():
                yield
        except DomainError as refusal:
            self.form_errors.append(say(refusal.message))
            self.refused_with = refusal.status

    @property
    def status(self) -> int:
        """With what the page of this form is answered."""
        return self.refused_with or (400 if self.errors else 200)

    class Meta:
        def get_translations(self, _form: Form) -> Any:
            """The library's own sentences; Flask-WTF has them only while a request is answered."""
            return form_sentences()

        def render_field(self, field: Field, render_kw: Any) -> Any:
            """As the library does, with the drop-downs of this house."""
            if type(field.widget) is Select:
                field.widget = QuickSelect()
            return DefaultMeta.render_field(self, field, render_kw)  # type: ignore[arg-type]

        def wrap_formdata(self, form: Form, formdata: Any) -> Any:
            """The body of this request, where nothing else was handed over."""
            if formdata is None or isinstance(formdata, MultiDict):
                return formdata
            if not form.is_submitted():
                return None
            files = MultiDict(
                (field.name, file) for field in form if isinstance(field, FileField) for file in request.files.getlist(field.name)
            )
            return CombinedMultiDict((files, request.form)) if files or request.form else None
