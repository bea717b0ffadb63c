"""Logs say where an error arose, and nothing of what people had written."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ohs.accounts.models import Organisation
from ohs.kernel.logs import House, where
from tests.factories.accounts import make_organisation

NAME, PHONE, CODE = "王小明诊所", "13957312345", "91330483MA2B5C0L1H"


def shown(error: BaseException) -> str:
    handler = next(handler for handler in logging.getLogger().handlers if isinstance(handler, House))
    record = logging.LogRecord("ohs", logging.ERROR, __file__, 1, "job %s failed", (7,), (type(error), error, error.__traceback__))
    return handler.format(record)


def risen(deed: Callable[[], object]) -> BaseException:
    with pytest.raises(Exception) as caught:
        deed()
    return caught.value


def test_a_refused_row_is_logged_without_its_values(session: Session) -> None:
    make_organisation(session, kind="operator", region_code="330400", uscc=CODE)
    session.add(Organisation(kind="operator", region_code="330400", name=NAME, uscc=CODE, phone=PHONE))
    error = risen(session.flush)
    assert isinstance(error, IntegrityError) and NAME not in str(error), "a statement is told without what it was given"
    told = shown(error)
    assert "job 7 failed" in told and "IntegrityError" in told and "test_logs.py" in told
    assert not any(secret in told for secret in (NAME, PHONE, CODE))


def test_a_check_that_fails_does_not_quote_the_row(session: Session) -> None:
    session.add(Organisation(kind="shop", region_code="330400", name=NAME, phone=PHONE))
    told = shown(risen(session.flush))
    assert NAME not in told and PHONE not in told and "IntegrityError" in told


def test_the_errors_behind_an_error_are_named_without_their_words(app: Flask) -> None:
    def deed() -> None:
        try:
            int(NAME)
        except ValueError as wrong:
            raise RuntimeError(NAME) from wrong

    error = risen(deed)
    told = where((type(error), error, error.__traceback__))
    assert NAME not in told
    assert told.index("builtins.ValueError") < told.index("builtins.RuntimeError")
