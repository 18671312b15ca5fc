"""The course as bytes: what its grades depend on, and what its hidden suites may import.

Those are the folders that its fingerprint covers, and the modules beside them. The worker compares
the fingerprint of what it has unpacked.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from autograder.course.fingerprint import course_paths

_STAMP = (1980, 1, 1, 0, 0, 0)  # the same course makes the same bytes


def pack(root: Path) -> bytes:
    """The course in the folder ``root`` as a zip."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as zipped:
        for path in _files(root):
            info = zipfile.ZipInfo(path.relative_to(root).as_posix(), _STAMP)
            info.compress_type = zipfile.ZIP_DEFLATED
            zipped.writestr(info, path.read_bytes())
    return data.getvalue()


def unpack(archive: bytes, folder: Path) -> None:
    """Write the files of `pack` into a folder."""
    with zipfile.ZipFile(io.BytesIO(archive)) as zipped:
        zipped.extractall(folder)  # which keeps every file inside the folder


def _files(root: Path) -> Iterator[Path]:
    yield from course_paths(root)
    yield from sorted(path for path in root.glob("*.py") if path.is_file())
