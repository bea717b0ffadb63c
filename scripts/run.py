"""The demonstration system on this machine: migrate, fill on the first run, serve, say where."""

from __future__ import annotations

import os
import subprocess
import sys

from processes import BIN, ROOT, make_instance_folder, migrate, port_is_taken, run_both

HOST = "127.0.0.1"


def main() -> int:
    """Serve on `PORT` (5000 when unset) until interrupted."""
    given = os.environ.get("PORT", "5000")
    if not given.isdigit() or not 0 < int(given) < 65536:
        sys.exit(f"PORT 应为 1–65535 的数字，现为 {given}。\nPORT must be a number from 1 to 65535; it is {given}.")
    port = int(given)
    if port_is_taken(HOST, port):
        sys.exit(f"端口 {port} 已被占用，可改用：PORT=5001 make run\nPort {port} is taken; choose another: PORT=5001 make run")
    environment = {"OHS_DEMO": "1", **os.environ}
    flask = [str(BIN / "flask"), "--app", "wsgi"]
    make_instance_folder(environment)
    migrate(environment)
    if subprocess.run([*flask, "demo", "--if-empty"], cwd=ROOT, env=environment, check=False).returncode:
        return 1
    sys.stdout.write(f"\nhttp://{HOST}:{port}\n\n")
    sys.stdout.flush()
    subprocess.run([*flask, "accounts", "--table"], cwd=ROOT, env=environment, check=True)
    sys.stdout.write(
        "\n部门账号登录需动态口令 / officers also need a code: OHS_DEMO=1 .venv/bin/flask --app wsgi accounts --code LOGIN\n\n"
    )
    sys.stdout.flush()
    return run_both(HOST, port, environment)


if __name__ == "__main__":
    sys.exit(main())
