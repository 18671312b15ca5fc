"""Detect the encoding of bytes that are not UTF-8.

Names in a zip file from Japanese Windows are CP932 (Shift-JIS), from an old Unix EUC-JP, from a
Western system Latin-1; a notebook saved by an old editor may be in any of them. There is no default
encoding: bytes that match none of these are shown escaped. Pure: nothing here touches a file.
"""

from __future__ import annotations

import re

# A non-ASCII byte without another one next to it is an accented letter in a Western name. The lead
# byte of a two-byte character is followed by a trail byte, and where that is ASCII the lead bytes
# in this range belong to rare kanji only.
_ALONE = re.compile(rb"(?<![\x80-\xff])[\xc0-\xff](?![\x80-\xff])")
_HIGH = re.compile(rb"[\x80-\xff]")
_HALF_WIDTH = re.compile("[\uff61-\uff9f]")
_JAPANESE = re.compile("[\u3000-\u30ff\u3400-\u9fff\uff01-\uff5e]")

# Half-width katakana in EUC-JP. In CP932 these would be kanji that all begin with 8E.
_EUC_HALF_WIDTH = re.compile(rb"(?:[\x00-\x7f]*\x8e[\xa1-\xdf]){2,}[\x00-\x7f]*")
_EUC_PAIR = re.compile(rb"[\xa1-\xfe]{2}")

# Rows of JIS X 0208 in EUC-JP: symbols and kana, then the common kanji of level 1.
_BELOW_KANJI = range(0xA1, 0xA9)
_LEVEL_1 = range(0xB0, 0xD0)

# Allows for some rare characters or symbols in a text.
_NEARLY_ALL = 0.9
_MOSTLY = 0.6


def detect_encoding(raw: bytes) -> str | None:
    """The codec that ``raw`` is encoded with, judging by its content; None if none matches.

    The returned codec can decode all of ``raw``.
    """
    if _decodes(raw, "utf-8"):
        return "utf-8"
    western = re.search(rb"[A-Za-z]", raw) is not None
    if western and len(_ALONE.findall(raw)) == len(_HIGH.findall(raw)):
        return "latin-1"
    japanese = [name for name in ("euc_jp", "cp932") if _decodes(raw, name)]
    if "euc_jp" in japanese and (_EUC_HALF_WIDTH.fullmatch(raw) or _common_in_euc(raw)):
        return "euc_jp"
    if "cp932" in japanese and _plausible(raw.decode("cp932")):
        return "cp932"
    if "euc_jp" in japanese:
        return "euc_jp"
    if western and not re.search(rb"[\x80-\xbf]", raw):
        return "latin-1"  # several accented letters in a row, as in "Müßig"
    return None


def decoded(raw: bytes) -> str:
    r"""``raw`` as text; if no encoding matches, non-ASCII bytes are escaped as ``\xff``."""
    encoding = detect_encoding(raw)
    if encoding is None:
        return raw.decode("utf-8", "backslashreplace")
    return raw.decode(encoding)


def _decodes(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _common_in_euc(raw: bytes) -> bool:
    """Whether two-byte characters are kana, symbols or common kanji when read as EUC-JP."""
    leads = [pair[0] for pair in _EUC_PAIR.findall(raw)]
    common = sum(lead in _LEVEL_1 or lead in _BELOW_KANJI for lead in leads)
    return bool(leads) and common >= _NEARLY_ALL * len(leads)


def _plausible(text: str) -> bool:
    """Whether the non-ASCII characters are Japanese but not half-width katakana mixed with kanji.

    Such a mixture is what EUC-JP looks like when it is decoded as CP932.
    """
    above = "".join(c for c in text if c > "\x7f")
    half_width = len(_HALF_WIDTH.findall(above))
    if half_width and (1 - _NEARLY_ALL) * len(above) < half_width < len(above):
        return False
    return half_width + len(_JAPANESE.findall(above)) >= _MOSTLY * len(above)
