"""Days as people type them, and filters that nobody can stretch beyond what a record holds."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask, request
from werkzeug.datastructures import MultiDict
from wtforms import IntegerField

from ohs.kernel.fields import DayField, DayRequired, read_day
from ohs.kernel.filtering import FilterForm, record_key


@pytest.mark.parametrize("text", ["2026-11-03", " 2026/11/3 ", "2026.11.03", "20261103", "2026年11月3日", "２０２６－１１－０３"])
def test_a_day_is_read_in_any_of_the_usual_ways(text: str) -> None:
    assert read_day(text) == date(2026, 11, 3)


@pytest.mark.parametrize("text", ["2026-02-29", "0000-01-01", "0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31", "x", ""])
def test_what_is_no_day_of_these_centuries_is_none(text: str) -> None:
    assert read_day(text) is None


class NarrowForm(FilterForm):
    """Two filters."""

    year = IntegerField("Year")
    on = DayField("Day")


@pytest.mark.parametrize("number", ["9" * 30, "-1", str(2**31), "x"])
def test_a_number_that_no_record_has_narrows_nothing(app: Flask, number: str) -> None:
    with app.test_request_context(f"/?year={number}&on=9999-12-31"):
        assert NarrowForm(request.args).good() == {}
    with app.test_request_context("/?year=2026&on=2026-11-03"):
        assert NarrowForm(request.args).good() == {"year": 2026, "on": date(2026, 11, 3)}


class EndForm(FilterForm):
    """A day that must be given."""

    on = DayField("Day")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on.validators = [DayRequired("Give it.")]


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "Give it."), ("  ", "Give it."), ("2999-01-01", "“2999-01-01”不是日期，请写成 2026-11-23。"), ("2026-11-03", "")],
)
def test_a_day_that_must_be_given_says_what_is_wrong_with_it(app: Flask, text: str, said: str) -> None:
    with app.test_request_context():
        form = EndForm(MultiDict({"on": text}))
        form.validate()
        assert "".join(form.on.errors) == said


@pytest.mark.parametrize(("text", "sender"), [("7", 7), ("9" * 30, 0), ("-1", 0), ("x", 0), ("", 0)])
def test_a_key_that_no_record_has_is_not_asked_for(app: Flask, text: str, sender: int) -> None:
    with app.test_request_context(f"/?sender={text}"):
        assert request.args.get("sender", 0, type=record_key) == sender
