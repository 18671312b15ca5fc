"""Atomic file writing: the one writer of results, pages and notebooks.

Readers see the old content or the new, never half of it, even if the process is killed or the disk
is full.
"""

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC


def write_atomically(
    path: Path, content: str | bytes, *, durable: bool = False, private: bool = False
) -> Path:
    """Write ``content`` to ``path``, creating its parents.

    A file that already has this content is left alone and keeps its modification time.

    Args:
        path: where.
        content: text is written as UTF-8; lone surrogates (from a file name that is not UTF-8)
            become question marks.
        durable: flush the file to the disk before returning, so that a power failure cannot lose
            what has been reported as done.
        private: other users cannot read the file.

    Returns:
        ``path``.

    Raises:
        OSError: it cannot be written; the old file is still there.
    """
    data = _bytes(content)
    with suppress(OSError):
        if path.read_bytes() == data:
            return path
    temporary = _beside(path)
    try:
        _write(temporary, data, durable=durable, private=private)
        os.replace(temporary, path)  # noqa: PTH105 - pathlib's overhead matters for 3000 files
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return path


def write_all_atomically(contents: Mapping[Path, str | bytes]) -> list[Path]:
    """Write several files: all of them or none.

    No file is replaced before all bytes are on disk, so a full disk cannot leave half of the files
    updated.

    Returns:
        The paths.

    Raises:
        OSError: one cannot be written; the old files are still there.
    """
    temporary = {path: _beside(path) for path in contents}
    try:
        for path, content in contents.items():
            _write(temporary[path], _bytes(content))
        for path, written in temporary.items():
            written.replace(path)
    finally:
        for written in temporary.values():
            written.unlink(missing_ok=True)
    return list(temporary)


def _bytes(content: str | bytes) -> bytes:
    return content.encode("utf-8", "replace") if isinstance(content, str) else content


def remove_leftovers(folder: Path) -> None:
    """Remove what killed processes of this machine have left below ``folder`` while writing."""
    for path in folder.rglob(".*.writing"):
        maker = path.name[1:].partition("-")[0]
        if maker.isdecimal() and not _is_alive(int(maker)):
            with suppress(OSError):
                path.unlink()


def make_temporary(purpose: str, remove: Callable[[Path], object] = shutil.rmtree) -> Path:
    """Make a folder in the system's folder for temporary files, where only this user can read.

    Folders of the same purpose that killed processes of this user have left are removed.

    Args:
        purpose: a part of its name.
        remove: removes a folder with everything in it.
    """
    prefix = f"convgrade-{purpose}-"
    for path in Path(tempfile.gettempdir()).glob(f"{prefix}*-*"):
        maker = path.name.removeprefix(prefix).partition("-")[0]
        with suppress(OSError):
            mine = path.lstat().st_uid == os.geteuid() and not path.is_symlink()
            if mine and maker.isdecimal() and not _is_alive(int(maker)):
                remove(path)
    return Path(tempfile.mkdtemp(prefix=f"{prefix}{os.getpid()}-"))


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # somebody else's
    return True


def _beside(path: Path) -> Path:
    # In the same folder, so that the rename never crosses a file system.
    return path.with_name(f".{os.getpid()}-{secrets.token_hex(6)}.writing")


def _write(path: Path, data: bytes, *, durable: bool = False, private: bool = False) -> None:
    # With the umask's mode instead of tempfile's 0600, which would lock out a web server or another
    # teacher.
    mode = 0o600 if private else 0o666
    try:
        descriptor = os.open(path, _NEW, mode)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, _NEW, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
    except OSError as error:
        error.filename = error.filename or str(path.parent)  # a full disk does not say which
        raise
