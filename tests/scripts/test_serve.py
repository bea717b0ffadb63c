"""Production refuses demonstration secrets, each with its sentence."""

from __future__ import annotations

import os
import subprocess
import sys
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
