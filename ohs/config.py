"""The only place that reads the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

#: Known to everybody who can read this file; production refuses to start with it.
DEMONSTRATION_SECRET = "demonstration-only-not-a-secret"


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
    extra: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Config:
        """Read every setting once; an empty variable counts as unset."""
        given = {name: value for name, value in environment.items() if value}
        instance = Path(given.get("OHS_INSTANCE", str(ROOT / "instance")))
        return cls(
            database_url=engine_url(given.get("DATABASE_URL", f"sqlite:///{instance / 'ohs.sqlite3'}")),
            secret_key=given.get("SECRET_KEY", DEMONSTRATION_SECRET),
            keys_file=Path(given.get("OHS_KEYS", str(instance / "keys.json"))),
            instance=instance,
            locale={"zh": "zh_Hans_CN", "zh_CN": "zh_Hans_CN"}.get(given.get("OHS_LOCALE", "zh"), given.get("OHS_LOCALE", "zh")),
            demo=given.get("OHS_DEMO", "") in ("1", "true", "yes", "on"),
            upload_max_mb=int(given.get("OHS_UPLOAD_MAX_MB", "50")),
            today=date.fromisoformat(given["OHS_TODAY"]) if "OHS_TODAY" in given else None,
            https=given.get("OHS_HTTPS", "") in ("1", "true", "yes", "on"),
            proxies=int(given.get("OHS_PROXIES", "0")),
        )

    @property
    def has_demonstration_secret(self) -> bool:
        """Whether cookies would be signed with the secret that everybody knows."""
        return self.secret_key == DEMONSTRATION_SECRET

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
            "SESSION_COOKIE_NAME": "ohs",
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_SECURE": self.https,
            "WTF_CSRF_TIME_LIMIT": None,
            **self.extra,
        }


def engine_url(url: str) -> str:
    """The URL with the driver this project uses: `postgres://` and `postgresql://` mean psycopg 3."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url
