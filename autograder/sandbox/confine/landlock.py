"""Landlock rulesets: which files a student's process may open, and no TCP or outside signals.

Rights and the ABI that introduced them: https://docs.kernel.org/userspace-api/landlock.html
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable

from . import syscalls

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
_SCRATCH = _READ_FILE | _READ_DIR | _WRITE_FILE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR
_SCRATCH |= _MAKE_REG | _MAKE_FIFO | _MAKE_SYM | _REFER | _TRUNCATE


Readable = list[tuple[int, int]]
"""File descriptors of opened paths, and the rights granted on each."""


def handled(version: int) -> int:
    """All file access rights that this ABI version knows."""
    rights = _ALL_OF_THE_FIRST_ABI
    for since, right in ((2, _REFER), (3, _TRUNCATE), (5, _IOCTL_DEV)):
        if version >= since:
            rights |= right
    return rights


def readable(version: int, paths: Iterable[str]) -> Readable:
    """Open the readable paths once, for many rulesets. Missing paths are skipped."""
    known = handled(version)
    found = []
    for path in paths:
        found += _opened(path, known & _READ_TREES, known & _READ_FILES)
    # Not /dev/zero: a shared mapping of it is memory that belongs to no process we could charge.
    # Nor /dev/urandom: the same notebook gets the same result.
    return found + _opened("/dev/null", 0, known & (_READ_FILE | _WRITE_FILE | _TRUNCATE))


def ruleset(version: int, may_read: Readable, scratch: str) -> int:
    """A ruleset that allows reading ``may_read`` and writing below ``scratch``, and nothing else.

    Args:
        version: the kernel's ABI version, from `syscalls.landlock_version`.
        may_read: see `readable`.
        scratch: a directory; file systems mounted below it are covered as well.

    Returns:
        A file descriptor for `enforce`, reusable.
    """
    scopes = SCOPE_ABSTRACT_SOCKETS | SCOPE_SIGNALS if version >= SCOPES_SINCE else 0
    network = _TCP_BIND_AND_CONNECT if version >= 4 else 0
    rules = syscalls.landlock_create(handled(version), network, scopes, version)
    for descriptor, rights in may_read:
        syscalls.landlock_allow(rules, rights, descriptor)
    for descriptor, rights in _opened(scratch, handled(version) & _SCRATCH, 0):
        syscalls.landlock_allow(rules, rights, descriptor)
        os.close(descriptor)
    return rules


def enforce(rules: int) -> None:
    """Enforce a ruleset on this process and its future children. Requires no_new_privs."""
    syscalls.landlock_enforce(rules)


def scope_signals(version: int) -> None:
    """Restrict this process and its future children to signalling one another."""
    rules = syscalls.landlock_create(0, 0, SCOPE_SIGNALS, version)
    enforce(rules)
    os.close(rules)


def _opened(path: str, tree_rights: int, file_rights: int) -> Readable:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return []
    rights = tree_rights if stat.S_ISDIR(os.fstat(descriptor).st_mode) else file_rights
    if rights:
        return [(descriptor, rights)]
    os.close(descriptor)
    return []
