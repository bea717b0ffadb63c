"""Numbers as people type or paste them into the form: full-width digits, separators, 六十, 40人."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Any

from wtforms import StringField

from ohs.kernel.i18n import say
from ohs.kernel.message import Message

#: Digits as Chinese keyboards type them; separators of thousands are dropped.
FOLD = str.maketrans("０１２３４５６７８９．－＋", "0123456789.-+", ",，")
#: Words that may stand behind a count.
COUNTED = ("人次", "人", "名", "位", "个", "点", "处")
CHINESE = frozenset("零〇一二两三四五六七八九十百千万")
LARGEST = 1_000_000_000


def read_chinese(text: str) -> int | None:
    """A whole number in Chinese characters (六十, 一百零五, 二〇), or `None`."""
    if not text or not CHINESE.issuperset(text):
        return None
    total = section = digit = 0
    for sign in text.replace("两", "二"):
        value = int(unicodedata.numeric(sign))
        if value < 10:
            digit = digit * 10 + value
        elif value < 10_000:
            section, digit = section + (digit or 1) * value, 0
        else:
            total, section, digit = total + (section + digit or 1) * value, 0, 0
    return total + section + digit


def show_amount(value: float, sign: str = "") -> str:
    """Every digit of an amount and no more: 1234567.5, 0.25, 100; `sign` parts the thousands."""
    text = format(Decimal(str(value)), f"{sign}f")
    return text.rstrip("0").rstrip(".") if "." in text else text


class CountField(StringField):
    """A whole number; what is none stays on the screen with a sentence."""

    number: Any = int
    pattern = re.compile(r"[+-]?[0-9]+")
    data: Any

    @staticmethod
    def refusal(text: str) -> Message:
        """What is said of something that is none."""
        return Message("“%(text)s” is not a whole number.", text=text)

    @staticmethod
    def plain(text: str) -> str:
        """What is read: without separators, the word for what is counted, and Chinese characters."""
        plain = "".join(text.translate(FOLD).split())
        for word in COUNTED:
            plain = plain.removesuffix(word)
        chinese = read_chinese(plain)
        return plain if chinese is None else str(chinese)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed."""
        self.typed = (valuelist[0] if valuelist else "").strip()
        self.data = None
        if not self.typed:
            return
        plain = self.plain(self.typed)
        if not self.pattern.fullmatch(plain):
            raise ValueError(say(self.refusal(self.typed)))
        if abs(number := self.number(plain)) > LARGEST:
            raise ValueError(say(Message("“%(text)s” is too large.", text=self.typed)))
        self.data = number

    def _value(self) -> str:
        if self.data is None:
            return getattr(self, "typed", "")
        return show_amount(self.data)


class AmountField(CountField):
    """A number that may have decimals."""

    number = float
    pattern = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?|[+-]?\.[0-9]+")

    @staticmethod
    def refusal(text: str) -> Message:
        """What is said of something that is none."""
        return Message("“%(text)s” is not a number.", text=text)

    @staticmethod
    def plain(text: str) -> str:
        """What is read: an amount has its unit in a column of its own."""
        plain = "".join(text.translate(FOLD).split())
        chinese = read_chinese(plain)
        return plain if chinese is None else str(chinese)
