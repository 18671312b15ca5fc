"""What a folder and its file system say, the same at every level of isolation and on every machine.

Sessions have a file system of their own or a folder on the machine's disk. These list files in
different orders, and the space left on a disk is chance.
"""

from __future__ import annotations

import functools
import os
from typing import Any

_list_really = os.listdir
_BLOCK, _BLOCKS, _FILES = 4096, 16_384, 4096
"""64 MB and 4,096 files, as sessions have."""


@functools.wraps(_list_really)
def _listdir(*args: Any, **kwargs: Any) -> list[Any]:
    return sorted(_list_really(*args, **kwargs))


def _statvfs(_path: object, /) -> os.statvfs_result:
    return os.statvfs_result((_BLOCK, _BLOCK, *[_BLOCKS] * 3, *[_FILES] * 3, 0, 255))


def replacements() -> list[tuple[Any, str, Any]]:
    """The replacements, as (owner, name, value)."""
    found: list[tuple[Any, str, Any]] = [
        (os, "listdir", _listdir),
        (os, "statvfs", _statvfs),
        (os, "fstatvfs", _statvfs),
    ]
    return [each for each in found if hasattr(each[0], each[1])]
