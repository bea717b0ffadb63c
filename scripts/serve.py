"""Production: migrate and serve with the settings of the environment; refuses demonstration secrets."""

from __future__ import annotations

import os
import subprocess
import sys

from processes import BIN, ROOT, run_both

sys.path.insert(0, str(ROOT))

from ohs.config import Config
from ohs.kernel.crypto import KeyFileError, Keyring


def objections(config: Config) -> list[str]:
    """Why this configuration must not serve real people; empty when it may."""
    found = []
    if config.demo:
        found.append("OHS_DEMO is on; a production system must not run in demonstration mode. 生产环境不得开启 OHS_DEMO。")
    if config.has_demonstration_secret or len(config.secret_key) < 32:
        found.append("SECRET_KEY is missing, shorter than 32 characters or the demonstration one. 请设置不少于 32 个字符的 SECRET_KEY。")
    try:
        if Keyring.read(config.keys_file).demonstration:
            found.append(
                f"{config.keys_file} holds demonstration keys; make others with: flask new-keys. 密钥文件为演示密钥，请用 flask new-keys 生成。"
            )
    except KeyFileError as wrong:
        found.append(f"OHS_KEYS: {wrong}.")
    return found


def main() -> int:
    """Serve on `HOST` and `PORT` (127.0.0.1:8000 when unset); exit 2 with a sentence for each objection."""
    refused = objections(Config.from_environment())
    if refused:
        sys.stderr.write("\n".join(refused) + "\n")
        return 2
    environment = dict(os.environ)
    subprocess.run([str(BIN / "flask"), "--app", "wsgi", "db", "upgrade"], cwd=ROOT, env=environment, check=True)
    workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
    return run_both(os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8000")), environment, workers)


if __name__ == "__main__":
    sys.exit(main())
