"""What a student's process may open, by Landlock: the kernel's own rules on files, TCP and signals.

Rights and the ABI that brought them: https://docs.kernel.org/userspace-api/landlock.html
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from . import kernel

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE_DIR, _REMOVE_FILE = 1 << 4, 1 << 5
_MAKE_DIR, _MAKE_REG, _MAKE_FIFO, _MAKE_SYM = 1 << 7, 1 << 8, 1 << 10, 1 << 12
_REFER, _TRUNCATE, _IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
_ALL_OF_THE_FIRST_ABI = (1 << 13) - 1
_TCP_BIND_AND_CONNECT = 3
SCOPE_ABSTRACT_SOCKETS, SCOPE_SIGNALS = 1, 2
SCOPES_SINCE = 6

_READ_FILES = _EXECUTE | _READ_FILE
_READ_TREES = _READ_FILES | _READ_DIR
_SCRATCH = _READ_FILE | _READ_DIR | _WRITE_FILE | _REMOVE_DIR | _MAKE_DIR | _MAKE_REG
_SCRATCH |= _MAKE_FIFO | _MAKE_SYM | _REFER | _TRUNCATE


def restrict(
    version: int, readable: Iterable[str], scratch: str, *, may_remove: bool = True
) -> None:
    """Leave this process nothing but reading ``readable`` and writing below ``scratch``.

    Args:
        version: the kernel's ABI, as `kernel.landlock_version` says.
        readable: files and directories; one that is not there is passed over.
        scratch: a directory.
        may_remove: whether files below ``scratch`` may be removed or replaced.
    """
    handled = _ALL_OF_THE_FIRST_ABI
    for since, right in ((2, _REFER), (3, _TRUNCATE), (5, _IOCTL_DEV)):
        if version >= since:
            handled |= right
    scopes = SCOPE_ABSTRACT_SOCKETS | SCOPE_SIGNALS if version >= SCOPES_SINCE else 0
    ruleset = kernel.landlock_create(
        handled, _TCP_BIND_AND_CONNECT if version >= 4 else 0, scopes, version
    )
    for path in readable:
        _allow(ruleset, path, handled & _READ_TREES, handled & _READ_FILES)
    for device in ("/dev/zero", "/dev/urandom", "/dev/random"):
        _allow(ruleset, device, 0, _READ_FILE)
    _allow(ruleset, "/dev/null", 0, handled & (_READ_FILE | _WRITE_FILE | _TRUNCATE))
    inside = _SCRATCH | (_REMOVE_FILE if may_remove else 0)
    _allow(ruleset, scratch, handled & inside, 0)
    kernel.landlock_enforce(ruleset)
    os.close(ruleset)


def keep_signals_inside(version: int) -> None:
    """Let this process, and all that it starts, signal nothing but one another."""
    ruleset = kernel.landlock_create(0, 0, SCOPE_SIGNALS, version)
    kernel.landlock_enforce(ruleset)
    os.close(ruleset)


def _allow(ruleset: int, path: str, tree_rights: int, file_rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        is_tree = os.path.isdir(path)  # noqa: PTH112  pathlib is not worth its cost here
        rights = tree_rights if is_tree else file_rights
        if rights:
            kernel.landlock_allow(ruleset, rights, descriptor)
    finally:
        os.close(descriptor)
