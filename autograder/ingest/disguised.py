"""Recognize a whole notebook under another name: ``02_im2col``, ``02_im2col.json``, ``x.ipynb~``.

Systems that hide suffixes, browsers and editors make such names. What is in the file decides.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from pathlib import Path

from autograder.errors import UnreadableSubmission
from autograder.ingest.filenames import is_backup
from autograder.ingest.parse import file_bytes, parse_notebook

_SUFFIXES = frozenset({"", ".txt", ".json"})
_HEAD = 1024
_BEGINNING = re.compile(
    rb'(?:\xef\xbb\xbf)?\s*\{\s*"(?:cells|metadata|nbformat|nbformat_minor|worksheets)"\s*:'
)
_NO_FILE = frozenset({errno.ENOENT, errno.ELOOP, errno.ENXIO, errno.ENOTDIR})


def may_be_disguised(name: str) -> bool:
    """Whether a file of this name may be a notebook although it is not named like one."""
    return Path(name).suffix.lower() in _SUFFIXES or is_backup(name)


def begins_like_notebook(path: Path) -> bool:
    """Whether a file with such a name begins like a notebook, or cannot be read to find out."""
    return may_be_disguised(path.name) and _begins(path)


def is_disguised(name: str, content: Path) -> bool:
    """Whether a file that is called ``name`` is a whole notebook; ``content`` is where it is.

    Raises:
        OSError: the machine cannot read it at the moment.
        MemoryError: likewise.
    """
    if not may_be_disguised(name) or not _begins(content):
        return False
    try:
        raw = file_bytes(content, content)
        parse_notebook(raw)
    except UnreadableSubmission:
        return False
    return b'"nbformat"' in raw


def _begins(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        return error.errno not in _NO_FILE
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return False
        return _BEGINNING.match(os.read(descriptor, _HEAD)) is not None
    except OSError:
        return True
    finally:
        os.close(descriptor)
