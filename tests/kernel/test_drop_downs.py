"""Drop-downs are written as the library writes them, only quicker."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import SelectField
from wtforms.widgets import Select

from ohs.kernel.fields import QuickSelect
from ohs.kernel.filtering import FilterForm


class Choosing(FilterForm):
    place = SelectField("a", choices=[("", _l("All")), ("<1>", "“甲” & <乙>"), (2, "二"), ("3", "三", {"class": "x"})])


def test_a_drop_down_reads_as_the_library_writes_it(app: Flask) -> None:
    for chosen in ("", "<1>", "2", "9"):
        with app.test_request_context():
            field = Choosing(MultiDict({"place": chosen})).place
            written = str(field(**{"class": "form-select"}))
            assert isinstance(field.widget, QuickSelect)
            assert written == str(Select()(field, **{"class": "form-select"}))
            assert ("selected" in written) is (chosen in ("", "<1>", "2"))
