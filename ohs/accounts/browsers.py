"""What a browser calls itself, in words that its owner knows again: the browser, its version, and the system it runs on."""

from __future__ import annotations

import re

from ohs.kernel.message import Message

#: What stands in the text → the browser. The first that fits: nearly all call themselves Chrome and Safari besides.
BROWSERS: tuple[tuple[str, str | Message], ...] = (
    (r"MicroMessenger/([\d.]+)", Message("WeChat")),
    (r"DingTalk/([\d.]+)", Message("DingTalk")),
    (r"M?QQBrowser/([\d.]+)", Message("QQ Browser")),
    (r"UC?Browser/([\d.]+)", Message("UC Browser")),
    (r"MetaSr[ /]([\d.]+)", Message("Sogou Explorer")),
    (r"(?:QihooBrowser|360SE|360EE)(?:/([\d.]+))?", Message("360 Browser")),
    (r"(?:MiuiBrowser|XiaoMi/MiuiBrowser)/([\d.]+)", Message("Mi Browser")),
    (r"HuaweiBrowser/([\d.]+)", Message("Huawei Browser")),
    (r"Edg(?:e|A|iOS)?/([\d.]+)", "Edge"),
    (r"(?:OPR|Opera)/([\d.]+)", "Opera"),
    (r"(?:Firefox|FxiOS)/([\d.]+)", "Firefox"),
    (r"(?:HeadlessChrome|Chrome|CriOS|Chromium)/([\d.]+)", "Chrome"),
    (r"Version/([\d.]+).* Safari/", "Safari"),
    (r"(?:MSIE |Trident/.*rv:)([\d.]+)", "Internet Explorer"),
)
SYSTEMS: tuple[tuple[str, str | Message], ...] = (
    (r"OpenHarmony|HarmonyOS", Message("HarmonyOS")),
    (r"Android", "Android"),
    (r"iPad", "iPad"),
    (r"iPhone", "iPhone"),
    (r"Windows NT 10\.0", Message("Windows 10 or 11")),
    (r"Windows NT 6\.[23]", "Windows 8"),
    (r"Windows NT 6\.1", "Windows 7"),
    (r"Windows NT 5\.", "Windows XP"),
    (r"Windows", "Windows"),
    (r"Mac OS X", "macOS"),
    (r"CrOS", "ChromeOS"),
    (r"Linux|X11", "Linux"),
)
BROWSER = Message("another program")
SYSTEM = Message("another system")


def name_of_browser(agent: str) -> Message:
    """The browser with the first figure of its version, and the system, behind what a request says of its sender."""
    browser, version = _first(BROWSERS, agent, BROWSER)
    system, _version = _first(SYSTEMS, agent, SYSTEM)
    return Message(
        "%(browser)s on %(system)s",
        browser=Message("%(name)s %(version)s", name=browser, version=version) if version else browser,
        system=system,
    )


def _first(names: tuple[tuple[str, str | Message], ...], agent: str, otherwise: Message) -> tuple[str | Message, str]:
    for pattern, name in names:
        if found := re.search(pattern, agent):
            return name, (found[1] or "").partition(".")[0] if found.re.groups else ""
    return otherwise, ""
