"""Atomic file writing, used for all results, pages and notebooks.

Readers see either the old content or the new, never a mixture, even if the process is killed or the
disk is full.
"""

import errno
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
_OLD = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


def write_atomically(
    path: Path,
    content: str | bytes,
    *,
    durable: bool = False,
    private: bool = False,
    below: Path | None = None,
) -> Path:
    """Write ``content`` to ``path``, creating its parents.

    A file that already has this content is left alone and keeps its modification time. A link at
    ``path`` itself is replaced.

    Args:
        path: the file.
        content: text is written as UTF-8; lone surrogates (from a file name that is not UTF-8)
            become question marks.
        durable: flush the file to the disk before returning, so that a power failure cannot lose
            what has been reported as done.
        private: other users cannot read the file.
        below: a folder above ``path``. No link between the two is followed, since whoever can
            create one in a run's output folder could choose what the run overwrites.

    Returns:
        ``path``.

    Raises:
        OSError: it cannot be written; the old file is still there.
    """
    data = _bytes(content)
    try:
        folder = _parent(path, below, create=True)
        try:
            if _read(path.name, folder) != data:
                _replace(path.name, folder, data, durable=durable, private=private)
        finally:
            os.close(folder)
    except OSError as error:
        raise _naming(error, path, below) from None
    return path


def read_below(path: Path, below: Path) -> bytes:
    """The content of a file. Links between ``below`` and the file are not followed.

    Raises:
        OSError: it cannot be read, or there is a link on the path.
    """
    try:
        folder = _parent(path, below, create=False)
        try:
            with open(os.open(path.name, _OLD, dir_fd=folder), "rb") as file:  # noqa: PTH123 (a descriptor)
                return file.read()
        finally:
            os.close(folder)
    except OSError as error:
        raise _naming(error, path, below) from None


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
    """Remove temporary files below ``folder`` that killed processes on this machine have left."""
    for path in folder.rglob(".*.writing"):
        maker = path.name[1:].partition("-")[0]
        if maker.isdecimal() and not _is_alive(int(maker)):
            with suppress(OSError):
                path.unlink()


def make_temporary(purpose: str, remove: Callable[[Path], object] = shutil.rmtree) -> Path:
    """Make a temporary folder that only this user can read.

    Folders for the same purpose that this user's killed processes have left are removed.

    Args:
        purpose: part of the folder's name.
        remove: removes a folder with its content.
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
        return True  # another user's process
    return True


def _beside(path: Path) -> Path:
    # In the same folder, so that the rename never crosses a file system.
    return path.with_name(f".{os.getpid()}-{secrets.token_hex(6)}.writing")


def _write(path: Path, data: bytes) -> None:
    try:
        try:
            descriptor = os.open(path, _NEW, _MODE)
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, _NEW, _MODE)
        _fill(descriptor, data, durable=False)
    except OSError as error:
        error.filename = error.filename or str(path.parent)  # not set if the disk is full
        raise


# The umask's mode instead of tempfile's 0600, which would lock out a web server or another teacher.
_MODE = 0o666


def _parent(path: Path, below: Path | None, *, create: bool) -> int:
    """A descriptor of the folder that contains ``path``."""
    if below is None:
        if create and not path.parent.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path.parent, _FOLDER)
    parts = path.relative_to(below).parts[:-1]
    if ".." in parts:
        raise ValueError(f"{path} is not below {below}")
    if create and not below.exists():
        below.mkdir(parents=True, exist_ok=True)
    folder = os.open(below, _FOLDER)
    for part in parts:
        try:
            if create:
                with suppress(FileExistsError):
                    os.mkdir(part, dir_fd=folder)
            inner = os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)
        finally:
            os.close(folder)
        folder = inner
    return folder


def _read(name: str, folder: int) -> bytes | None:
    """The file's content; None if it cannot be read."""
    try:
        with open(os.open(name, _OLD, dir_fd=folder), "rb") as file:  # noqa: PTH123 (a descriptor)
            return file.read()
    except OSError:
        return None


def _replace(name: str, folder: int, data: bytes, *, durable: bool, private: bool) -> None:
    # In the same folder, so that the rename never crosses a file system.
    temporary = _beside(Path(name)).name
    try:
        descriptor = os.open(temporary, _NEW, 0o600 if private else _MODE, dir_fd=folder)
        _fill(descriptor, data, durable=durable)
        os.replace(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary, dir_fd=folder)
        raise


def _fill(descriptor: int, data: bytes, *, durable: bool) -> None:
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        if durable:
            file.flush()
            os.fsync(file.fileno())


def _naming(error: OSError, path: Path, below: Path | None) -> OSError:
    """The same error with the full path, and with a plain message if a link is the cause."""
    for folder in path.parents:
        if below is None or folder == below:
            break
        if folder.is_symlink():
            text = f"{folder.name} is a link, and files are not written through links. Remove it"
            return OSError(errno.ELOOP, text, str(path))
    return OSError(error.errno, error.strerror, str(path))
