"""What the logs keep: when, how grave, which part, what happened; of an error where it arose, never what people had written."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Any

import structlog
from flask import Flask

#: What a database's error may tell: the engine's own code, and which rule of which table refused.
_SAFE = ("sqlstate", "sqlite_errorname")
_SAFE_DIAGNOSTICS = ("table_name", "constraint_name")


def where(exc_info: tuple[type[BaseException], BaseException, TracebackType | None]) -> str:
    """Where an error arose, with the errors behind it. Their own words are left out: they quote the values that did not fit."""
    return "\n".join(f"{''.join(traceback.format_tb(error.__traceback__))}{_name(error)}" for error in _chain(exc_info[1]))


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The errors in the order in which they arose."""
    behind = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if behind is not None:
        yield from _chain(behind)
    yield error


def _name(error: BaseException) -> str:
    told = [getattr(error, name, None) for name in _SAFE]
    told += [getattr(getattr(error, "diag", None), name, None) for name in _SAFE_DIAGNOSTICS]
    words = " ".join(str(word) for word in told if word)
    return f"{type(error).__module__}.{type(error).__qualname__}{f' ({words})' if words else ''}"


def _formatter() -> logging.Formatter:
    chain: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.ExceptionRenderer(where),  # type: ignore[arg-type]
    ]
    drawn: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.dev.ConsoleRenderer(colors=False)]
    return structlog.stdlib.ProcessorFormatter(foreign_pre_chain=chain, processors=drawn)


class House(logging.StreamHandler):  # type: ignore[type-arg]
    """The one handler of this process, at the root; a part that has its own (the web server) keeps it."""


def init_app(_app: Flask) -> None:
    """Write logs this way; a second application of the process changes nothing."""
    root = logging.getLogger()
    if not any(isinstance(handler, House) for handler in root.handlers):
        handler = House()
        handler.setFormatter(_formatter())
        root.addHandler(handler)
