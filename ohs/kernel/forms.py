"""What every form of a page reads from a request: typed text, and files where it asks for files."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import Field, FileField, Form
from wtforms.meta import DefaultMeta
from wtforms.widgets import Select

from ohs.kernel.fields import QuickSelect
from ohs.kernel.i18n import form_sentences


class PageForm(FlaskForm):
    """A form of a page. A file sent under the name of a text field, or a body that is no form, is not there for it."""

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
