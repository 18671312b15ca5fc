"""Atomic file writing."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC


def write_atomically(path: Path, text: str, *, private: bool = False) -> Path:
    """Write ``text`` as UTF-8 to ``path``, creating its parents; readers see the old or new text.

    Lone surrogates (from a file name that is not UTF-8) become question marks. A file that already
    has this content is left alone and keeps its modification time. With ``private``, other users
    cannot read the file.

    Returns:
        ``path``.
    """
    data = text.encode("utf-8", "replace")
    with suppress(OSError):
        if path.read_bytes() == data:
            return path
    # In the same folder, so that the rename never crosses a file system; with the umask's mode
    # instead of tempfile's 0600, which would lock out a web server or another teacher.
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
        os.replace(temporary, path)  # noqa: PTH105 - pathlib's overhead matters for 3000 files
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return path
