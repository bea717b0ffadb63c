"""Production: migrate and serve with the settings of the environment; refuses demonstration secrets."""

from __future__ import annotations

import os
import sys

from processes import ROOT, make_instance_folder, migrate, port_is_taken, run_both

sys.path.insert(0, str(ROOT))

from ohs.config import Config, SettingError
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
    host, port, workers = os.environ.get("HOST", "127.0.0.1"), _number("PORT", 8000), _number("WEB_CONCURRENCY", 2)
    if port_is_taken(host, port):
        sys.exit(
            f"{host}:{port} 已被占用或不可用，请用 HOST、PORT 更换。\n{host}:{port} is taken or not to be had; choose another with HOST and PORT."
        )
    make_instance_folder(os.environ)
    migrate(os.environ)
    return run_both(host, port, os.environ, workers)


def _number(name: str, default: int) -> int:
    given = os.environ.get(name) or str(default)
    if not given.isdecimal() or not 0 < int(given) < 65536:
        raise SettingError(name, given, "a number from 1 to 65535", " 1–65535 的数字")
    return int(given)


if __name__ == "__main__":
    sys.exit(main())
