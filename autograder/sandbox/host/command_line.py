"""How the warm server is started at each level: the command, and what must exist for it."""

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
_DEVICES = ("/dev/null", "/dev/random", "/dev/urandom")


@dataclass(frozen=True)
class FileTree:
    """What the server's own file tree is made of; sources are paths of the machine."""

    directories: tuple[str, ...]
    binds: tuple[tuple[str, str], ...]
    hidden: tuple[str, ...]
    over_hidden: tuple[tuple[str, str], ...]
    links: tuple[tuple[str, str], ...]
    devices: tuple[str, ...] = _DEVICES

    def to_json(self) -> str:
        """For `confine.namespaces`, on the command line."""
        return json.dumps(asdict(self))


def server_config(
    level: Level, limits: Limits, visible: VisiblePaths, control: int, scratch: Path | None
) -> ServerConfig:
    """The server's config."""
    return ServerConfig(
        level=level.name.lower(),
        control=control,
        packages=str(visible.packages),
        readable=visible.readable(masked=level >= Level.NAMESPACES),
        uid=_unprivileged_uid() if os.geteuid() == 0 else None,
        scratch=str(scratch) if scratch else None,
        **asdict(limits),
    )


def command(level: Level, visible: VisiblePaths, config: ServerConfig, info: int) -> list[str]:
    """The command that starts the server.

    Args:
        level: where it is to run.
        visible: what it may see.
        config: what it is to do.
        info: descriptor on which bubblewrap tells the number of its first process.

    Raises:
        SandboxUnavailable: a program that this level needs is not installed.
    """
    if level is Level.FULL:
        return [*_bubblewrap(visible, info), *_python(visible, _HOME, config)]
    if level is Level.NAMESPACES:
        inner = _python(visible, _HOME, config)
        boot = BOOT.format(module="confine.namespaces")
        outer = [str(visible.python), *FLAGS, "-c", boot, str(PACKAGE_FOLDER.parent)]
        return [*outer, file_tree(visible).to_json(), json.dumps(inner)]
    return _python(visible, PACKAGE_FOLDER.parent, config)


def file_tree(visible: VisiblePaths) -> FileTree:
    """The file tree that the server, and so every session, sees."""
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
        # Root would keep every capability, in the machine's own user namespace.
        yield from ("--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID")
    else:
        yield "--unshare-user"
    for directory in tree.directories:
        # bubblewrap's own choice would shut an unprivileged user out of directories it makes.
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
    """The first of `UIDS` users that nobody else is."""
    mapped = []
    if sys.platform == "linux":
        for line in Path("/proc/self/uid_map").read_text().splitlines():
            start, _, length = map(int, line.split())
            mapped.append((start, start + length))
    return first_uid(mapped, os.getpid())


def first_uid(mapped: list[tuple[int, int]], number: int) -> int:
    """The first of `UIDS` user ids that no person and no other server has.

    Args:
        mapped: ranges of ids that exist in this process's user namespace; empty: not known.
        number: of this process. Others of the machine have other numbers.

    Raises:
        SandboxUnavailable: so few ids are mapped that there is no room.
    """
    wanted = 0x60000000 + number * UIDS  # far above those that machines give to people
    if not mapped:
        return 0x60000000 + number % 4096 * UIDS
    if any(start <= wanted and wanted + UIDS <= end for start, end in mapped):
        return wanted
    # A container whose users are mapped to few ids: the upper part of the largest range.
    start, end = max(mapped, key=lambda pair: pair[1] - pair[0])
    low = start + (end - start) // 3
    room = (end - 600 - low) // UIDS  # 600: leave out nobody, 65534
    if room < 1:
        raise SandboxUnavailable(
            "this container has no user to run students' code as", "do not run as root in it"
        )
    return low + number % room * UIDS
