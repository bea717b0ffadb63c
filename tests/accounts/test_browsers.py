"""The list of one's own sessions says browser and system in words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.browsers import name_of_browser
from ohs.accounts.models import SignIn, User
from tests.factories.accounts import make_user

CHROME = "AppleWebKit/537.36 (KHTML, like Gecko)"
AGENTS = {
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Chrome/99.0.4844.84 Safari/537.36": "Chrome 99 on Windows 10 or 11",
    f"Mozilla/5.0 (Windows NT 6.1; WOW64) {CHROME} Chrome/86.0.4240.198 Safari/537.36 QIHU 360SE": "360 Browser on Windows 7",
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Chrome/129.0.0.0 Safari/537.36 Edg/129.0.2792.79": "Edge 129 on Windows 10 or 11",
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0": "Firefox 128 on Linux",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15": "Safari 17 on macOS",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.49": "WeChat 8 on iPhone",
    f"Mozilla/5.0 (Linux; Android 14; V2366A) {CHROME} Version/4.0 Chrome/121.0.6167.71 Mobile Safari/537.36 MQQBrowser/14.6": "QQ Browser 14 on Android",
    f"Mozilla/5.0 (Phone; OpenHarmony 5.0) {CHROME} Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1.6.1 Mobile HuaweiBrowser/5.0.4": "Huawei Browser 5 on HarmonyOS",
    "Mozilla/5.0 (Windows NT 6.3; Trident/7.0; rv:11.0) like Gecko": "Internet Explorer 11 on Windows 8",
    "curl/8.5.0": "another program on another system",
    "": "another program on another system",
}


@pytest.mark.parametrize(("agent", "name"), AGENTS.items(), ids=AGENTS.values())
def test_a_browser_is_named_in_words(agent: str, name: str) -> None:
    assert str(name_of_browser(agent)) == name


def test_own_sessions_name_the_browser(session: Session, as_user: Callable[[User], FlaskClient]) -> None:
    user = make_user(session)
    client = as_user(user)
    session.scalars(select(SignIn).where(SignIn.user_id == user.id)).one().agent = next(iter(AGENTS))
    session.flush()
    page = client.get("/account/sessions").get_data(as_text=True)
    assert ">Chrome 99（Windows 10 或 11）<" in page
