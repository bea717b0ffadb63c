"""A real browser before a real server and worker, with a small demonstration city; skipped where there is no Chromium."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, Locator, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent.parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
AXE = (Path(__file__).parent / "axe.min.js").read_text()
WIDTHS = {1280: 800, 390: 844}


@dataclass(frozen=True)
class House:
    """A served demonstration: where it is, and who can sign in."""

    address: str
    accounts: dict[str, dict[str, str]]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The application served as in production, with its worker."""
    if CHROMIUM is None:
        pytest.skip("no Chromium: apt-get install -y --no-install-recommends chromium chromium-l10n fonts-noto-cjk")
    instance = tmp_path_factory.mktemp("house")
    environment = {**os.environ, "OHS_INSTANCE": str(instance), "OHS_DEMO": "1", "DATABASE_URL": "", "OHS_TODAY": ""}
    bin = Path(sys.executable).parent
    flask = [str(bin / "flask"), "--app", "wsgi"]

    def shell(*words: str) -> str:
        return subprocess.run([*flask, *words], cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout

    shell("db", "upgrade")
    shell("demo", "--employers", "90", "--examinations", "400")
    accounts = {account["login"]: account for account in json.loads(shell("accounts"))}
    port = _free_port()
    served = [
        subprocess.Popen([str(bin / "gunicorn"), "-b", f"127.0.0.1:{port}", "--threads", "4", "wsgi:app"], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL),
        subprocess.Popen([*flask, "worker"], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL),
    ]  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address)
        yield House(address, accounts)
    finally:
        for process in served:
            process.terminate()
        for process in served:
            process.wait(15)


def _wait_for(address: str) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(f"{address}/readyz", timeout=2)
            return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(address)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all journeys."""
    if CHROMIUM is None:
        pytest.skip("no Chromium: apt-get install -y --no-install-recommends chromium chromium-l10n fonts-noto-cjk")
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS, env={**os.environ, "LANGUAGE": "zh_CN"})
        yield made
        made.close()


#: The last code that each account has used: one works once.
_used: dict[str, str] = {}


def _fresh_code(account: dict[str, str]) -> str:
    code = pyotp.TOTP(account["totp_secret"])
    while code.now() == _used.get(account["login"]):
        time.sleep(0.5)
    _used[account["login"]] = code.now()
    return _used[account["login"]]


class Visitor:
    """Somebody at a browser: signs in, opens pages, and every page opened is held to accessibility rules."""

    def __init__(self, page: Page, house: House) -> None:
        self.page, self.house, self.login = page, house, ""

    def sign_in(self, login: str) -> None:
        account, self.login = self.house.accounts[login], login
        self.page.context.clear_cookies()
        self.page.goto(f"{self.house.address}/sign-in")
        self.page.get_by_label("登录名").fill(account["login"])
        self.page.get_by_label("密码").fill(account["password"])
        if account["totp_secret"]:
            self.page.get_by_label("动态口令").fill(_fresh_code(account))
        self.page.get_by_role("main").get_by_role("button").first.click()
        self.page.wait_for_url(f"{self.house.address}/")

    def go(self, path: str) -> None:
        answer = self.page.goto(f"{self.house.address}{path}")
        assert answer is not None and answer.status < 400, path
        self.check()

    def follow(self, way: Locator) -> None:
        """Click a link or a button that leads to another page, and check that one."""
        with self.page.expect_navigation():
            way.click()
        self.check()

    def check(self) -> None:
        """Nothing for axe to find, no sideways scrolling, no error in the console."""
        self.page.evaluate(AXE)
        found = self.page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']})")
        assert [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found["violations"]] == []
        assert self.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), self.page.url


@pytest.fixture(params=sorted(WIDTHS), ids=lambda width: f"{width}px")
def width(request: pytest.FixtureRequest) -> int:
    """Every journey is walked on a desk and on a phone."""
    return int(request.param)


@pytest.fixture
def visit(browser: Browser, house: House, width: int) -> Iterator[Callable[[str], Visitor]]:
    """Somebody signs in with a fresh profile; empty: nobody does. A code works once, so each person signs in once a journey."""
    contexts, faults = [], []

    def come(login: str = "") -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": WIDTHS[width]}, locale="zh-CN", bypass_csp=True, accept_downloads=True
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.on("dialog", lambda dialog: dialog.accept())
        visitor = Visitor(page, house)
        if login:
            visitor.sign_in(login)
        return visitor

    yield come
    for number, context in enumerate(contexts):
        if "OHS_SHOTS" in os.environ:  # pictures of where everybody stood at the end
            context.pages[0].screenshot(path=Path(os.environ["OHS_SHOTS"]) / f"visitor-{width}-{number}.png", full_page=True)
        context.close()
    assert faults == []
