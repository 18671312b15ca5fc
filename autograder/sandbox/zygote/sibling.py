"""Fork a sibling of this process: a child of its parent.

`os.fork` makes a child. To give that another parent, a process in between has to exit, which costs
a second fork. The system call can do it directly (``CLONE_PARENT``), and put the new process into a
PID namespace of its own at the same time.

Everything is done as in the C library's ``fork``, except what only matters if there are several
threads: a process with more than one is refused.
"""

from __future__ import annotations

import ctypes
import os
import sys

_SYS_CLONE3 = 435  # on every architecture
_CLONE_PARENT = 0x00008000
_CLONE_CHILD_CLEARTID = 0x00200000
_CLONE_CHILD_SETTID = 0x01000000
_PR_GET_TID_ADDRESS = 40

_FIELDS = ("flags", "pidfd", "child_tid", "parent_tid", "exit_signal", "stack", "stack_size", "tls")


class _CloneArgs(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_uint64) for name in _FIELDS)


class Sibling:
    """Forks siblings of the process that makes it.

    Args:
        namespaces: flags of the namespaces that each sibling gets of its own.

    Raises:
        OSError: this system cannot do it, or this process runs several threads.
    """

    def __init__(self, namespaces: int) -> None:
        if sys.platform != "linux" or len(os.listdir("/proc/self/task")) > 1:  # noqa: PTH208
            raise OSError("not a process of one thread on Linux")
        # With the interpreter's lock: another thread must not run between fork and clean-up.
        library = ctypes.PyDLL(None, use_errno=True)
        python = ctypes.pythonapi
        self._call = library.syscall
        self._call.restype = ctypes.c_long
        self._before = python.PyOS_BeforeFork
        self._in_parent, self._in_child = python.PyOS_AfterFork_Parent, python.PyOS_AfterFork_Child
        for function in (self._before, self._in_parent, self._in_child):
            function.restype = None
        # Its end is told to the parent in the same way as this process's.
        self._arguments = _CloneArgs(
            flags=_CLONE_PARENT | _CLONE_CHILD_SETTID | _CLONE_CHILD_CLEARTID | namespaces,
            child_tid=_address_of_thread_id(library),
        )
        self._where = ctypes.byref(self._arguments)

    def fork(self) -> int:
        """The sibling's process id; 0 in the sibling.

        Raises:
            OSError: it cannot be forked.
        """
        self._before()
        pid = self._call(_SYS_CLONE3, self._where, ctypes.sizeof(_CloneArgs))
        (self._in_parent if pid else self._in_child)()
        if pid < 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
        return int(pid)


def _address_of_thread_id(library: ctypes.PyDLL) -> int:
    """Where the C library keeps this thread's id, which is another in a new process."""
    address = ctypes.c_uint64()
    zero = ctypes.c_ulong(0)
    if library.prctl(_PR_GET_TID_ADDRESS, ctypes.byref(address), zero, zero, zero) < 0:
        raise OSError(ctypes.get_errno(), "PR_GET_TID_ADDRESS")
    if not address.value or ctypes.c_int.from_address(address.value).value != os.getpid():
        raise OSError("the C library keeps thread ids in an unknown way")
    return address.value
