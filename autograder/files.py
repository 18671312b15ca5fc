"""Files that are written whole or not at all."""

import os
import secrets
from contextlib import suppress
from pathlib import Path


def write_whole(path: Path, text: str) -> Path:
    """Write ``text`` as UTF-8 to ``path``, making its folders; a reader sees old or new, no half.

    Lone surrogates (a file name on disk that is no UTF-8) become question marks. A file that
    holds this text already is left alone, and keeps its date.

    Returns:
        ``path``.
    """
    data = text.encode("utf-8", "replace")
    with suppress(OSError):
        if path.read_bytes() == data:
            return path
    # In the same folder, so that replacing never crosses a file system; with the mode that the
    # umask gives, not the 0600 of tempfile, which would lock out a web server or a co-teacher.
    temporary = path.with_name(f".{secrets.token_hex(8)}.writing")
    try:
        try:
            file = temporary.open("xb")
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = temporary.open("xb")
        with file:
            file.write(data)
        os.replace(temporary, path)  # noqa: PTH105 - as fast as the system is, 3000 times
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return path
