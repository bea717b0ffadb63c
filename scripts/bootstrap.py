"""Makes `.venv` and installs one locked file into it, with nothing but the standard library, make and git on the machine."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
OLDEST = (3, 11)


def stop(english: str, chinese: str) -> None:
    """End with one sentence in both languages."""
    sys.exit(f"{chinese}\n{english}")


def make_environment() -> None:
    """An environment without pip: Debian ships neither ensurepip nor pip with its python3."""
    import venv

    try:
        venv.EnvBuilder(with_pip=False, symlinks=True, clear=VENV.exists()).create(VENV)
    except PermissionError:
        stop(
            f"The folder {ROOT} cannot be written to; copy the project to a folder of your own.",
            f"目录 {ROOT} 不可写，请把项目复制到自己的目录。",
        )


def install(requirements: Path) -> None:
    """Install exactly what the lock says; with uv where it is at hand, else with the pip wheel that comes along."""
    python = str(VENV / "bin" / "python")
    uv = shutil.which("uv")
    wheel = next((ROOT / "vendor").glob("pip-*.whl"))
    ways = [[uv, "pip", "install", "--quiet", "--python", python, "--require-hashes", "-r", str(requirements)]] if uv else []
    ways.append(
        [
            python,
            f"{wheel}/pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-input",
            "--require-hashes",
            "-r",
            str(requirements),
        ]
    )
    for command in ways:
        if subprocess.run(command, check=False).returncode == 0:
            return
    stop(
        "The packages could not be installed; the lines above say why. Check that the package index can be reached, then repeat.",
        "依赖安装失败，原因见上；请确认能访问软件包索引后重试。",
    )


def main() -> None:
    """Do only what the lock's digest says is still to be done; an interrupted run is simply repeated."""
    if sys.version_info < OLDEST:
        stop(
            f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.",
            f"需要 Python 3.11 或更新版本，当前为 {sys.version.split()[0]}。",
        )
    requirements = ROOT / sys.argv[1]
    digest = hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()
    stamp = VENV / f".installed-{requirements.stem}"
    if stamp.exists() and stamp.read_text() == digest and (VENV / "bin" / "python").exists():
        return
    if not os.access(ROOT, os.W_OK):
        stop(
            f"The folder {ROOT} cannot be written to; copy the project to a folder of your own.",
            f"目录 {ROOT} 不可写，请把项目复制到自己的目录。",
        )
    if not (VENV / "bin" / "python").exists():
        make_environment()
    install(requirements)
    stamp.write_text(digest)


if __name__ == "__main__":
    main()
