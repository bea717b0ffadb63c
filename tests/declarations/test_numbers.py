"""Numbers as people type or paste them into the form, read and shown again without losing a digit."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import Form

from ohs.declarations.numbers import AmountField, CountField, read_chinese, show_amount


class _Typed(Form):
    count = CountField()
    amount = AmountField()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("六十", 60), ("十", 10), ("十二", 12), ("一百零五", 105), ("两千三百", 2300), ("三万五千", 35_000), ("二〇", 20), ("零", 0),
        ("约五百", None), ("", None), ("六十人", None),
    ],
)  # fmt: skip
def test_chinese_numbers_are_read_whole_or_not_at_all(text: str, number: int | None) -> None:
    assert read_chinese(text) == number


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("40", 40), ("４０", 40), ("1,200", 1200), ("1，200", 1200), ("40人", 40), ("40 人次", 40), ("六十", 60), ("六十名", 60), ("-3", -3), ("", None),
        ("约五百", None), ("4.5", None), ("人", None), ("1e3", None), ("9999999999", None),
    ],
)  # fmt: skip
def test_a_count_is_read_as_it_is_written_or_refused_with_its_text(app: Flask, text: str, count: int | None) -> None:
    with app.test_request_context():
        form = _Typed(MultiDict({"count": text}))
        assert form.count.data == count
        assert bool(form.count.process_errors) == (count is None and bool(text))
        assert text in str(form.count._value()) or str(count) == form.count._value()
        assert all(text in error for error in form.count.process_errors)


@pytest.mark.parametrize("amount", [0.0, 0.25, 100.0, 1234567.5, 12345678.0, 0.000001])
def test_an_amount_survives_being_shown_and_sent_again(app: Flask, amount: float) -> None:
    with app.test_request_context():
        shown: Any = _Typed(data={"amount": amount}).amount._value()
        assert _Typed(MultiDict({"amount": shown})).amount.data == amount


@pytest.mark.parametrize(
    ("value", "sign", "text"), [(1234567.5, ",", "1,234,567.5"), (100.0, "", "100"), (1000, ",", "1,000"), (100, "", "100")]
)
def test_an_amount_is_shown_with_every_digit(value: float, sign: str, text: str) -> None:
    assert show_amount(value, sign) == text
