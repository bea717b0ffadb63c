"""Web and worker side by side: both end when one of them does, or when the person says so."""

from __future__ import annotations

import shutil
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


def make_instance_folder(environment: Mapping[str, str]) -> None:
    """The folder of this machine's files; ends with one sentence where it cannot be written to."""
    folder = Path(environment.get("OHS_INSTANCE") or ROOT / "instance")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".written").touch()
        (folder / ".written").unlink()
    except OSError:
        sys.exit(
            f"目录 {folder} 不可写，请用 OHS_INSTANCE 指定其他目录。\n{folder} cannot be written to; name another folder with OHS_INSTANCE."
        )


def migrate(environment: Mapping[str, str]) -> None:
    """Bring the database to the present plan; ends with one sentence and the engine's own words where it does not answer."""
    command = [str(BIN / "flask"), "--app", "wsgi", "db", "upgrade"]
    ended = subprocess.run(command, cwd=ROOT, env=dict(environment), capture_output=True, text=True, check=False)
    if ended.returncode:
        said = [
            line for line in ended.stderr.splitlines() if line.strip() and not line.startswith(("INFO", "  ", "Traceback", "(Background"))
        ]
        sys.exit("数据库无法打开或升级，原因见下。\nThe database cannot be opened or brought up to date:\n" + "\n".join(said[-2:]))


def _metrics_folder(environment: Mapping[str, str]) -> Path:
    """An empty folder in which the processes put their figures together."""
    folder = Path(environment.get("OHS_INSTANCE") or ROOT / "instance") / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def run_both(host: str, port: int, environment: Mapping[str, str], web_workers: int = 1) -> int:
    """Serve until a signal comes; returns the exit code of whichever process ended by itself first."""
    web = [
        str(BIN / "gunicorn"), "wsgi:app", "--bind", f"{host}:{port}", "--worker-class", "gthread", "--workers", str(web_workers),
        "--threads", "8", "--timeout", "120", "--log-level", "warning", "--no-control-socket",
    ]  # fmt: skip
    environment = {**environment, "PROMETHEUS_MULTIPROC_DIR": str(_metrics_folder(environment))}
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
