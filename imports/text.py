"""How text from workbooks is folded: what people see as the same must be the same."""

from __future__ import annotations

import re
import unicodedata

import polars as pl

#: In an optional cell these mean blank, in a required one they are as missing as a blank.
BLANK_SIGNS = ("—", "——", "/", "／", "无", "N/A", "n/a", "N／A", "n／a")

#: Zero-width characters that copying leaves behind; nobody sees them, so they are as nothing.
ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_SPACES = " \t\n\r\v\f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
_TRIMMED = _SPACES + ZERO_WIDTH

_FULL_WIDTH = r"[\u{FF10}-\u{FF19}\u{FF21}-\u{FF3A}\u{FF41}-\u{FF5A}]"
_HALF = {chr(code): chr(code - 0xFEE0) for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
#: Holds all that `tidy` must look at closer, and what lies between in one range, which is quicker to look for.
_CLOSER = r"[\r\u{AD}\u{200B}-\u{200D}\u{2028}\u{2029}\u{2060}\u{FEFF}-\u{FF5A}]"
_LINE_ENDS = {"\r\n": "\n", "\r": "\n", "\u2028": "\n", "\u2029": "\n"}

#: Control characters (line breaks and tabs are none here) and those that turn the direction of writing.
FORBIDDEN = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u{061C}\u{200E}\u{200F}\u{202A}-\u{202E}\u{2066}-\u{2069}\u{FFFE}\u{FFFF}]"
_FORBIDDEN = re.compile(FORBIDDEN.replace("\\u{", "\\u").replace("}", ""))


def tidy(text: pl.Series) -> pl.Series:
    """Trimmed, without zero-width characters, full-width digits and letters folded, line ends of one kind. Looks closer only where it must."""
    text = text.str.strip_chars(_TRIMMED)
    if not text.str.contains(_CLOSER).any():
        return text
    if text.str.contains(f"[{ZERO_WIDTH}]").any():
        text = text.str.replace_all(f"[{ZERO_WIDTH}]", "").str.strip_chars(_TRIMMED)
    if text.str.contains(_FULL_WIDTH).any():
        text = text.str.replace_many(list(_HALF), list(_HALF.values()))
    if text.str.contains(r"[\r\u{2028}\u{2029}]").any():
        text = text.str.replace_many(list(_LINE_ENDS), list(_LINE_ENDS.values()), leftmost=True)
    return text


def tidy_all(texts: pl.DataFrame) -> pl.DataFrame:
    """The same for every column of a frame at once."""
    trimmed = texts.with_columns(pl.all().str.strip_chars(_TRIMMED))
    if not trimmed.width:
        return trimmed
    closer = trimmed.select(pl.all().str.contains(_CLOSER).any()).row(0, named=True)
    return trimmed.with_columns(tidy(trimmed[name]) for name, looks_closer in closer.items() if looks_closer)


def tidy_text(text: str) -> str:
    """The same for one text."""
    seen = "".join(_HALF.get(c, c) for c in text if c not in ZERO_WIDTH).strip(_TRIMMED)
    return seen.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")


_WIDE = dict(zip("－＋．，：／％（）～—–−‐‑‒", "-+.,:/%()~------", strict=True))


def narrow(text: pl.Series) -> pl.Series:
    """For numbers, days, phones and codes: punctuation of full width is folded as well."""
    if text.str.contains(f"[{''.join(_WIDE)}]").any():
        return text.str.replace_many(list(_WIDE), list(_WIDE.values()))
    return text


#: Inside identity numbers, credit codes and phones these are as nothing.
_INSIDE = re.compile(f"[{re.escape(_TRIMMED)}\\-－‐‑‒–—−]+")


def compact(text: str) -> str:
    """An identity number or credit code without spaces, hyphens and zero-width characters, in capitals."""
    return _INSIDE.sub("", tidy_text(text)).upper()


_IN_HEADING = re.compile(rf"[{re.escape(_TRIMMED)}]+")
#: What forms write behind a heading that must be filled in.
_MARKED = re.compile(r"\((必填|选填|必填项|选填项)\)$")
_BRACKETS = str.maketrans("（）［］【】〔〕｛｝[]{}", "()()()()()()()")


def fold_heading(text: str) -> str:
    """A heading as it is compared: width, spaces, kind of brackets, capitals, and a `*` or （必填） at its end do not matter."""
    text = _FORBIDDEN.sub("", unicodedata.normalize("NFKC", text)).translate(_BRACKETS)
    text = _IN_HEADING.sub("", text).replace("–", "-").replace("—", "-").replace("−", "-")
    return _MARKED.sub("", text.strip("*﹡∗★")).strip("*﹡∗★").casefold()


def show_heading(text: str) -> str:
    """A heading of the file as it is quoted to people and stored."""
    return _FORBIDDEN.sub("", tidy_text(text).replace("\n", " "))


_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def unescape(text: str) -> str:
    """`_x000D_` and its kind in a stored string are the characters that they stand for."""
    if "_x" not in text:
        return text
    plain = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
