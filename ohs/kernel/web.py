"""Every answer's manners: security headers, honest error pages, request ids, health and metrics."""

from __future__ import annotations

import logging
import sqlite3
import time
import uuid
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, flash, g, redirect, render_template, request, session, url_for
from flask_login import current_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map
from whitenoise import WhiteNoise

from ohs.kernel.database import db, expect_writes
from ohs.kernel.errors import DomainError
from ohs.kernel.i18n import LOCALES, say
from ohs.kernel.message import Message
from ohs.kernel.policy import public, wants_fragment

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
#: Static addresses change with their file (`asset`), so a browser may keep what it has for a day.
STATIC_SECONDS = 24 * 3600
#: Behind TLS a browser comes back by TLS only, for a year.
BY_TLS_ONLY = {"Strict-Transport-Security": "max-age=31536000"}
#: What PostgreSQL says of a value that somebody else has already.
UNIQUE_VIOLATION = "23505"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

csrf = CSRFProtect()
log = logging.getLogger(__name__)

REQUESTS = Counter("ohs_requests_total", "Answers by endpoint and status", ["endpoint", "status"])
SECONDS = Histogram("ohs_request_seconds", "Seconds to answer", ["endpoint"])


def _begin() -> None:
    g.request_id = uuid.uuid4().hex[:12]
    g.started = time.perf_counter()
    expect_writes(request.method not in SAFE_METHODS)
    _refuse_unprintable()


def _refuse_unprintable() -> None:
    """No text of ours holds a NUL, and PostgreSQL takes none: it is refused at the door."""
    typed = [request.path, *(text for pair in request.args.items(multi=True) for text in pair)]
    if request.method not in SAFE_METHODS:
        typed += [text for pair in request.form.items(multi=True) for text in pair]
    if any("\0" in text for text in typed):
        abort(400)


class RecordKeyConverter(IntegerConverter):
    """The key of a record in an address; a number that no record can have is no address at all."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=2**31 - 1)


def _finish(response: Response) -> Response:
    for name, value in _headers_of(current_app).items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"  # a file that Flask sends would say `no-cache`, which lets a browser keep it
    response.headers["X-Request-Id"] = g.get("request_id", "")
    endpoint = request.endpoint or "none"
    REQUESTS.labels(endpoint, response.status_code).inc()
    SECONDS.labels(endpoint).observe(time.perf_counter() - g.get("started", time.perf_counter()))
    return response


def _headers_of(app: Flask) -> dict[str, str]:
    """What every answer carries, files too."""
    return {**HEADERS, **(BY_TLS_ONLY if app.config["SESSION_COOKIE_SECURE"] else {})}


def _error_page(status: int, sentence: str = "") -> tuple[str, int]:
    db.session.rollback()
    template = "errors/fragment.html" if wants_fragment() else "errors/page.html"
    return render_template(
        template, status=status, sentence=sentence, reference=g.get("request_id", ""), back=came_from(), case_number=_case_number(status)
    ), status


def _case_number(status: int) -> str:
    """The case of the address where something about it was refused: whoever reads the refusal looks there next."""
    is_about = status in (400, 409) and request.path.startswith("/cases/") and current_user.is_authenticated
    return (request.view_args or {}).get("number", "") if is_about else ""


def came_from() -> str:
    """The page of this system from which a form was sent; empty where there is none."""
    sent = urlsplit(request.referrer or "")
    is_ours = request.method == "POST" and sent.netloc == request.host
    return address_inside(f"{sent.path}?{sent.query}" if sent.query else sent.path) if is_ours else ""


def _http_error(error: HTTPException) -> Any:
    if isinstance(error, SecurityError):  # nothing can be built for a name that is not ours, not even the address of a style sheet
        return say(Message("This system is not reached under that name.")), 400, {"Content-Type": "text/plain; charset=utf-8"}
    if error.response is not None or error.code is None or error.code < 400:
        return error
    page, status = _error_page(error.code)
    return page, status, {name: value for name, value in error.get_headers() if name == "Allow"}


def _domain_error(error: DomainError) -> Any:
    return _error_page(error.status, say(error.message))


def _stale(_error: StaleDataError) -> Any:
    return _error_page(
        409,
        say(Message("Somebody else has changed this record meanwhile. Open it again to see what is new, then repeat your change.")),
    )


def _entered_meanwhile(error: IntegrityError) -> Any:
    """Two people entered the same at once, each while it was still free; any other refusal of the database is a bug."""
    is_taken = (
        getattr(error.orig, "sqlstate", "") == UNIQUE_VIOLATION
        or getattr(error.orig, "sqlite_errorcode", 0) == sqlite3.SQLITE_CONSTRAINT_UNIQUE
    )
    if is_taken:
        log.warning("the same was entered twice at once, reference %s", g.get("request_id", ""))
        return _error_page(
            409, say(Message("Somebody else has entered the same at this moment. Nothing was saved: go back, look, and repeat."))
        )
    if current_app.config["TESTING"]:
        raise error
    return _bug(error)


def _database_error(error: OperationalError) -> Any:
    """Whoever waited in vain for SQLite's one writer is told to come back; anything else is a bug."""
    code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_BUSY:
        return _error_page(503, say(Message("A large file is being written at this moment. Nothing was saved: wait a minute and repeat.")))
    if current_app.config["TESTING"]:
        raise error
    return _bug(error)


def _csrf_error(_error: CSRFError) -> Any:
    return _error_page(
        400,
        say(
            Message(
                "This page was open too long, or you were signed out. Nothing was saved: go back, copy what you typed, load the page again and repeat."
            )
        ),
    )


def _bug(error: Exception) -> Any:
    log.exception("answering failed, reference %s", g.get("request_id", ""), exc_info=error)
    return _error_page(500)


@public
def healthz() -> Any:
    """The process answers."""
    return {"status": "ok"}


@public
def readyz() -> Any:
    """The process can do its work: the database answers."""
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return {"status": "database does not answer"}, 503
    return {"status": "ok"}


@public
def metrics() -> Any:
    """Figures for Prometheus, without personal data, of all processes that serve; the proxy in front keeps this address inside."""
    registry: CollectorRegistry = REGISTRY
    if folder := current_app.config["METRICS"]:
        registry = CollectorRegistry()
        MultiProcessCollector(registry, path=str(folder))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


@public
def choose_locale(code: str) -> Any:
    """Switch the language of this browser and go back to where the person was."""
    if code in LOCALES:
        session["locale"] = code
    if current_user.is_authenticated and code in LOCALES:
        current_user.locale = code
        db.session.commit()
    return redirect(address_inside(request.form.get("back")))


def address_inside(address: str | None) -> str:
    """The address when it lies in this system, else the desk. Browsers drop tabs and line breaks and take a backslash for a slash."""
    is_inside = address is not None and address.startswith("/") and not address.startswith("//")
    return address if address and is_inside and address.isprintable() and "\\" not in address else url_for("desk.index")


def flash_message(message: Message, category: str = "success") -> None:
    """Show a sentence on the next page."""
    flash(say(message), category)


def init_app(app: Flask) -> None:
    """Hang the manners on the application."""
    app.url_map.converters["int"] = RecordKeyConverter
    app.before_request(_begin)
    csrf.init_app(app)
    app.after_request(_finish)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(IntegrityError, _entered_meanwhile)
    app.register_error_handler(OperationalError, _database_error)
    if not app.config["TESTING"]:
        app.register_error_handler(Exception, _bug)
    app.add_url_rule("/healthz", view_func=healthz)
    app.add_url_rule("/readyz", view_func=readyz)
    app.add_url_rule("/metrics", view_func=metrics)
    app.add_url_rule("/locale/<code>", view_func=choose_locale, methods=["POST"])

    def add_headers(headers: Any, _path: str, _url: str) -> None:
        for name, value in _headers_of(app).items():
            headers[name] = value

    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app, root=app.static_folder, prefix="static/", max_age=STATIC_SECONDS, add_headers_function=add_headers
    )
    if app.config["PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, app.config["PROXIES"], app.config["PROXIES"])  # type: ignore[method-assign]
