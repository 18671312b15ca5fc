"""Detect what a file that is not a notebook contains instead: by its bytes, else by its name."""

from __future__ import annotations

import re
from pathlib import Path

from autograder.errors import FileFault

_HEAD = 4096
_OFFICE = re.compile(rb"word/|xl/|ppt/")
_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ")
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8")
_CONFLICT = re.compile(rb"^(?:<{7}(?: |\r?$)|>{7} )", re.M)
_HTML = re.compile(rb"<!doctype html|<html[\s>]", re.I)
# What learning platforms save of a text that was typed into them.
_FRAGMENT = re.compile(
    rb"\s*+(?:<!--(?:(?!-->).)*+-->\s*+)*+"
    rb"</?(?:p|div|span|br|h[1-6]|[oud]l|table|a|b|i|u|strong|em|pre|code|blockquote|img|hr|font|"
    rb"head|body|meta|title|style|script|section|article|center|iframe)(?:\s[^<>]*|/)?>",
    re.I | re.S,
)
_SHORTCUT = re.compile(rb'^\[InternetShortcut\]|"doc_id"\s*:|<key>URL</key>', re.I | re.M)
_PYTHON = re.compile(rb"^(?:import \w|from [\w.]+ import |def \w+\(|class \w+[(:]|# ?%%)", re.M)


_BY_SUFFIX = {
    FileFault.WEB_PAGE: (".html", ".htm"),
    FileFault.PYTHON_SCRIPT: (".py",),
    FileFault.PDF: (".pdf",),
    FileFault.ARCHIVE: (".zip", ".7z", ".rar", ".gz", ".tgz", ".tar"),
    FileFault.OFFICE_DOCUMENT: (".doc", ".docx", ".odt", ".rtf"),
    FileFault.SHORTCUT: (".gdoc", ".url", ".webloc"),
}


def detect_other_format(raw: bytes, name: str = "") -> FileFault | None:
    """The format of a file that cannot be read as a notebook, or None if it is unknown.

    Args:
        raw: the file's bytes.
        name: its name. What it says counts only if the bytes say nothing.
    """
    found = _by_content(raw)
    if found is not None or raw.lstrip().startswith(b"{"):
        return found
    suffix = Path(name).suffix.lower()
    return next((fault for fault, known in _BY_SUFFIX.items() if suffix in known), None)


def _by_content(raw: bytes) -> FileFault | None:
    head = raw[:_HEAD]
    if raw.startswith((b"\xd0\xcf\x11\xe0", b"{\\rtf")):
        return FileFault.OFFICE_DOCUMENT
    if raw.startswith(_ARCHIVES) or raw[257:262] == b"ustar":
        is_office = raw.startswith(b"PK\x03\x04") and _OFFICE.search(head)
        return FileFault.OFFICE_DOCUMENT if is_office else FileFault.ARCHIVE
    if raw.startswith(b"%PDF"):
        return FileFault.PDF
    if raw.startswith(_PICTURES):
        return FileFault.PICTURE
    if not raw.strip(b"\0 \r\n\t"):
        return FileFault.ONLY_ZEROS
    if b"\0" in head:
        return None
    return _text(raw, head)


def _text(raw: bytes, head: bytes) -> FileFault | None:
    if head.startswith(b"version https://git-lfs.github.com/spec/"):
        return FileFault.LFS_POINTER
    if _FRAGMENT.match(head) or (_HTML.search(head) and not head.lstrip().startswith(b"{")):
        return FileFault.WEB_PAGE
    if _SHORTCUT.search(head):
        return FileFault.SHORTCUT
    if _CONFLICT.search(raw):
        return FileFault.MERGE_CONFLICT
    if not head.lstrip().startswith((b"{", b"[")) and _PYTHON.search(raw):
        return FileFault.PYTHON_SCRIPT
    return None
