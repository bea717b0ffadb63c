"""The only place that reads the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

#: Languages of the screens, each in its own name.
LOCALES = {"zh_Hans_CN": "中文", "en": "English"}
#: Known to everybody who can read this file; production refuses to start with it.
DEMONSTRATION_SECRET = "demonstration-only-not-a-secret"


class SettingError(SystemExit):
    """A setting that cannot be read: the process ends with its sentence."""

    def __init__(self, name: str, value: str, wanted: str, wanted_zh: str) -> None:
        super().__init__(f"{name} 应为{wanted_zh}，现为 {value!r}。\n{name} must be {wanted}; it is {value!r}.")


def _whole(given: Mapping[str, str], name: str, default: int) -> int:
    value = given.get(name, str(default))
    if not value.isdecimal():
        raise SettingError(name, value, "a whole number", "整数")
    return int(value)


def _day(given: Mapping[str, str], name: str) -> date | None:
    try:
        return date.fromisoformat(given[name]) if name in given else None
    except ValueError as wrong:
        raise SettingError(name, given[name], "a day such as 2026-11-24", "2026-11-24 这样的日期") from wrong


#: How the connection to a mail server is kept private, with the port that is usual for it.
TLS_PORTS = {"starttls": 587, "ssl": 465, "none": 25}


@dataclass(frozen=True)
class Smtp:
    """The server through which mail leaves."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    #: `starttls`, `ssl` or `none`.
    tls: str = "starttls"


def _smtp(given: Mapping[str, str]) -> Smtp | None:
    if "OHS_SMTP_HOST" not in given:
        return None
    host, tls = given["OHS_SMTP_HOST"], given.get("OHS_SMTP_TLS", "starttls")
    if tls not in TLS_PORTS:
        raise SettingError("OHS_SMTP_TLS", tls, f"one of {', '.join(TLS_PORTS)}", f" {'、'.join(TLS_PORTS)} 之一")
    sender = given.get("OHS_SMTP_FROM", "")
    if "@" not in sender or any(sign in sender for sign in " \r\n"):
        raise SettingError("OHS_SMTP_FROM", sender, "the address from which mail is sent", "发件邮箱地址")
    port = _whole(given, "OHS_SMTP_PORT", TLS_PORTS[tls])
    return Smtp(host, port, sender, given.get("OHS_SMTP_USER", ""), given.get("OHS_SMTP_PASSWORD", ""), tls)


@dataclass(frozen=True)
class Config:
    """All settings of one running system; README lists them."""

    database_url: str = f"sqlite:///{ROOT / 'instance' / 'ohs.sqlite3'}"
    secret_key: str = DEMONSTRATION_SECRET
    #: File of data keys (JSON); created beside the database in demonstration mode only.
    keys_file: Path = ROOT / "instance" / "keys.json"
    #: Where locks, the queue and temporary files of this machine live.
    instance: Path = ROOT / "instance"
    locale: str = "zh_Hans_CN"
    demo: bool = False
    upload_max_mb: int = 50
    #: Pins the day, for rehearsals and tests.
    today: date | None = None
    https: bool = False
    testing: bool = False
    #: Addresses of reverse proxies in front, for the client's address.
    proxies: int = 0
    #: Names under which the system is reached; a request that names another host is refused. Empty: any.
    hosts: tuple[str, ...] = ()
    #: Where the serving processes of this machine put their figures together; none when there is one process.
    metrics: Path | None = None
    #: Mail is only logged where none is named.
    smtp: Smtp | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Config:
        """Read every setting once; an empty variable counts as unset."""
        given = {name: value for name, value in environment.items() if value}
        instance = Path(given.get("OHS_INSTANCE", str(ROOT / "instance")))
        locale = {"zh": "zh_Hans_CN", "zh_CN": "zh_Hans_CN"}.get(given.get("OHS_LOCALE", "zh"), given.get("OHS_LOCALE", "zh"))
        if locale not in LOCALES:
            raise SettingError("OHS_LOCALE", locale, f"one of {', '.join(LOCALES)}", f" {'、'.join(LOCALES)} 之一")
        return cls(
            database_url=engine_url(given.get("DATABASE_URL", f"sqlite:///{instance / 'ohs.sqlite3'}")),
            secret_key=given.get("SECRET_KEY", DEMONSTRATION_SECRET),
            keys_file=Path(given.get("OHS_KEYS", str(instance / "keys.json"))),
            instance=instance,
            locale=locale,
            demo=given.get("OHS_DEMO", "") in ("1", "true", "yes", "on"),
            upload_max_mb=_whole(given, "OHS_UPLOAD_MAX_MB", 50),
            today=_day(given, "OHS_TODAY"),
            hosts=tuple(name.strip() for name in given.get("OHS_HOSTS", "").split(",") if name.strip()),
            https=given.get("OHS_HTTPS", "") in ("1", "true", "yes", "on"),
            proxies=_whole(given, "OHS_PROXIES", 0),
            metrics=Path(given["PROMETHEUS_MULTIPROC_DIR"]) if "PROMETHEUS_MULTIPROC_DIR" in given else None,
            smtp=_smtp(given),
        )

    @property
    def has_demonstration_secret(self) -> bool:
        """Whether cookies would be signed with the secret that everybody knows."""
        return self.secret_key == DEMONSTRATION_SECRET

    @property
    def home_address(self) -> str:
        """Where people open the system, for links in mail; empty where no name is set."""
        named = next((name for name in self.hosts if not name.startswith(".")), "")
        return f"{'https' if self.https else 'http'}://{named}" if named else ""

    def for_flask(self) -> dict[str, Any]:
        """The settings under the names that Flask and its extensions read."""
        return {
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "SECRET_KEY": self.secret_key,
            "KEYS_FILE": self.keys_file,
            "INSTANCE": self.instance,
            "BABEL_DEFAULT_LOCALE": self.locale,
            "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
            "DEMO": self.demo,
            "TODAY": self.today,
            "TESTING": self.testing,
            "UPLOAD_MAX_BYTES": self.upload_max_mb * 1024 * 1024,
            "MAX_CONTENT_LENGTH": (self.upload_max_mb + 5) * 1024 * 1024,
            "MAX_FORM_PARTS": 20_000,
            "MAX_FORM_MEMORY_SIZE": 16 * 1024 * 1024,
            "PROXIES": self.proxies,
            "TRUSTED_HOSTS": list(self.hosts) or None,
            "METRICS": self.metrics,
            "SMTP": self.smtp,
            "HOME_ADDRESS": self.home_address,
            "SESSION_COOKIE_NAME": "ohs",
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_SECURE": self.https,
            "WTF_CSRF_TIME_LIMIT": None,
            **self.extra,
        }


def engine_url(url: str) -> str:
    """The URL with the driver this project uses: `postgres://` and `postgresql://` mean psycopg 3; other engines are refused."""
    if not url.startswith(("sqlite:", "postgres:", "postgresql:", "postgresql+psycopg:")):
        raise SettingError("DATABASE_URL", url.partition(":")[0], "of sqlite or postgresql", " sqlite 或 postgresql 地址")
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url
