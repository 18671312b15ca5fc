"""How the zygote is started at each level: the command line and the file tree it sees."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from autograder.errors import SandboxUnavailable
from autograder.sandbox.host.isolation import Level
from autograder.sandbox.host.limits import Limits
from autograder.sandbox.host.visible_paths import FLAGS, PACKAGE_FOLDER, VisiblePaths
from autograder.sandbox.protocol.config import (
    BOOT,
    PACKAGE,
    SCRATCH,
    SCRATCH_PARENT,
    UIDS,
    ZONES,
    ServerConfig,
)

_HOME = Path("/convkit")
_DEVICES = ("/dev/null",)  # no /dev/urandom: the same notebook gets the same result


@dataclass(frozen=True)
class FileTree:
    """The zygote's own file tree, as mounts; sources are paths on the machine.

    Attributes:
        directories: created empty.
        binds: (source, target) bind mounts, read-only.
        hidden: directories below a bind, masked by an empty tmpfs.
        over_hidden: (source, target) bind mounts on top of those masks.
        links: (link, target) symbolic links.
        devices: device files.
    """

    directories: tuple[str, ...]
    binds: tuple[tuple[str, str], ...]
    hidden: tuple[str, ...]
    over_hidden: tuple[tuple[str, str], ...]
    links: tuple[tuple[str, str], ...]
    devices: tuple[str, ...] = _DEVICES

    def to_json(self) -> str:
        """Serialize for the command line of `confine.namespaces`."""
        return json.dumps(asdict(self))


def server_config(
    level: Level, limits: Limits, visible: VisiblePaths, control: int, scratch: Path | None
) -> ServerConfig:
    """The configuration of a zygote."""
    return ServerConfig(
        level=level.name.lower(),
        control=control,
        packages=str(visible.packages),
        names=visible.course.names,
        wanted=visible.course.wanted,
        folders=tuple(map(str, visible.course.folders)),
        readable=visible.readable(masked=level >= Level.NAMESPACES),
        uid=_unprivileged_uid() if os.geteuid() == 0 else None,
        scratch=str(scratch) if scratch else None,
        **asdict(limits),
    )


def command(
    level: Level, visible: VisiblePaths, config: ServerConfig, info: int | None
) -> list[str]:
    """The command that starts a zygote.

    Args:
        level: its isolation level.
        visible: the paths that it may see.
        config: its configuration.
        info: file descriptor on which bubblewrap reports the pid of its child; at level full.

    Raises:
        SandboxUnavailable: a program that the level requires is not installed.
    """
    if level is Level.FULL:
        assert info is not None
        return [*_bubblewrap(visible, info), *_python(visible, _HOME, config)]
    if level is Level.NAMESPACES:
        inner = _python(visible, _HOME, config)
        boot = BOOT.format(module="confine.namespaces")
        outer = [str(visible.python), *FLAGS, "-c", boot, str(PACKAGE_FOLDER.parent)]
        return [*outer, file_tree(visible).to_json(), json.dumps(inner)]
    return _python(visible, PACKAGE_FOLDER.parent, config)


def file_tree(visible: VisiblePaths) -> FileTree:
    """The file tree that the zygote, and therefore every session, sees."""
    first: list[tuple[str, str]] = []
    over: list[tuple[str, str]] = []
    for source in (visible.python, *visible.files, *visible.trees):
        bind = (os.path.realpath(source), str(source))
        masked = any(source.is_relative_to(hidden) for hidden in visible.hidden)
        (over if masked else first).append(bind)
    for name in ("__init__.py", *ZONES):
        first.append((str(PACKAGE_FOLDER / name), str(_HOME / PACKAGE / name)))
    parents = {
        str(parent)
        for _, target in (*first, *over)
        for parent in Path(target).parents
        if parent != Path("/") and not any(parent.is_relative_to(tree) for tree in visible.trees)
    }
    directories = tuple(sorted(parents | {"/dev", "/proc", SCRATCH_PARENT, SCRATCH}))
    links = () if "/tmp" in directories else (("/tmp", SCRATCH),)
    return FileTree(directories, tuple(first), tuple(map(str, visible.hidden)), tuple(over), links)


def _python(visible: VisiblePaths, home: Path, config: ServerConfig) -> list[str]:
    boot = BOOT.format(module="zygote.main")
    return [str(visible.python), *FLAGS, "-c", boot, str(home), config.to_json()]


def _bubblewrap(visible: VisiblePaths, info: int) -> list[str]:
    program = shutil.which("bwrap")
    if program is None:
        raise SandboxUnavailable("bubblewrap is not installed", "apt-get install bubblewrap")
    return [program, "--info-fd", str(info), *_bubblewrap_options(file_tree(visible)), "--"]


def _bubblewrap_options(tree: FileTree) -> Iterator[str]:
    for name in ("pid", "net", "ipc", "uts"):
        yield f"--unshare-{name}"
    yield from ("--unshare-cgroup-try", "--as-pid-1")
    if os.geteuid() == 0:
        # Otherwise root would keep every capability in the machine's own user namespace.
        yield from ("--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID")
    else:
        yield "--unshare-user"
    for directory in tree.directories:
        # With bubblewrap's default mode, an unprivileged user could not enter the directory.
        yield from ("--perms", "0755", "--dir", directory)
    for source, target in tree.binds:
        yield from ("--ro-bind", source, target)
    for hidden in tree.hidden:
        yield from ("--perms", "0755", "--tmpfs", hidden)
    for source, target in tree.over_hidden:
        yield from ("--ro-bind", source, target)
    for hidden in tree.hidden:
        yield from ("--remount-ro", hidden)
    for link, target in tree.links:
        yield from ("--symlink", target, link)
    for device in tree.devices:
        yield from ("--dev-bind", device, device)
    yield from ("--proc", "/proc", "--remount-ro", "/", "--chdir", "/")


def _unprivileged_uid() -> int:
    """The first of `UIDS` user ids that nobody else uses."""
    mapped = []
    if sys.platform == "linux":
        for line in Path("/proc/self/uid_map").read_text().splitlines():
            start, _, length = map(int, line.split())
            mapped.append((start, start + length))
    return first_uid(mapped, os.getpid())


def first_uid(mapped: list[tuple[int, int]], number: int) -> int:
    """The first of `UIDS` user ids that neither a person nor another zygote uses.

    Args:
        mapped: ranges of ids that are mapped in this user namespace; empty if unknown.
        number: this process's id, which no other host process on the machine shares.

    Raises:
        SandboxUnavailable: too few ids are mapped.
    """
    wanted = 0x60000000 + number * UIDS  # far above the ids that machines assign to people
    if not mapped:
        return 0x60000000 + number % 4096 * UIDS
    if any(start <= wanted and wanted + UIDS <= end for start, end in mapped):
        return wanted
    # A container with few mapped ids: use the upper part of the largest range.
    start, end = max(mapped, key=lambda pair: pair[1] - pair[0])
    low = start + (end - start) // 3
    room = (end - 600 - low) // UIDS  # 600: stay clear of nobody (65534)
    if room < 1:
        raise SandboxUnavailable(
            "this container has no user id to run students' code as", "do not run as root in it"
        )
    return low + number % room * UIDS
