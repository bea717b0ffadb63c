"""The reader's language: one catalogue per area, read at start, and the edge where messages become sentences."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, Request, current_app, has_app_context, has_request_context, request, session
from flask_babel import Babel, Domain
from flask_login import current_user
from markupsafe import Markup, escape
from wtforms.i18n import messages_path

from ohs.config import LOCALES
from ohs.kernel.message import Message

FOLDER = Path(__file__).resolve().parent.parent / "translations"
#: What stands between the items of a list in a sentence.
JOINERS = {"zh_Hans_CN": "、", "en": ", "}


@cache
def translations(locale: str) -> NullTranslations:
    """All catalogues of one language as one. English is the language of the ids."""
    merged = Catalog(locale=locale)
    for path in sorted((FOLDER / locale).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=locale):
                if message.id and message.string:
                    merged.add(message.id, message.string, context=message.context)
    buffer = io.BytesIO()
    write_mo(buffer, merged)
    buffer.seek(0)
    return Translations(buffer)


class AreaCatalogues(Domain):  # type: ignore[misc]
    """Flask-Babel's domain, reading our catalogues instead of compiled files."""

    def get_translations(self) -> NullTranslations:
        return translations(current_locale())


class AreaBabel(Babel):  # type: ignore[misc]
    """Flask-Babel with our catalogues as its domain."""

    @property
    def domain_instance(self) -> Domain:
        return AreaCatalogues()


class ReadersRequest(Request):
    """A request that works out its reader's language once, however many sentences its page has."""

    @cached_property
    def locale(self) -> str:
        """Chosen in the session, else the account's, else the system's."""
        chosen = session.get("locale") or (getattr(current_user, "locale", None) if current_user else None)
        return str(chosen) if chosen in LOCALES else str(current_app.config["BABEL_DEFAULT_LOCALE"])


@cache
def _form_sentences(locale: str) -> NullTranslations:
    return Translations.load(messages_path(), [locale], domain="wtforms")


def form_sentences() -> NullTranslations:
    """What the form library says by itself, in the reader's language, also where a command or a job asks."""
    return _form_sentences(current_locale())


_chosen: ContextVar[str] = ContextVar("language", default="")


@contextmanager
def in_language(locale: str) -> Iterator[None]:
    """What is said inside is said in this language: a job writes for the person who asked for it."""
    token = _chosen.set(locale if locale in LOCALES else "")
    try:
        yield
    finally:
        _chosen.reset(token)


def current_locale() -> str:
    """The language of this request; outside of one that of `in_language`, else the system's."""
    if chosen := _chosen.get():
        return chosen
    if has_request_context():
        return request.locale  # type: ignore[attr-defined,no-any-return]
    if has_app_context():
        return str(current_app.config["BABEL_DEFAULT_LOCALE"])
    return "zh_Hans_CN"


def say(message: Message | str) -> str:
    """The sentence in the reader's language."""
    if not isinstance(message, Message):
        return str(message)
    return message.render(_translate, JOINERS.get(current_locale(), ", "))


def _translate(id: str) -> str:
    return translations(current_locale()).gettext(id)


def _translate_several(one: str, many: str, count: int) -> str:
    return translations(current_locale()).ngettext(one, many, count)


def say_markup(message: Message | str) -> Markup:
    """The same for templates, escaped."""
    return escape(say(message))


def init_app(app: Flask) -> None:
    """Choose the language of each request and offer `say` to templates."""
    app.request_class = ReadersRequest
    AreaBabel().init_app(app, locale_selector=current_locale)
    # Straight to our catalogues: a page has hundreds of sentences.
    app.jinja_env.install_gettext_callables(_translate, _translate_several, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.filters["say"] = say_markup
    app.jinja_env.globals["current_locale"] = current_locale
    app.jinja_env.globals["locales"] = LOCALES


def html_lang(_app: Any = None) -> str:
    """The `lang` of the page."""
    return "zh-CN" if current_locale().startswith("zh") else "en"
