"""System calls for which the standard library has no function, through ctypes.

Every function raises OSError with the call's name, so that a failed confinement reports which layer
is missing. This module can be imported anywhere; its functions work on Linux only.
"""

from __future__ import annotations

import ctypes
import os
from typing import Any

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY = 1
MS_NOSUID = 2
MS_NODEV = 4
MS_NOEXEC = 8
MS_REMOUNT = 32
MS_BIND = 4096
MS_REC = 16384
MS_SLAVE = 1 << 19
MNT_DETACH = 2

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_CAPBSET_DROP = 24
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38

_PERSONALITY_QUERY = 0xFFFFFFFF
_ADDR_NO_RANDOMIZE = 0x0040000

CAP_SETGID = 6
CAP_SETUID = 7
LAST_CAPABILITY = 63

# These numbers are the same on every architecture: the calls are newer than the unified tables.
_SYS_LANDLOCK_CREATE_RULESET = 444
_SYS_LANDLOCK_ADD_RULE = 445
_SYS_LANDLOCK_RESTRICT_SELF = 446

# glibc and musl have no wrapper for these, and the numbers differ between architectures.
_SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_SYS_CAPSET = {"x86_64": 126, "aarch64": 91}
_MACHINE = os.uname().machine

_libc = ctypes.CDLL(None, use_errno=True)
_syscall = _libc.syscall
_syscall.restype = ctypes.c_long
# Looked up once, since every session calls them; other systems don't have all of them.
_prctl: Any = getattr(_libc, "prctl", None)
_unshare: Any = getattr(_libc, "unshare", None)
_mount: Any = getattr(_libc, "mount", None)


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else os.fsencode(text)


def prctl(option: int, argument: int = 0, what: str = "prctl") -> None:
    """``prctl(option, argument, 0, 0, 0)``."""
    zero = ctypes.c_ulong(0)
    _checked(_prctl(option, ctypes.c_ulong(argument), zero, zero, zero), what)


def fix_addresses() -> bool:
    """Whether addresses were random so far and no longer are in programs executed from now on."""
    now = _libc.personality(ctypes.c_ulong(_PERSONALITY_QUERY))
    if now < 0 or now & _ADDR_NO_RANDOMIZE:
        return False
    before = _libc.personality(ctypes.c_ulong(now | _ADDR_NO_RANDOMIZE))
    return before == now and bool(
        _libc.personality(ctypes.c_ulong(_PERSONALITY_QUERY)) & _ADDR_NO_RANDOMIZE
    )


class _Program(ctypes.Structure):
    _fields_ = (("len", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def install_seccomp_filter(program: ctypes.Array[ctypes.c_char], instructions: int) -> None:
    """Install a classic BPF program as this thread's (and its children's) system call filter."""
    packed = _Program(instructions, ctypes.addressof(program))
    mode_filter = 2
    result = _prctl(
        PR_SET_SECCOMP, ctypes.c_ulong(mode_filter), ctypes.byref(packed), ctypes.c_ulong(0)
    )
    _checked(result, "seccomp filter")


def unshare(flags: int) -> None:
    """Move this process (with ``CLONE_NEWPID``: its next children) into new namespaces."""
    _checked(_unshare(flags), f"unshare({flags:#x})")


def setns(descriptor: int, kind: int) -> None:
    """Join the namespace of ``descriptor``, an open ``/proc/PID/ns/…``."""
    _checked(_libc.setns(descriptor, kind), "setns")


def mount(
    source: str | None, target: str, kind: str | None, flags: int, data: str | None = None
) -> None:
    """Mount ``source`` on ``target``."""
    result = _mount(
        _bytes(source), _bytes(target), _bytes(kind), ctypes.c_ulong(flags), _bytes(data)
    )
    _checked(result, f"mount on {target}")


def unmount(target: str, flags: int = 0) -> None:
    """Unmount ``target``."""
    _checked(_libc.umount2(_bytes(target), flags), f"unmount {target}")


def pivot_root(new: str, old: str) -> None:
    """Make ``new`` the root of the file system and move the previous root to ``old``."""
    number = _SYS_PIVOT_ROOT[os.uname().machine]
    _checked(_syscall(ctypes.c_long(number), _bytes(new), _bytes(old)), "pivot_root")


class _CapabilitiesHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


_NO_CAPABILITIES = (ctypes.c_uint32 * 6)()


def drop_all_capabilities() -> None:
    """Drop every capability of this process, including those in its own user namespace."""
    header = _CapabilitiesHeader(0x20080522, 0)
    number = _SYS_CAPSET[_MACHINE]
    result = _syscall(ctypes.c_long(number), ctypes.byref(header), ctypes.byref(_NO_CAPABILITIES))
    _checked(result, "capset")


def keep_capabilities(kept: tuple[int, ...]) -> None:
    """Limit the capabilities of programs that root executes from now on to ``kept``."""
    for capability in range(LAST_CAPABILITY + 1):
        if capability in kept:
            continue
        try:
            prctl(PR_CAPBSET_DROP, capability, "drop capability")
        except OSError:
            if capability == 0:
                raise
            break  # past the last one that this kernel knows


def landlock_version() -> int:
    """The kernel's Landlock ABI version, or 0 if it has no Landlock."""
    version_flag = 1
    result = _syscall(
        ctypes.c_long(_SYS_LANDLOCK_CREATE_RULESET),
        None,
        ctypes.c_size_t(0),
        ctypes.c_uint32(version_flag),
    )
    return max(0, int(result))


def landlock_create(files: int, network: int, scoped: int, version: int) -> int:
    """A new ruleset that handles the given rights, without fields that ``version`` lacks."""
    attributes = (ctypes.c_uint64 * 3)(files, network, scoped)
    size = 8 if version < 4 else 16 if version < 6 else 24
    result = _syscall(
        ctypes.c_long(_SYS_LANDLOCK_CREATE_RULESET),
        ctypes.byref(attributes),
        ctypes.c_size_t(size),
        ctypes.c_uint32(0),
    )
    return _checked(int(result), "landlock_create_ruleset")


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("rights", ctypes.c_uint64), ("parent", ctypes.c_int32))


def landlock_allow(ruleset: int, rights: int, process_tree: int) -> None:
    """Allow ``rights`` on the open path ``process_tree`` and on everything below it."""
    rule = _PathBeneath(rights, process_tree)
    path_beneath = 1
    result = _syscall(
        ctypes.c_long(_SYS_LANDLOCK_ADD_RULE),
        ctypes.c_int(ruleset),
        ctypes.c_int(path_beneath),
        ctypes.byref(rule),
        ctypes.c_uint32(0),
    )
    _checked(int(result), "landlock_add_rule")


def landlock_enforce(ruleset: int) -> None:
    """Restrict this thread and everything it starts from now on."""
    result = _syscall(
        ctypes.c_long(_SYS_LANDLOCK_RESTRICT_SELF), ctypes.c_int(ruleset), ctypes.c_uint32(0)
    )
    _checked(int(result), "landlock_restrict_self")
