"""Web and worker side by side: both end when one of them does, or when the person says so."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


def port_is_taken(host: str, port: int) -> bool:
    """Whether somebody listens there already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def run_both(host: str, port: int, environment: Mapping[str, str], web_workers: int = 1) -> int:
    """Serve until a signal comes; returns the exit code of whichever process ended by itself first."""
    web = [
        str(BIN / "gunicorn"), "wsgi:app", "--bind", f"{host}:{port}", "--worker-class", "gthread", "--workers", str(web_workers),
        "--threads", "8", "--timeout", "120", "--log-level", "warning", "--no-control-socket",
    ]  # fmt: skip
    worker = [str(BIN / "flask"), "--app", "wsgi", "worker"]
    processes = [subprocess.Popen(command, cwd=ROOT, env=dict(environment)) for command in (web, worker)]
    asked_to_stop = False

    def stop(_number: int, _frame: object) -> None:
        nonlocal asked_to_stop
        asked_to_stop = True

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    ended: list[int] = []
    while not asked_to_stop and not ended:
        ended = [process.returncode for process in processes if process.poll() is not None]
        time.sleep(0.2)
    for process in processes:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
    for process in processes:
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
    return 0 if asked_to_stop else ended[0] or 1
