"""Open zips, zips in zips, and folders as a flat list of files, whatever is in them.

What is in an archive is untrusted. Names are only text here: each content goes to a numbered file
in a scratch folder, so a name cannot point anywhere. Sizes in the directory of a zip are claims, so
bytes are counted as they come out, with limits for a file, for an archive inside an archive, and in
all. What exceeds a limit, is encrypted or damaged, or is a link is listed instead of taken out.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import IO

from autograder.collect.archive_layout import is_named_by_a_platform
from autograder.collect.files import Fate, Found
from autograder.collect.owners import METADATA
from autograder.collect.zip_directory import directory_size, is_folder, member_names, member_time
from autograder.errors import CommandError
from autograder.ingest.filenames import is_ignored
from autograder.ingest.names import readable

MAX_FILE = 128 * 2**20
"""Bytes of one file."""

MAX_INNER = 512 * 2**20
"""Bytes that come out of one archive inside another, in all its depth."""

MAX_TOTAL = 32 * 2**30
"""Bytes that come out of everything together."""

MAX_INNER_FILES = 5_000
"""Files that come out of one archive inside another, in all its depth."""

MAX_FILES = 300_000
MAX_DEPTH = 3
"""Archives in archives."""

MAX_INNER_DIRECTORY = 4 * 2**20
"""Bytes of the directory of an archive inside another, which `zipfile` reads as a whole."""

MAX_PARTS = 60
"""Components of a path, and folders in folders."""

_CHUNK = 2**20
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""What `zipfile` unpacks in pieces. It gives bz2 and LZMA no limit, so that 800 bytes become 1 GB
of memory at once; what students and platforms make zips with hardly ever writes these."""

_FAULTS = (
    zipfile.BadZipFile, zlib.error, EOFError, ValueError, struct.error,
    OverflowError, IndexError,
)  # fmt: skip
_UNSUPPORTED = (NotImplementedError, RuntimeError)


class CannotWrite(Exception):
    """The scratch folder cannot be written to, which is not the archive's fault.

    Not an `OSError`, so that nobody takes it for a file that cannot be read.
    """

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error))
        self.error = error


@dataclass
class _Allowance:
    """How much may still come out."""

    size: int
    files: int


@dataclass
class Opener:
    """Opens archives and folders into a scratch folder.

    Args:
        scratch: an empty folder of ours.
        zone: the time zone of times in zips, which usually do not say theirs.
    """

    scratch: Path
    zone: tzinfo | None = None
    found: list[Found] = field(default_factory=list)
    _all: _Allowance = field(default_factory=lambda: _Allowance(MAX_TOTAL, MAX_FILES))
    _taken: int = 0
    _outermost: int = 0
    _waiting: list[tuple[int, Path]] = field(default_factory=list)

    def open(self, path: Path) -> list[Found]:
        """All files of one archive or folder.

        Raises:
            CommandError: it is neither, or is damaged.
            OSError: it cannot be read.
            CannotWrite: what is in it cannot be written to the scratch folder.
        """
        self.found, self._waiting, self._outermost = [], [], 0
        name = readable(path.resolve().name)
        if path.is_dir():
            self._folder(path, Found(name, (), 0))
            self._open_waiting()
        elif path.exists() and not path.is_file():  # opening a pipe waits for somebody to write
            raise CommandError(f"{path}: is a pipe or a device. Save it as a file first")
        else:
            with path.open("rb") as file:  # `is_zipfile(path)` is false if it cannot be opened
                if not _is_zip(file):
                    raise CommandError(
                        f"{path}: is neither a zip archive nor a folder. {_remedy(path)}"
                    )
                try:
                    self._zip(file, Found(name, (), 0), 0, self._all)
                    self._open_waiting()
                except Exception as error:
                    if not _is_damage(error):
                        raise
                    raise CommandError(f"{path}: is damaged ({error}). Download it again") from None
        return self.found

    # --- folders ----------------------------------------------------------------------------------

    def _folder(self, folder: Path, at: Found) -> None:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        if at.path and not entries:
            self.found.append(replace(at, fate=_fate_if_empty(at)))
        for entry in entries:
            part = unicodedata.normalize("NFC", readable(entry.name))
            one = replace(at, path=(*at.path, part), outside=at.outside + 1)
            try:
                if entry.is_symlink():
                    self.found.append(replace(one, fate=Fate.LINK))
                elif entry.is_dir() and len(one.path) >= MAX_PARTS:
                    self.found.append(replace(one, fate=Fate.TOO_DEEP))
                elif entry.is_dir():
                    self._folder(Path(entry.path), one)
                elif entry.is_file():
                    self._file(Path(entry.path), one)
                else:
                    self.found.append(replace(one, fate=Fate.NOT_REGULAR))
            except OSError:
                self.found.append(replace(one, fate=Fate.CLOSED))

    def _file(self, path: Path, one: Found) -> None:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            stamp = datetime.fromtimestamp(os.fstat(descriptor).st_mtime, UTC)
            self._take(file, replace(one, stamp=stamp), 0, self._all)

    # --- zips -------------------------------------------------------------------------------------

    def _zip(self, file: IO[bytes], at: Found, depth: int, left: _Allowance) -> bool:
        """List the files of a zip; whether all of them could be taken out."""
        whole = True
        with zipfile.ZipFile(file) as archive:
            infos = archive.infolist()
            names = list(zip(infos, member_names(infos, MAX_PARTS), strict=True))
            inhabited = {
                name[:depth]
                for info, name in names
                if not is_folder(info)
                for depth in range(1, len(name))
            }
            for number, (info, name) in enumerate(names):
                stamp = at.stamp if depth else member_time(info, self.zone)
                outside = at.outside if depth else len(name)
                one = replace(at, path=(*at.path, *name), outside=outside, stamp=stamp)
                if left.files <= 0 or self._all.files <= 0:
                    rest = f"… {len(names) - number} more files"
                    self.found.append(replace(at, path=(*at.path, rest), fate=Fate.TOO_MANY))
                    return False
                if is_folder(info):
                    if name not in inhabited:
                        self.found.append(replace(one, fate=_fate_if_empty(one)))
                    continue
                whole &= self._member(archive, info, one, depth, left)
        return whole

    def _member(
        self,
        archive: zipfile.ZipFile,
        info: zipfile.ZipInfo,
        one: Found,
        depth: int,
        left: _Allowance,
    ) -> bool:
        mode = info.external_attr >> 16
        if stat.S_IFMT(mode) == stat.S_IFLNK:
            self.found.append(replace(one, fate=Fate.LINK))
        elif info.flag_bits & 0x1:
            self.found.append(replace(one, fate=Fate.ENCRYPTED))
        elif info.compress_type not in _METHODS:
            self.found.append(replace(one, fate=Fate.DAMAGED))
        else:
            try:
                with archive.open(info) as file:
                    return self._take(file, one, depth, left)
            except CannotWrite:
                raise
            except Exception as error:
                if not (depth or _is_damage(error)):
                    raise
                self.found.append(replace(one, fate=Fate.DAMAGED))
        return False

    # --- contents ---------------------------------------------------------------------------------

    def _take(self, file: IO[bytes], one: Found, depth: int, left: _Allowance) -> bool:
        """Take one file out, and what is in it if it is a zip; whether that worked."""
        left.files -= 1
        if left is not self._all:
            self._all.files -= 1
        if any(is_ignored(part) for part in one.path):
            self.found.append(replace(one, fate=Fate.IGNORED))
            return True
        content = self.scratch / f"{self._taken:07}"
        self._taken += 1
        inner = one.path[-1].lower().endswith(".zip")
        most = min(MAX_INNER if inner else MAX_FILE, left.size, self._all.size)
        sha256 = _copy(file, content, most)
        if sha256 is None:
            content.unlink()
            self.found.append(replace(one, fate=Fate.TOO_LARGE))
            return False
        size = content.stat().st_size
        left.size -= size
        if left is not self._all:
            self._all.size -= size
        one = replace(one, content=content, sha256=sha256)
        if not inner or not _is_zip(content):
            self.found.append(replace(one, fate=Fate.DAMAGED if inner else None))
            return not inner
        self.found.append(one)
        if depth == self._outermost:
            self._waiting.append((len(self.found) - 1, content))
            return True
        return self._inner(len(self.found) - 1, content, depth, left)

    def _open_waiting(self) -> None:
        """Open the outermost inner archives, each with one allowance for all its depth.

        Everything beside them has been taken out before. Each may use an equal share of what is
        left at most, so that nothing in one of them costs the others anything. Bulk downloads in
        an archive are no student's; the archives in those are.
        """
        waiting, self._waiting = self._waiting, []
        beside = sum(one.fate is not Fate.IGNORED for one in self.found) > len(waiting)
        if waiting and not beside and all(_is_download(content) for _, content in waiting):
            self._outermost = 1
            for at, content in waiting:
                self._inner(at, content, 0, self._all)
            waiting, self._waiting = self._waiting, []
        for number, (at, content) in enumerate(waiting):
            archives = len(waiting) - number
            share = _Allowance(
                min(MAX_INNER, self._all.size // archives),
                min(MAX_INNER_FILES, self._all.files // archives),
            )
            self._inner(at, content, self._outermost, share)

    def _inner(self, at: int, content: Path, depth: int, left: _Allowance) -> bool:
        """List an archive inside the archive. It is kept itself where something stays in it."""
        one = self.found[at]
        if depth >= MAX_DEPTH:
            self.found[at] = replace(one, fate=Fate.TOO_DEEP)
            return False
        if directory_size(content) > MAX_INNER_DIRECTORY:
            self.found[at] = replace(one, fate=Fate.TOO_MANY)
            return False
        whole = False
        try:
            with content.open("rb") as file:
                inside = replace(one, content=None, sha256="")
                whole = self._zip(file, inside, depth + 1, left)
        except CannotWrite:
            raise
        except Exception:  # whatever it is, one student's archive stops nobody else's
            self.found[at] = replace(one, fate=Fate.DAMAGED)
        if whole:
            content.unlink()
            self.found[at] = replace(one, content=None, fate=Fate.OPENED)
        return True


def _is_download(path: Path) -> bool:
    """Whether a platform named all that is in a zip, so that the zips in it are students'."""
    if directory_size(path) > MAX_INNER_DIRECTORY:
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            names = member_names(archive.infolist(), MAX_PARTS)
    except Exception:  # it is opened, and reported, later
        return False
    names = [name for name in names if not any(map(is_ignored, name))]
    metadata = any(name[-1] == METADATA for name in names)
    return metadata or all(is_named_by_a_platform(name[0]) for name in names)


def _is_zip(file: Path | IO[bytes]) -> bool:
    try:
        return zipfile.is_zipfile(file)
    except zipfile.BadZipFile:  # it claims to be one of several disks
        return False


def _is_damage(error: Exception) -> bool:
    """Whether the content of an archive that was given to us is at fault, and not the disk."""
    if isinstance(error, OSError):  # EINVAL is about a place that no file has
        return error.errno == errno.EINVAL
    return isinstance(error, (*_FAULTS, *_UNSUPPORTED))


def _remedy(path: Path) -> str:
    match path.suffix.lower():
        case ".csv" | ".tsv" | ".txt" | ".xlsx":
            return "A class list is given with --roster"
        case ".ipynb":
            return "Give the folder that it is in, or grade it with `autograder grade`"
        case ".zip":
            return "It is damaged, or the download was interrupted: download it again"
        case ".7z" | ".rar" | ".tar" | ".gz" | ".tgz" | ".bz2" | ".xz":
            return "Unpack it, and give the folder"
    return "Give the zip of the learning platform, or a folder"


def _fate_if_empty(folder: Found) -> Fate:
    return Fate.IGNORED if any(map(is_ignored, folder.path)) else Fate.EMPTY_FOLDER


def _copy(file: IO[bytes], to: Path, most: int) -> str | None:
    """Copy at most ``most`` bytes and return their hash; None if there are more.

    Raises:
        CannotWrite: ``to`` cannot be written; an OSError is about ``file``.
    """
    digest = hashlib.sha256()
    size = 0
    with _writing():
        out = to.open("xb")
    try:
        while chunk := file.read(_CHUNK):
            size += len(chunk)
            if size > most:
                return None
            digest.update(chunk)
            with _writing():
                out.write(chunk)
    finally:
        with _writing():
            out.close()
    return digest.hexdigest()


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CannotWrite(error) from error
