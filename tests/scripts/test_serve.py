"""Production refuses demonstration secrets, each with its sentence."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from ohs.kernel.crypto import Keyring

ROOT = Path(__file__).resolve().parent.parent.parent
GOOD = {"SECRET_KEY": "x" * 40}


@pytest.mark.parametrize(
    ("given", "demonstration_keys", "named"),
    [
        ({}, False, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, False, "SECRET_KEY"),
        (GOOD | {"OHS_DEMO": "1"}, False, "OHS_DEMO"),
        (GOOD, True, "demonstration keys"),
        (GOOD, None, "OHS_KEYS"),
    ],
)
def test_serve_refuses(tmp_path: Path, given: dict[str, str], demonstration_keys: bool | None, named: str) -> None:
    if demonstration_keys is not None:
        Keyring.new(demonstration=demonstration_keys).write(tmp_path / "keys.json")
    environment = {"PATH": os.environ["PATH"], "OHS_INSTANCE": str(tmp_path), "OHS_KEYS": str(tmp_path / "keys.json")} | given
    ended = subprocess.run([sys.executable, "scripts/serve.py"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert named in ended.stderr
    assert "Traceback" not in ended.stderr


def _environment(folder: Path, **given: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "OHS_INSTANCE": str(folder), "OHS_KEYS": str(folder / "keys.json")} | GOOD | given


def _start(folder: Path, **given: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "scripts/serve.py"], cwd=ROOT, env=_environment(folder, **given), stderr=subprocess.PIPE, text=True
    )


def _answer(address: str) -> str:
    end = time.monotonic() + 40
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return str(answer.read().decode())
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def test_serve_serves_and_ends_when_told(tmp_path: Path) -> None:
    Keyring.new().write(tmp_path / "keys.json")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    served = _start(tmp_path, PORT=port)
    try:
        assert "ok" in _answer(f"http://127.0.0.1:{port}/readyz")
        assert "嘉兴市职业健康监管平台" in _answer(f"http://127.0.0.1:{port}/sign-in")
        assert "--" in _answer(f"http://127.0.0.1:{port}/static/theme.css")
        assert "ohs_requests_total" in _answer(f"http://127.0.0.1:{port}/metrics")
        second = subprocess.run(
            [sys.executable, "scripts/serve.py"],
            cwd=ROOT,
            env=_environment(tmp_path, PORT=port),
            capture_output=True,
            text=True,
            check=False,
        )
        assert second.returncode == 1 and f"{port} is taken" in second.stderr and "Traceback" not in second.stderr
    finally:
        served.send_signal(signal.SIGTERM)
        served.communicate(timeout=30)
    assert served.returncode == 0


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"DATABASE_URL": "mysql://somewhere"}, "DATABASE_URL must be of sqlite or postgresql"),
        ({"DATABASE_URL": "postgresql://127.0.0.1:1/nowhere"}, "The database cannot be opened"),
        ({"OHS_INSTANCE": "/proc/nowhere"}, "cannot be written to"),
        ({"OHS_UPLOAD_MAX_MB": "many"}, "OHS_UPLOAD_MAX_MB must be a whole number"),
        ({"OHS_TODAY": "tomorrow"}, "OHS_TODAY must be a day"),
        ({"PORT": "http"}, "PORT must be a number"),
    ],
)
def test_a_wrong_setting_gets_one_sentence(tmp_path: Path, given: dict[str, str], sentence: str) -> None:
    Keyring.new().write(tmp_path / "keys.json")
    served = _start(tmp_path, **({"PORT": "58211"} | given))
    _nothing, said = served.communicate(timeout=60)
    assert served.returncode != 0 and sentence in said and "Traceback" not in said
