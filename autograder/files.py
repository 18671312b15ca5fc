"""Files that are written whole or not at all."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC


def write_whole(path: Path, text: str, *, private: bool = False) -> Path:
    """Write ``text`` as UTF-8 to ``path``, making its folders; a reader sees old or new, no half.

    Lone surrogates (a file name on disk that is no UTF-8) become question marks. A file that
    holds this text already is left alone, and keeps its date. With ``private``, nobody else may
    read the file.

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
        mode = 0o600 if private else 0o666
        try:
            descriptor = os.open(temporary, _NEW, mode)
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(temporary, _NEW, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        os.replace(temporary, path)  # noqa: PTH105 - as fast as the system is, 3000 times
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return path
