"""Which attachments may be shown: PNG and JPEG, judged by their headers alone."""

from __future__ import annotations

import base64
import binascii
import struct
from dataclasses import dataclass

MAX_BYTES = 4 * 2**20
MAX_PIXELS = 40_000_000
"""Width times height; a tiny file may claim to be an enormous picture."""

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""JPEG markers that begin a frame, which has the size."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that a browser may be given: its media type and its bytes in base64."""

    media_type: str
    base64: str


def picture(encoded: str) -> Picture | None:
    """The picture in an attachment; None if it may not be shown."""
    if len(encoded) > MAX_BYTES * 4 // 3 + 4:
        return None
    try:
        data = base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    size = _png_size(data) or _jpeg_size(data)
    if size is None or not 0 < size[0] * size[1] <= MAX_PIXELS:
        return None
    media_type = "image/png" if data.startswith(_PNG) else "image/jpeg"
    return Picture(media_type, base64.b64encode(data).decode("ascii"))


def _png_size(data: bytes) -> tuple[int, int] | None:
    if not data.startswith(_PNG) or data[12:16] != b"IHDR" or len(data) < 24:
        return None
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    if not data.startswith(_JPEG):
        return None
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        if length < 2:
            return None
        at += 2 + length
    return None
